import { assertEquals } from "@std/assert";
import { spelled } from "../../../lib/bmc/ipmi.ts";
import {
  otherwise,
  parseBootFlags,
  parseChassis,
  parseClock,
  setBootFlags,
  switchPower,
} from "../../../lib/power/chassis.ts";

const PXE = { device: "pxe", efi: true, persistent: true, valid: true } as const;

Deno.test("the commands are those of the specification", () => {
  assertEquals(spelled(switchPower("on")), "raw 0x00 0x02 0x01");
  assertEquals(spelled(switchPower("off")), "raw 0x00 0x02 0x00");
  assertEquals(
    [true, false].map((persistent) => spelled(setBootFlags({ persistent }))),
    [
      "raw 0x00 0x08 0x05 0xe0 0x04 0x00 0x00 0x00",
      "raw 0x00 0x08 0x05 0xa0 0x04 0x00 0x00 0x00",
    ],
  );
});

Deno.test("parseChassis() reads power and policy", () => {
  assertEquals(parseChassis([0x21, 0x10, 0x40, 0]), { power: "on", policy: "previous" });
  assertEquals(parseChassis([0x40, 0, 0]), { power: "off", policy: "on" });
  assertEquals(parseChassis([0x00, 0, 0]), { power: "off", policy: "off" });
  assertEquals(parseChassis([0x61, 0, 0]), { power: "on", policy: null });
  assertEquals(parseChassis([0x21]), null);
  assertEquals(parseChassis([]), null);
});

Deno.test("parseBootFlags() reads what a BMC keeps", () => {
  assertEquals(parseBootFlags([1, 5, 0xe0, 4, 0, 0, 0]), PXE);
  assertEquals(parseBootFlags([1, 0x85, 0xa0, 4, 0, 0, 0]), { ...PXE, persistent: false });
  assertEquals(parseBootFlags([1, 5, 0x80, 0, 0, 0, 0]), {
    device: "none",
    efi: false,
    persistent: false,
    valid: true,
  });
  assertEquals(parseBootFlags([1, 5, 0xe0, 0x3c, 0, 0, 0])?.device, "other");
  for (const data of [[], [1], [1, 5, 0xe0], [1, 4, 1, 1]]) {
    assertEquals(parseBootFlags(data), null);
  }
});

Deno.test("parseClock() reads a date, and nothing else", () => {
  assertEquals(parseClock([0x00, 0xf1, 0x53, 0x65]), 0x6553f100);
  for (const data of [[0x10, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [1, 2, 3], []]) {
    assertEquals(parseClock(data), null);
  }
});

Deno.test("otherwise() says what is kept instead", async (t) => {
  const cases: [kept: Parameters<typeof otherwise>[1], words: string | null][] = [
    [PXE, null],
    [{ ...PXE, persistent: false }, "told always, keeps once"],
    [{ ...PXE, efi: false }, "told UEFI, keeps BIOS"],
    [{ ...PXE, valid: false }, "told PXE, keeps nothing"],
    [{ ...PXE, device: "disk" }, "told PXE, keeps disk"],
    [null, "told PXE, and cannot say what it keeps"],
  ];
  for (const [kept, words] of cases) {
    await t.step(words ?? "the same", () => {
      assertEquals(otherwise({ persistent: true }, kept), words);
    });
  }
  assertEquals(otherwise({ persistent: false }, PXE), "told once, keeps always");
});

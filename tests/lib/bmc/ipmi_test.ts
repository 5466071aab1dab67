import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  ADDRESS_SOURCE,
  type AddressSource,
  type BmcAnswer,
  codeWords,
  COLD_RESET,
  DHCP,
  GET_CHANNEL_INFO,
  isPassing,
  isSetInProgress,
  parseAddressSource,
  parseAnswer,
  parseChannelInfo,
  readLan,
  SET_BEGIN,
  SET_COMMIT,
  SET_COMPLETE,
  SET_IN_PROGRESS,
  spelled,
  THIS_CHANNEL,
  writeLan,
} from "../../../lib/bmc/ipmi.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const RAW = "Unable to send RAW command (channel=0x0 netfn=0xc lun=0x0 cmd=0x2";

Deno.test("commands are as the IPMI specification wants them", async (t) => {
  for (const [channel, byte] of [[1, "0x01"], [10, "0x0a"], [15, "0x0f"]] as const) {
    await t.step(byte, () => {
      // 22.24: channel.
      assertEquals(spelled([...GET_CHANNEL_INFO, channel]), `raw 0x06 0x42 ${byte}`);
      // 23.2: channel, parameter, no set, no block.
      const inProgress = readLan(channel, SET_IN_PROGRESS);
      assertEquals(spelled(inProgress), `raw 0x0c 0x02 ${byte} 0x00 0x00 0x00`);
      assertEquals(
        spelled(readLan(channel, ADDRESS_SOURCE)),
        `raw 0x0c 0x02 ${byte} 0x04 0x00 0x00`,
      );
      // 23.1: begin, DHCP, commit, complete.
      const written = ([
        [SET_IN_PROGRESS, SET_BEGIN],
        [ADDRESS_SOURCE, DHCP],
        [SET_IN_PROGRESS, SET_COMMIT],
        [SET_IN_PROGRESS, SET_COMPLETE],
      ] as const).map((setting) => spelled(writeLan(channel, setting)));
      assertEquals(written, [
        `raw 0x0c 0x01 ${byte} 0x00 0x01`,
        `raw 0x0c 0x01 ${byte} 0x04 0x02`,
        `raw 0x0c 0x01 ${byte} 0x00 0x02`,
        `raw 0x0c 0x01 ${byte} 0x00 0x00`,
      ]);
    });
  }
  const others = [[...GET_CHANNEL_INFO, THIS_CHANNEL], COLD_RESET].map(spelled);
  assertEquals(others, ["raw 0x06 0x42 0x0e", "raw 0x06 0x02"]);
});

Deno.test("parseAnswer() tells bytes, refusal and silence apart", async (t) => {
  const data = (...data: number[]): BmcAnswer => ({ kind: "data", data });
  const refused = (code: number): BmcAnswer => ({ kind: "refused", code });
  const cases: [name: string, reply: string, said: string, answer: BmcAnswer | null][] = [
    ["two bytes", " 11 02\n", "RAW RSP (2 bytes)\n", data(0x11, 2)],
    ["before standard error came", " 11 02\n", "", data(0x11, 2)],
    ["no bytes", "\n", "RAW RSP (0 bytes)\n", data()],
    ["CRLF", " 11 F2\r\n", "", data(0x11, 0xf2)],
    ["more than one line", `${" 00".repeat(16)}\n 01\n`, "", data(...Array(16).fill(0), 1)],
    ["other words around", "x 11\n 11 01\nSDR 11\n", "", data(0x11, 1)],
    ["a refusal", "", `${RAW} rsp=0xcc): Invalid data field in request\n`, refused(0xcc)],
    ["a refusal that names silence", "", `${RAW} rsp=0xc3): Timeout\n`, refused(0xc3)],
    ["a refusal of one digit", "", `${RAW} rsp=0x1): Unknown (0x1)\n`, refused(1)],
    ["silence", "", `RAW REQ (…)\n${RAW})\n`, { kind: "silent" }],
    ["nothing yet", "", "RAW REQ (channel=0x0 netfn=0xc lun=0x0 cmd=0x2 data_len=4)\n", null],
    ["half a line", "", `${RAW}`, null],
    ["nothing at all", "", "", null],
  ];
  for (const [name, reply, said, answer] of cases) {
    await t.step(name, () => assertEquals(parseAnswer(reply, said), answer));
  }
});

Deno.test("parseChannelInfo() reads the number of a LAN channel", async (t) => {
  const cases: [name: string, data: number[], channel: number | null][] = [
    ["channel 1", [1, 4, 1, 0x80], 1],
    ["channel 14", [0x0e, 4], 14],
    ["reserved bits set", [0xf3, 0x84], 3],
    ["another LAN", [2, 6], 2],
    ["a serial line", [4, 5], null],
    ["the system interface", [0x0f, 0x0c], null],
    ["one byte", [1], null],
    ["nothing", [], null],
  ];
  for (const [name, data, channel] of cases) {
    await t.step(name, () => assertEquals(parseChannelInfo(data), channel));
  }
});

Deno.test("parseAddressSource() reads the low half of the second byte", async (t) => {
  const cases: [name: string, data: number[], source: AddressSource | null][] = [
    ["static", [0x11, 1], "other"],
    ["DHCP", [0x11, 2], "dhcp"],
    ["the BIOS", [0x11, 3], "other"],
    ["reserved bits set", [0x11, 0xf2], "dhcp"],
    ["0x20 is not 2", [0x11, 0x20], "other"],
    ["one byte", [0x11], null],
    ["three bytes", [0x11, 2, 0], null],
    ["nothing", [], null],
  ];
  for (const [name, data, source] of cases) {
    await t.step(name, () => assertEquals(parseAddressSource(data), source));
  }
});

Deno.test("isSetInProgress() reads the low two bits of the second byte", () => {
  const states = [[0x11, 0], [0x11, 1], [0x11, 2], [0x11, 0xf1], [0x11], []];
  assertEquals(states.map(isSetInProgress), [false, true, false, true, false, false]);
});

Deno.test("isPassing() knows which refusals to wait out", () => {
  const all = Array.from({ length: 256 }, (_, code) => code);
  const passing = (isWrite: boolean): number[] =>
    all.filter((code) => isPassing(code, { isWrite }));
  assertEquals(passing(false), [0xc0, 0xc3, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd5]);
  assertEquals(passing(true), [0x81, 0xc0, 0xc3, 0xcc, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd5, 0xff]);
});

Deno.test("codeWords() names a completion code", () => {
  assertEquals(codeWords(0x82), "code 0x82: read-only");
  assertEquals(codeWords(0xee), "code 0xee");
  assertEquals(codeWords(5), "code 0x05");
});

Deno.test("what a BMC answers is read or not, and never thrown at", () => {
  const tokens = [" 11 02", "\n", "rsp=0x", "c", "Unable to send RAW command ", ")"];
  const texts = fc.oneof(
    anyText(),
    wordsOf(tokens),
    edited(` 11 02\n${RAW} rsp=0xcc)\n`, tokens),
  );
  fc.assert(fc.property(texts, texts, (reply, said) => {
    const answer = parseAnswer(reply, said);
    if (answer === null) assertEquals(reply, "");
    else if (answer.kind === "refused") assertMatch(String(answer.code), /^\d+$/);
    else if (answer.kind === "data") {
      assert(answer.data.every((byte) => byte >= 0 && byte <= 255), answer.data.join());
      const channel = parseChannelInfo(answer.data);
      assert(channel === null || (channel >= 0 && channel <= 15), String(channel));
      assert([null, "dhcp", "other"].includes(parseAddressSource(answer.data)));
    }
  }));
});

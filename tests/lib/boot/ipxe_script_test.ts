import { assertEquals } from "@std/assert";
import { fetchesOf, parameterOf } from "../../../lib/boot/ipxe_script.ts";
import fc from "../../npm/fast_check.ts";
import { BOOT_SCRIPT } from "../../../tools/pit/make_pit.ts";
import { pitFile } from "../../testdata/pit.ts";

const NODE = { hostname: "ncn-w001", url: "http://pit/ncn-w001/script.ipxe" };
const [INITRD, KERNEL, ROOTFS] = ["initrd.img.xz", "kernel", "rootfs"]
  .map((name) => `http://pit/ncn-w001/${name}`);

/** What scripts of metal-ipxe of 2021 to 2024 have in common, and where they differ. */
const HEAD = "#!ipxe\nset base-url http://pit/${hostname}\n";
const PARAMETERS =
  "set bootstrap metal.server=${base-url} metal.no-wipe=0 # TODO: Remove metal.no-wipe\n" +
  "set sqfs root=live:LABEL=SQFSRAID rd.live.squashimg=${image-name}\n" +
  "set debug log_buf_len=1 rd.shell #rd.debug=1 metal.no-wipe=1\n";
const BOOT = "initrd ${base-url}/initrd.img.xz || goto failed\n" +
  "kernel --name kernel ${base-url}/kernel ${udev} ${bootstrap} ${sqfs} ${custom} ${debug} " +
  "hostname=${hostname} ds=nocloud-net;s=http://${dhcp-server}:8888/ || goto failed\nboot\n";
const SCRIPT = `${HEAD}set image-name rootfs\n${PARAMETERS}set custom quiet\n
:loop isset \${net\${idx}/mac} || goto done
  set udev ifname=lan\${idx}:\${net\${idx}/mac} \${udev}
  inc idx && goto loop
:kedit
set custom \${custom} rd.cmdline=ask
:done
iseq \${buildarch} arm64 && goto arm64 ||
${BOOT}`;

Deno.test("fetchesOf() reads what a node fetches", async (t) => {
  const cases: [name: string, script: string, rootfs: string | null][] = [
    ["the form of 2024", SCRIPT, ROOTFS ?? ""],
    [
      "that of 2021",
      SCRIPT.replace("image-name rootfs", "image-name filesystem.squashfs").replaceAll(
        " || goto failed",
        "",
      ),
      "http://pit/ncn-w001/filesystem.squashfs",
    ],
    ["line ends of DOS", SCRIPT.replaceAll("\n", "\r\n"), ROOTFS ?? ""],
    ["that of a real PIT", pitFile("script.ipxe"), ROOTFS ?? ""],
    ["that of our own systems", BOOT_SCRIPT, ROOTFS ?? ""],
    [
      "a signed address",
      SCRIPT.replace("metal.server=${base-url}", "metal.server=http://s3/x?k=1"),
      "http://s3/x?k=1",
    ],
    ["a relative address", SCRIPT.replaceAll("${base-url}/", ""), ROOTFS ?? ""],
  ];
  for (const [name, script, rootfs] of cases) {
    await t.step(name, () => {
      const fetches = fetchesOf(script, NODE);
      assertEquals(fetches.doubts, []);
      assertEquals([fetches.initrd, fetches.kernel, fetches.rootfs], [INITRD, KERNEL, rootfs]);
    });
  }
});

Deno.test("fetchesOf() takes the words of the kernel as iPXE does", async (t) => {
  const { parameters } = fetchesOf(SCRIPT, NODE);
  const cases: [name: string, value: string | null][] = [
    ["metal.no-wipe", "0"],
    ["metal.server", "http://pit/ncn-w001"],
    ["hostname", "ncn-w001"],
    ["rd.debug", null],
    ["rd.shell", ""],
    ["rd.live", null],
  ];
  for (const [name, value] of cases) {
    await t.step(name, () => assertEquals(parameterOf(parameters, name), value));
  }
  await t.step("the last one counts", () => {
    assertEquals(parameterOf(["metal.no-wipe=0", "metal.no-wipe=1"], "metal.no-wipe"), "1");
  });
});

Deno.test("fetchesOf() knows metal.no-wipe, or why it cannot", async (t) => {
  const literal = "metal.no-wipe=0";
  const cases: [name: string, script: string, doubt: string | null][] = [
    ["the form of 2024", SCRIPT, null],
    ["a root filesystem that is not known", SCRIPT.replace("${image-name}", "${net0/x}"), null],
    ["a second kernel", `${SCRIPT}kernel other\n`, "it has 2 commands kernel"],
    ["another script", `${SCRIPT}chain other.ipxe\n`, "it has the command chain"],
    [
      "a value of the machine's",
      SCRIPT.replace(literal, "metal.no-wipe=${keep}"),
      "${keep} is known to the machine alone",
    ],
    [
      "a value below a condition",
      SCRIPT.replace(literal, "metal.no-wipe=${keep}").replace(
        "set base-url",
        "isset ${serial} && set keep 1 || set keep 0\nset base-url",
      ),
      "${keep} depends on a condition",
    ],
  ];
  for (const [name, script, doubt] of cases) {
    await t.step(name, () => assertEquals(fetchesOf(script, NODE).wipeDoubt, doubt));
  }
});

Deno.test("fetchesOf() says what it cannot know", async (t) => {
  const cases: [name: string, script: string, doubt: string][] = [
    ["a second kernel", `${SCRIPT}kernel other\n`, "it has 2 commands kernel"],
    ["a second initrd", `${SCRIPT}imgfetch more.img\n`, "it has 2 commands initrd"],
    [
      "a root filesystem on a disk",
      SCRIPT.replace("metal.server=${base-url}", "metal.server=file:///rootfs?LABEL=X"),
      "metal.server is no address of HTTP: file:///rootfs?LABEL=X",
    ],
    ["another script", `${SCRIPT}chain other.ipxe\n`, "it has the command chain"],
    [
      "a server of the machine's",
      SCRIPT.replace("http://pit/", "http://${next-server}/"),
      "${next-server} is known to the machine alone",
    ],
    [
      "a condition",
      SCRIPT.replace("set image-name", "iseq ${x} 1 && set image-name"),
      "${image-name} depends on a condition",
    ],
    [
      "a label",
      SCRIPT.replace("set bootstrap", ":retry\nset bootstrap"),
      "${bootstrap} depends on a condition",
    ],
    [
      "an image without a name",
      SCRIPT.replace("rd.live.squashimg=", "x="),
      "rd.live.squashimg is missing, and its default has changed",
    ],
  ];
  for (const [name, script, doubt] of cases) {
    await t.step(name, () => {
      const { doubts } = fetchesOf(script, NODE);
      assertEquals(doubts.includes(doubt), true, doubts.join("; "));
    });
  }
});

Deno.test("fetchesOf() reads anything, and ends", () => {
  const word = fc.constantFrom(
    "set",
    "a",
    "b",
    "${a}",
    "$${b}",
    "${${a}}",
    "#",
    "&&",
    "||",
    "{a}",
    "kernel",
    "initrd",
    ":a",
    "}",
    "${",
    "--name",
    "\t",
  );
  fc.assert(fc.property(fc.array(fc.array(word)), (lines) => {
    fetchesOf(lines.map((words) => words.join(" ")).join("\n"), NODE);
  }));
});

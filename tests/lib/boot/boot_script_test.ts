import { assertEquals } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { setLiveDir, withoutLuks } from "../../../lib/boot/boot_script.ts";

Deno.test("setLiveDir() sets, changes and removes only the parameter", async (t) => {
  const cases: [name: string, before: string, release: string | null, after: string | null][] = [
    [
      "a plain line",
      "set live-sqfs-opts root=x",
      "1.6",
      "set live-sqfs-opts rd.live.dir=1.6 root=x",
    ],
    [
      "an older one",
      "set live-sqfs-opts rd.live.dir=1 root=x",
      "2",
      "set live-sqfs-opts rd.live.dir=2 root=x",
    ],
    [
      "one behind root=",
      "set live-sqfs-opts root=x rd.live.dir=1 a",
      "2",
      "set live-sqfs-opts rd.live.dir=2 root=x a",
    ],
    [
      "a release that begins like the older one",
      "set live-sqfs-opts rd.live.dir=1.6.2-rc root=x",
      "1.6.2",
      "set live-sqfs-opts rd.live.dir=1.6.2 root=x",
    ],
    [
      "a root= before another",
      "set live-sqfs-opts root=a root=b",
      "1",
      "set live-sqfs-opts rd.live.dir=1 root=a root=b",
    ],
    [
      "rootflags= before root=",
      "set live-sqfs-opts rootflags=r root=x",
      "1",
      "set live-sqfs-opts rootflags=r rd.live.dir=1 root=x",
    ],
    [
      "rd.root= before root=",
      "set live-sqfs-opts rd.root=r root=x",
      "1",
      "set live-sqfs-opts rd.root=r rd.live.dir=1 root=x",
    ],
    [
      "a parameter that begins alike",
      "set live-sqfs-opts rd.live.dirs=9 root=x",
      "1",
      "set live-sqfs-opts rd.live.dirs=9 rd.live.dir=1 root=x",
    ],
    [
      "one that ends alike",
      "set live-sqfs-opts xrd.live.dir=9 root=x",
      null,
      "set live-sqfs-opts xrd.live.dir=9 root=x",
    ],
    [
      "text behind it on a greedy line",
      "set live-sqfs-opts rd.live.dir=1 a=1 root=x rd.live.ram=0",
      null,
      "set live-sqfs-opts a=1 root=x rd.live.ram=0",
    ],
    [
      "other lines",
      "set x rd.live.dir=1 root=y\nset live-sqfs-opts root=x",
      "2",
      "set x rd.live.dir=1 root=y\nset live-sqfs-opts rd.live.dir=2 root=x",
    ],
    [
      "a line that only uses them",
      "kernel ${live-sqfs-opts} root=x\nset live-sqfs-opts root=x",
      "2",
      "kernel ${live-sqfs-opts} root=x\nset live-sqfs-opts rd.live.dir=2 root=x",
    ],
    [
      "two such lines",
      "set live-sqfs-opts root=a\nset live-sqfs-opts root=b",
      "1",
      "set live-sqfs-opts rd.live.dir=1 root=a\nset live-sqfs-opts rd.live.dir=1 root=b",
    ],
    [
      "line ends of another system",
      "set live-sqfs-opts root=x\r\nboot\r\n",
      "1",
      "set live-sqfs-opts rd.live.dir=1 root=x\r\nboot\r\n",
    ],
    [
      "dollars are no patterns",
      "set live-sqfs-opts root=$&",
      "1",
      "set live-sqfs-opts rd.live.dir=1 root=$&",
    ],
    ["no such line", "boot", "1", null],
    ["no root=", "set live-sqfs-opts rd.live.ram=0", "1", null],
    ["no such line, and nothing to set", "boot", null, "boot"],
    ["nothing to remove", "set live-sqfs-opts  root=x ", null, "set live-sqfs-opts  root=x "],
    [
      "twice the parameter",
      "set live-sqfs-opts rd.live.dir=1 rd.live.dir=2 root=x",
      null,
      "set live-sqfs-opts root=x",
    ],
  ];
  for (const [name, before, release, after] of cases) {
    await t.step(name, () => assertEquals(setLiveDir(before, release), after));
  }
});

const parameter = fc.constantFrom(
  "root=live:LABEL=SQFSRAID",
  "rd.live.ram=0",
  "rd.live.dirx=1",
  "rd.luks",
  "rd.luks=1",
  "rd.luks.crypttab=0",
  "${a}",
);
const line = fc.array(parameter, { maxLength: 5 }).map((words) => words.join(" "));
const script = fc.array(
  fc.oneof(line, line.map((words) => `set live-sqfs-opts ${words}`)),
  { maxLength: 5 },
).map((lines) => lines.map((words) => `${words}\n`).join(""));
const release = fc.stringMatching(/^[0-9a-z][0-9a-z.-]{0,9}$/);

Deno.test("setLiveDir() twice is once, and what was set can be taken out", () => {
  fc.assert(fc.property(script, release, release, (text, first, second) => {
    const set = setLiveDir(text, first);
    if (set === null) return;
    assertEquals(setLiveDir(set, first), set);
    assertEquals(setLiveDir(set, second), setLiveDir(text, second));
    assertEquals(setLiveDir(set, null), text);
  }));
});

Deno.test("withoutLuks() switches the parameter off, and no other", async (t) => {
  const cases: [name: string, before: string, after: string | null][] = [
    ["the bare one", "a rd.luks b", "a rd.luks=0 b"],
    ["the one that is on", "a rd.luks=1 b", "a rd.luks=0 b"],
    ["the one that is off", "a rd.luks=0 b", "a rd.luks=0 b"],
    ["several", "rd.luks\nrd.luks=1", "rd.luks=0\nrd.luks=0"],
    [
      "its relatives",
      "rd.luks rd.luks.crypttab=0 rd.luks.uuid=7",
      "rd.luks=0 rd.luks.crypttab=0 rd.luks.uuid=7",
    ],
    ["relatives alone", "rd.luks.crypttab=0 rd.luks=12 xrd.luks rd.lukso", null],
    ["at the end of a line", "a rd.luks\r\nb", "a rd.luks=0\r\nb"],
    ["none", "boot", null],
    ["nothing", "", null],
  ];
  for (const [name, before, after] of cases) {
    await t.step(name, () => assertEquals(withoutLuks(before), after));
  }
});

Deno.test("withoutLuks() twice is once, and leaves every other word alone", () => {
  fc.assert(fc.property(script, (text) => {
    const once = withoutLuks(text);
    if (once === null) return;
    assertEquals(withoutLuks(once), once);
    const words = (text: string): string[] => text.split(/(\s+)/);
    assertEquals(
      words(once),
      words(text).map((word) => /^rd\.luks(=1)?$/.test(word) ? "rd.luks=0" : word),
    );
  }));
});

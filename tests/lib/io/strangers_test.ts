import { assertEquals } from "@std/assert";
import { Root } from "../../../lib/io/root.ts";
import { strangerOnWay, type Suspicion } from "../../../lib/io/strangers.ts";
import { temporaryDirectory } from "../../temporary.ts";

Deno.test("strangerOnWay() finds the directory that others may change", async (t) => {
  const open = (path: string, mode = 0o777) => (root: string): void =>
    Deno.chmodSync(`${root}${path}`, mode);
  const cases: [
    name: string,
    arrange: (root: string) => void,
    found: string | null,
    suspicion?: Suspicion,
  ][] = [
    ["none", () => {}, null],
    ["the directory itself", open("/var/lib/pitboot"), "/var/lib/pitboot"],
    ["one above it", open("/var"), "/var"],
    ["a sticky one above it", open("/var/lib", 0o1777), null],
    ["itself, sticky", open("/var/lib/pitboot", 0o1777), "/var/lib/pitboot"],
    ["itself, sticky and shared", open("/var/lib/pitboot", 0o1777), null, { isShared: true }],
    ["what a link leads through", (root) => {
      Deno.mkdirSync(`${root}/disk/state`, { recursive: true });
      Deno.chmodSync(`${root}/disk`, 0o777);
      Deno.removeSync(`${root}/var/lib/pitboot`);
      Deno.symlinkSync("/disk/state", `${root}/var/lib/pitboot`);
    }, "/disk"],
    ["where a link lies", (root) => {
      Deno.mkdirSync(`${root}/state`);
      Deno.removeSync(`${root}/var/lib/pitboot`);
      Deno.symlinkSync("/state", `${root}/var/lib/pitboot`);
      Deno.chmodSync(`${root}/var/lib`, 0o777);
    }, "/var/lib"],
    ["above what does not exist", (root) => {
      Deno.removeSync(`${root}/var/lib/pitboot`);
      Deno.chmodSync(`${root}/var/lib`, 0o777);
    }, "/var/lib"],
  ];
  for (const [name, arrange, found, suspicion] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const { directory } = temporary;
      Deno.mkdirSync(`${directory}/var/lib/pitboot`, { recursive: true, mode: 0o755 });
      arrange(directory);
      const stranger = strangerOnWay(new Root(directory), "/var/lib/pitboot", suspicion);
      assertEquals(stranger?.path ?? null, found);
      if (stranger) assertEquals(stranger.cure, `chmod go-w ${found}`);
    });
  }
});

Deno.test("strangerOnWay() looks above --root, too", () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.mkdirSync(`${directory}/pit/var`, { recursive: true });
  Deno.chmodSync(directory, 0o777);
  const { path } = strangerOnWay(new Root(`${directory}/pit`), "/var") ?? {};
  assertEquals(path, Deno.realPathSync(directory));
});

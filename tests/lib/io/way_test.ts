import { assertEquals, assertThrows } from "@std/assert";
import { wayTo } from "../../../lib/io/way.ts";
import { temporaryDirectory } from "../../temporary.ts";

/** Of each link: its path, and what it holds. */
const LINKS: readonly (readonly [path: string, target: string])[] = [
  ["absolute", "/etc"],
  ["relative", "etc"],
  ["inner/up", "../etc"],
  ["out", "../../../../../etc"],
  ["chain", "/inner/up/hosts"],
  ["dangling", "/etc/none"],
  ["round", "/round"],
];

/** A small system. */
function withSystem(work: (top: string) => void): void {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  for (const name of ["etc", "inner"]) Deno.mkdirSync(`${directory}/${name}`);
  Deno.writeTextFileSync(`${directory}/etc/hosts`, "");
  for (const [path, target] of LINKS) Deno.symlinkSync(target, `${directory}/${path}`);
  work(directory);
}

Deno.test("wayTo() follows links as they are seen from inside", async (t) => {
  const cases: [path: string, real: string][] = [
    ["/etc/hosts", "/etc/hosts"],
    ["/absolute/hosts", "/etc/hosts"],
    ["/relative/hosts", "/etc/hosts"],
    ["/inner/up/hosts", "/etc/hosts"],
    ["/inner/up/../etc/hosts", "/etc/hosts"],
    ["/out/hosts", "/etc/hosts"],
    ["/../../etc/hosts", "/etc/hosts"],
    ["/chain", "/etc/hosts"],
    ["//etc//./hosts/", "/etc/hosts"],
  ];
  for (const [path, real] of cases) {
    await t.step(path, () =>
      withSystem((top) => {
        assertEquals(wayTo(top, path, { follows: true }), { real: top + real, isThere: true });
      }));
  }
});

Deno.test("wayTo() says where nothing is", () =>
  withSystem((top) => {
    for (const path of ["/none", "/absolute/none", "/dangling", "/etc/hosts/none"]) {
      assertEquals(wayTo(top, path, { follows: true }).isThere, false, path);
    }
    assertEquals(wayTo(top, "/dangling/x", { follows: true }).real, `${top}/etc/none/x`);
  }));

Deno.test("wayTo() leaves a link at the end alone where it is meant itself", () =>
  withSystem((top) => {
    const { real } = wayTo(top, "/absolute/../chain", { follows: false });
    assertEquals(real, `${top}/chain`);
  }));

Deno.test("wayTo() gives up a link that leads to itself", () =>
  withSystem((top) => {
    const go = (): unknown => wayTo(top, "/round", { follows: true });
    assertThrows(go, Error, "too many levels of symbolic links");
  }));

Deno.test("wayTo() tells of every directory on the way, also of those of links", () =>
  withSystem((top) => {
    const passed: string[] = [];
    const visit = (real: string): unknown => passed.push(real.slice(top.length));
    wayTo(top, "/chain", { follows: true, visit });
    assertEquals(passed, ["", "/inner", "/etc"]);
  }));

Deno.test("wayTo() goes through the machine itself", () =>
  withSystem((top) => {
    const passed: string[] = [];
    const { real } = wayTo("", `${top}/relative`, {
      follows: true,
      visit: (real) => passed.push(real),
    });
    assertEquals(real, Deno.realPathSync(`${top}/etc`));
    assertEquals(passed[0], "/");
  }));

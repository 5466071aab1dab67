import { assertEquals } from "@std/assert";
import { unservable } from "../../../lib/images/servable.ts";
import { Root } from "../../../lib/io/root.ts";
import { temporaryDirectory } from "../../temporary.ts";

const PATH = "/var/www/k8s/1.6.2/kernel";

Deno.test("unservable() says what keeps the web server from a file", async (t) => {
  const cases: [name: string, change: (root: string) => void, why: string | null][] = [
    ["nothing", () => {}, null],
    [
      "the file",
      (root) => Deno.chmodSync(root + PATH, 0o640),
      `${PATH}: the web server cannot read it (chmod o+r)`,
    ],
    [
      "a directory",
      (root) => Deno.chmodSync(`${root}/var/www/k8s`, 0o750),
      "/var/www/k8s: the web server cannot enter it (chmod o+x)",
    ],
    [
      "the root of the web server",
      (root) => Deno.chmodSync(`${root}/var/www`, 0o750),
      "/var/www: the web server cannot enter it (chmod o+x)",
    ],
    ["a file that is gone: who opens it will say so", (root) => Deno.removeSync(root + PATH), null],
    [
      "links in a circle",
      (root) => {
        Deno.removeSync(root + PATH);
        Deno.symlinkSync("kernel", root + PATH);
      },
      `${PATH}: too many levels of symbolic links`,
    ],
  ];
  for (const [name, change, why] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const { directory } = temporary;
      Deno.mkdirSync(`${directory}/var/www/k8s/1.6.2`, { recursive: true, mode: 0o755 });
      Deno.writeTextFileSync(directory + PATH, "", { mode: 0o644 });
      change(directory);
      assertEquals(unservable(new Root(directory), PATH, "/var/www"), why);
    });
  }
});

Deno.test("unservable() says so of a file that the web server has nothing to do with", () => {
  assertEquals(
    unservable(new Root("/nowhere"), "/srv/kernel", "/var/www"),
    "/srv/kernel: it is not below /var/www, the web server cannot serve it",
  );
});

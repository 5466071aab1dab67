import { assertEquals, assertThrows } from "@std/assert";
import { makeDirectoryAt, settle } from "../../../lib/io/descriptor.ts";
import { temporaryDirectory } from "../../temporary.ts";

function modeOf(real: string): number {
  return (Deno.statSync(real).mode ?? 0) & 0o7777;
}

Deno.test("settle() gives what is open its mode, of which only permissions count", () => {
  using temporary = temporaryDirectory();
  const real = `${temporary.directory}/file`;
  using file = Deno.openSync(real, { write: true, createNew: true, mode: 0o600 });
  settle(file, real, { mode: 0o4755 });
  assertEquals(modeOf(real), 0o755);
  settle(file, real, {});
  assertEquals(modeOf(real), 0o755);
});

Deno.test("settle() changes nothing that was put in the place of what is open", async (t) => {
  const cases: [name: string, put: (real: string, other: string) => void, reason: RegExp][] = [
    ["a link", (real, other) => Deno.symlinkSync(other, real), /ELOOP|symbolic/],
    ["another file", (real, other) => Deno.linkSync(other, real), /was replaced/],
  ];
  for (const [name, put, reason] of cases) {
    await t.step(name, () => {
      using temporary = temporaryDirectory();
      const [real, other] = [`${temporary.directory}/file`, `${temporary.directory}/other`];
      Deno.writeTextFileSync(other, "", { mode: 0o600 });
      using file = Deno.openSync(real, { write: true, createNew: true, mode: 0o600 });
      Deno.removeSync(real);
      put(real, other);
      const error = assertThrows(() => settle(file, real, { mode: 0o644 }), Error);
      assertEquals(reason.test(error.message), true, error.message);
      assertEquals(modeOf(other), 0o600);
    });
  }
  await t.step("nothing, where there is nothing to change", () => {
    using temporary = temporaryDirectory();
    const real = `${temporary.directory}/file`;
    using file = Deno.openSync(real, { write: true, createNew: true, mode: 0o600 });
    Deno.removeSync(real);
    settle(file, real, { mode: 0o600 });
  });
});

Deno.test("makeDirectoryAt() makes a directory with its mode, whatever the umask", () => {
  using temporary = temporaryDirectory();
  const usual = Deno.umask(0o077);
  try {
    makeDirectoryAt(`${temporary.directory}/d`, 0o755);
  } finally {
    Deno.umask(usual);
  }
  assertEquals(modeOf(`${temporary.directory}/d`), 0o755);
});

import { assertEquals, assertThrows } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { appendRecord, readRecord, writeRecord } from "../../../lib/io/record.ts";
import { Root } from "../../../lib/io/root.ts";
import { list, object, parseJson, text } from "../../../lib/text/shape.ts";
import { temporaryDirectory } from "../../temporary.ts";

const shape = object({ names: list(text) });
const PATH = "/state.json";
const parse = (text: string): unknown => parseJson(text, shape);

/** A system below an empty directory that goes away. */
function inRoot(work: (root: Root, directory: string) => void): void {
  using temporary = temporaryDirectory();
  work(new Root(temporary.directory), temporary.directory);
}

Deno.test("readRecord() reads what writeRecord() wrote", () =>
  inRoot((root, directory) => {
    assertEquals(readRecord(root, PATH, shape, "hint"), null);
    writeRecord(root, PATH, { names: ["a"] }, { hint: "hint", mode: 0o600, parse });
    assertEquals(readRecord(root, PATH, shape, "hint"), { names: ["a"] });
    assertEquals((Deno.statSync(directory + PATH).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("readRecord() and writeRecord() fail with a code, the path from inside and a hint", async (t) => {
  const cases: [name: string, code: string, arrange: (real: string) => void][] = [
    ["no JSON", "file-invalid", (real) => Deno.writeTextFileSync(real, "{")],
    ["another shape", "file-invalid", (real) => Deno.writeTextFileSync(real, '{"names":1}')],
    ["a directory", "file-unreadable", (real) => Deno.mkdirSync(`${real}/x`, { recursive: true })],
  ];
  for (const [name, code, arrange] of cases) {
    await t.step(name, () =>
      inRoot((root, directory) => {
        arrange(directory + PATH);
        const failure = assertThrows(() => readRecord(root, PATH, shape, "do this"), Failure);
        assertEquals([failure.code, failure.details.hint], [code, "do this"]);
        assertEquals([failure.message.startsWith(PATH), failure.message.includes(directory)], [
          true,
          false,
        ]);
      }));
  }
  await t.step("a place that is none", () =>
    inRoot((root, directory) => {
      const options = { hint: "do this", mode: 0o600, parse: () => {} };
      const failure = assertThrows(() => writeRecord(root, "/no/such", {}, options), Failure);
      assertEquals([failure.code, failure.details.hint], ["file-unwritable", "do this"]);
      assertEquals(failure.message, "/no/such cannot be written: does not exist");
      assertEquals([...Deno.readDirSync(directory)], []);
    }));
});

Deno.test("writeRecord() and appendRecord() leave what is there, rather than what cannot be read again", async (t) => {
  const advice = { state: "nothing was changed", hint: "not this", parse };
  const large = { names: ["a".repeat(64 * 1024 * 1024)] };
  const cases: [name: string, value: unknown, message: string, hint: string][] = [
    [
      "what is too large",
      large,
      "it would be larger than 64 MiB",
      "change fewer nodes at once, with --nodes",
    ],
    // As a time that is no date becomes in JSON.
    ["another shape", { names: [NaN] }, "it could not be read again", "report it"],
  ];
  for (const [name, value, message, hint] of cases) {
    await t.step(name, () =>
      inRoot((root) => {
        const before = { names: ["a"] };
        const length = writeRecord(root, PATH, before, { ...advice, mode: 0o600 });
        const writes = [
          () => writeRecord(root, PATH, value, { ...advice, mode: 0o600 }),
          () => appendRecord(root, PATH, value, { ...advice, length }),
        ];
        for (const write of writes) {
          const failure = assertThrows(write, Failure, `${PATH} cannot be written: ${message}`);
          assertEquals(failure.details.hint, `nothing was changed; ${hint}`);
          assertEquals(readRecord(root, PATH, shape, ""), before);
        }
      }));
  }
});

import { assertEquals, assertRejects } from "@std/assert";
import { UnfitFile } from "../../../lib/io/failures.ts";
import { MOST_BYTES } from "../../../lib/io/read_file.ts";
import { NoObject, readObject, type SharedInput } from "../../../lib/io/read_object.ts";
import { inputOf } from "../../in_process.ts";

/** A regular file of which somebody has read some bytes. */
function fileOf(text: string, read = 0): SharedInput {
  return {
    ...inputOf(text.slice(read)),
    whole: () => Promise.resolve(new TextEncoder().encode(text)),
  };
}

Deno.test("readObject() reads to the end what begins as an object", async (t) => {
  const cases: [name: string, text: string, object: string][] = [
    ["an object", `{"a":"é€😀"}`, `{"a":"é€😀"}`],
    ["a long one", `{${" ".repeat(200_000)}}`, `{${" ".repeat(200_000)}}`],
    ["blanks in front", ` \t\r\n\n{}`, "{}"],
    ["the mark of an editor", "\ufeff{}", "{}"],
    ["a brace alone", "{", "{"],
    ["two of them", "{}\n{}\n", "{}\n{}\n"],
    ["nothing", "", ""],
    ["blanks alone", " \n\n", ""],
  ];
  for (const [name, text, object] of cases) {
    await t.step(`${name}, of a pipe`, async () => {
      assertEquals(await readObject(inputOf(text), true), object);
    });
    await t.step(`${name}, of a file`, async () => {
      assertEquals(await readObject(fileOf(text), true), object);
    });
  }
  await t.step("the part of a file that nobody has read", async () => {
    assertEquals(await readObject(fileOf("name\n{}", 5), true), "{}");
  });
});

Deno.test("readObject() leaves to others what begins as something else", async (t) => {
  const cases: [name: string, text: string, line: string, left: string][] = [
    ["a list of names", "ncn-w001\nncn-w002\n", "ncn-w001", "ncn-w002\n"],
    ["blanks in front", "\n  ncn-w001 \r\nncn-w002\n", "ncn-w001", "ncn-w002\n"],
    ["a line without an end", "ncn-w001", "ncn-w001", ""],
    ["a list in JSON", "[{}]\n{}", "[{}]", "{}"],
    ["an endless line", "x".repeat(1000), "x".repeat(500), "x".repeat(500)],
  ];
  for (const [name, text, line, left] of cases) {
    await t.step(`${name}, of a pipe: all but that line`, async () => {
      const input = inputOf(text);
      const error = await assertRejects(() => readObject(input, true), NoObject);
      assertEquals([error.line, error.isTaken], [line, true]);
      assertEquals(await restOf(input), left);
    });
  }
  await t.step("a list of names, of a file: all", async () => {
    const input = fileOf("ncn-w001\nncn-w002\nncn-w003\n", 9);
    const error = await assertRejects(() => readObject(input, true), NoObject);
    assertEquals([error.line, error.isTaken], ["ncn-w001", false]);
    assertEquals(await restOf(input), "ncn-w002\nncn-w003\n");
  });
});

Deno.test("readObject() does not wait for the rest of a line that is no object", async () => {
  const { read, ...input } = inputOf("x");
  const silent: SharedInput = {
    ...input,
    read: async (buffer) => await read(buffer) ?? new Promise(() => {}),
  };
  const error = await assertRejects(() => readObject(silent, true), NoObject);
  assertEquals(error.line, "x");
});

Deno.test("readObject() gives up where there is no end", async () => {
  let given = 0;
  const endless: SharedInput = {
    isNothing: () => Promise.resolve(false),
    whole: () => Promise.resolve(null),
    read: (buffer) => {
      given += buffer.fill(0x7b).length;
      return Promise.resolve(buffer.length);
    },
  };
  await assertRejects(() => readObject(endless, true), UnfitFile, "is larger than 64 MiB");
  assertEquals(given <= 2 * MOST_BYTES, true);
});

async function restOf({ read }: SharedInput): Promise<string> {
  const buffer = new Uint8Array(10_000);
  return new TextDecoder().decode(buffer.subarray(0, await read(buffer) ?? 0));
}

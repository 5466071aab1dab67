import { assertEquals, assertRejects } from "@std/assert";
import { UnfitFile } from "../../../lib/io/failures.ts";
import { MOST_BYTES, readFile, readStream } from "../../../lib/io/read_file.ts";
import { temporaryDirectory } from "../../temporary.ts";

Deno.test("readFile() reads a file of any length", () => {
  using temporary = temporaryDirectory();
  const path = `${temporary.directory}/file`;
  for (const length of [0, 1, 2, 1000, 70_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i % 251);
    Deno.writeFileSync(path, bytes);
    assertEquals(readFile(path), bytes);
  }
});

Deno.test("readFile() reads a file of which the system does not say how long it is", () => {
  // Of 0 bytes, says stat.
  assertEquals(
    new TextDecoder().decode(readFile("/proc/cpuinfo")).split("\n").length,
    Deno.readTextFileSync("/proc/cpuinfo").split("\n").length,
  );
});

Deno.test("readStream() joins what comes in parts, also the parts of a character", async () => {
  const bytes = new TextEncoder().encode("aé€😀z");
  const stream = ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  assertEquals(await readStream(stream), "aé€😀z");
});

Deno.test("readStream() gives up where there is no end", async () => {
  let given = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      given += 1024 * 1024;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  await assertRejects(() => readStream(stream), UnfitFile, "is larger than 64 MiB");
  assertEquals(given <= 2 * MOST_BYTES, true);
});

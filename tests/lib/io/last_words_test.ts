import { assertEquals } from "@std/assert";
import { lastWords } from "../../../lib/io/last_words.ts";

Deno.test("lastWords() waits for what is there, however long we stood still", async () => {
  const words = "Get Auth Capabilities error\nError: Unable to establish IPMI v2\n";
  const child = new Deno.Command("sh", {
    args: ["-c", '(sleep 0.05; printf %s "$1"; exec sleep 600) & echo $!; exit 1', "sh", words],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "";
  const read = (async () => {
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) text += piece;
  })();
  await child.status;
  const rest = lastWords(read);
  standStill(400);
  await rest;
  const [pid = "", ...said] = text.split("\n");
  Deno.kill(Number(pid), "SIGKILL");
  await read;
  assertEquals(said.join("\n"), words);
});

/** As a machine does that is busy, or a process that somebody stopped. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

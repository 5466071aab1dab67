import { assertEquals } from "@std/assert";
import { lastWords } from "../../../lib/io/last_words.ts";
import { isThere, standStill } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";

Deno.test("lastWords() waits for what is there, however long we stood still", async () => {
  using temporary = temporaryDirectory();
  const words = "Get Auth Capabilities error\nError: Unable to establish IPMI v2\n";
  const script = `{
      while ! [ -e now ]; do sleep 0.01; done
      printf %s "$1"
      touch said
      exec sleep 600
    } & echo $!; exit 1`;
  const child = new Deno.Command("sh", {
    args: ["-c", script, "sh", words],
    cwd: temporary.directory,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "";
  const read = (async () => {
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) text += piece;
  })();
  await child.status;
  const rest = lastWords(read);
  Deno.writeTextFileSync(`${temporary.directory}/now`, "");
  standStill(400);
  while (!isThere(`${temporary.directory}/said`)) standStill(10);
  await rest;
  const [pid = "", ...said] = text.split("\n");
  Deno.kill(Number(pid), "SIGKILL");
  await read;
  assertEquals(said.join("\n"), words);
});

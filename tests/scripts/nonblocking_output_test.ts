import { assertEquals } from "@std/assert";
import { NINETY_NINE_NODES } from "../../tools/pit/make_pit.ts";
import { chained } from "../in_process.ts";
import {
  checkDocument,
  environment,
  feed,
  hear,
  PITBOOT,
  shell,
  temporaryPit,
  until,
} from "../kit.ts";

/** Makes the pipe narrow (1031: F_SETPIPE_SZ) and lets it not block, as a neighbour may. */
const NEIGHBOUR = "perl -MFcntl -e 'fcntl(STDOUT, 1031, 4096); fcntl(STDOUT, F_SETFL, O_NONBLOCK)'";

Deno.test("a pipe that does not block gets the whole document", async () => {
  using pit = temporaryPit({ leased: true, nodes: NINETY_NINE_NODES });
  // The reader pauses when the document has begun: there is room for a part of it.
  const reader = "(dd bs=1 count=1 2>/dev/null; sleep 0.3; cat)";
  const script = `{ ${NEIGHBOUR}; pitboot run -n --json; } | ${reader}`;
  const { stdout } = await shell(pit, script);
  assertEquals(checkDocument(stdout).nodes?.length, 99);
});

Deno.test("standard input that does not block is waited for", async () => {
  using pit = temporaryPit({ leased: true });
  const document = await chained(pit);
  const unblocked = "fcntl(STDIN, F_SETFL, O_NONBLOCK); exec @ARGV";
  const words = [...PITBOOT, "wait-leases", "--timeout=0", `--root=${pit.root}`];
  const child = new Deno.Command("perl", {
    args: ["-MFcntl", "-e", unblocked, ...words],
    env: environment(pit),
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const heard = hear(child);
  // The document comes when it has looked for it in vain.
  await until(() => heard.stderr.includes("waiting for a document"));
  await feed(child, document);
  const result = await heard.end;
  assertEquals([result.code, result.document.leases?.length], [0, 9], result.stderr);
});

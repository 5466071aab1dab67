import { assertEquals } from "@std/assert";
import { NINETY_NINE_NODES } from "../../tools/pit/make_pit.ts";
import { checkDocument, shell, temporaryPit } from "../kit.ts";

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

/**
 * A command that does not end when it is told to.
 *
 * @module
 */

import { COMMON_OPTIONS } from "../../../lib/cli/manual.ts";
import { main } from "../../../lib/command/main.ts";
import { PLAIN_EXITS } from "../../../lib/document/exit_codes.ts";

main({
  name: "stubborn",
  summary: "goes on",
  description: [],
  exits: PLAIN_EXITS,
  options: COMMON_OPTIONS,
  examples: [],
  run: (_, { context }) => {
    context.listen();
    context.signal.addEventListener("abort", () => context.stderr.write("heard\n"));
    context.stderr.write("at work\n");
    setInterval(() => {}, 1000);
    return new Promise(() => {});
  },
});

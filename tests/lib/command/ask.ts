/**
 * Asks for a secret and shows what came of it, as JSON in brackets.
 *
 * @module
 */

import { promptSecret } from "../../../lib/command/prompt_secret.ts";

const controller = new AbortController();
Deno.addSignalListener("SIGINT", () => controller.abort(new Error("stopped")));
try {
  console.log(`[${JSON.stringify(await promptSecret("Secret: ", controller.signal))}]`);
} catch (error) {
  console.log(`[${error}]`);
}
Deno.exit();

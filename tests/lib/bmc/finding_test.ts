import { assert, assertEquals, assertMatch } from "@std/assert";
import { found, hintOf } from "../../../lib/bmc/finding.ts";
import { BMC_REASONS } from "../../../lib/document/bmc_reasons.ts";
import { hintOf as textOf } from "../../typed.ts";

const CONCERNED = { nodes: "ncn-w[001-002]", password: "/etc/password" };

Deno.test("found() has a state and words for each reason, and each but a skip a hint", () => {
  assertEquals(new Set(BMC_REASONS).size, BMC_REASONS.length);
  for (const reason of BMC_REASONS) {
    const { state, message } = found(reason);
    assertMatch(reason, /^[a-z]+(-[a-z0-9]+)*$/);
    assert(message !== "", reason);
    const hint = hintOf(reason, CONCERNED);
    assertEquals(state === "skipped", hint === undefined, reason);
    assert(hint !== "", reason);
  }
});

Deno.test("found() says it in the words that are given", () => {
  const words = "no answer within 30 s";
  assertEquals(found("no-answer", words), {
    state: "unreachable",
    reason: "no-answer",
    message: words,
  });
});

Deno.test("hintOf() names the nodes in a command, and where the password came from", () => {
  const hints = (["not-kept", "refused-user"] as const).map((each) => hintOf(each, CONCERNED));
  assertMatch(textOf(hints[0]), /pitboot bmc-dhcp --reset --nodes ncn-w\[001-002\];/);
  assertMatch(textOf(hints[1]), /^check \/etc\/password, /);
});

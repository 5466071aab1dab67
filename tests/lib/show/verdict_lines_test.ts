import { assert, assertEquals } from "@std/assert";
import type { Verdict } from "../../../lib/document/verdict.ts";
import { verdictLines } from "../../../lib/show/verdict_lines.ts";
import { NINETY_NINE_NODES } from "../../../tools/pit/make_pit.ts";

const TWO: Verdict = {
  summary: "7 of 9 nodes will boot 1.6.2; 2 will not",
  exit: 124,
  nodes: [
    {
      node: "ncn-w003",
      code: "bmc-unreachable",
      message: "no answer",
      hint: "power? cable? IPMI off?",
      address: "10.254.1.12",
    },
    {
      node: "ncn-s003",
      code: "bmc-failed",
      message: "did not keep the setting",
      hint: "pitboot bmc-dhcp --reset --nodes ncn-s003",
      command: "pitboot bmc-dhcp --reset",
    },
  ],
  next: "pitboot run --nodes ncn-s003,ncn-w003",
};

Deno.test("verdictLines() says who will not boot, why, and what to do", () => {
  assertEquals(verdictLines(TWO, 80), [
    "NOT READY  7 of 9 nodes will boot 1.6.2; 2 will not (exit 124)",
    "  ncn-w003  no answer (10.254.1.12)   power? cable? IPMI off?",
    "  ncn-s003  did not keep the setting  pitboot bmc-dhcp --reset --nodes ncn-s003",
    "then: pitboot run --nodes ncn-s003,ncn-w003",
  ]);
});

Deno.test("verdictLines() puts below what has no room beside", () => {
  assertEquals(verdictLines(TWO, 40), [
    "NOT READY  7 of 9 nodes will boot 1.6.2;",
    "           2 will not (exit 124)",
    "  ncn-w003  no answer (10.254.1.12)",
    "              power? cable? IPMI off?",
    "  ncn-s003  did not keep the setting",
    "              pitboot bmc-dhcp --reset \\",
    "              --nodes ncn-s003",
    "then: pitboot run --nodes ncn-s003,\\",
    "ncn-w003",
  ]);
});

Deno.test("verdictLines() wraps the command that comes next", () => {
  const command = `pitboot run --nodes ${NINETY_NINE_NODES.filter((_, i) => i % 2).join(",")}`;
  for (const width of [80, 60, 40]) {
    const lines = verdictLines({ ...TWO, next: command }, width);
    assertEquals(lines.filter((line) => line.length > width), []);
    const [, copied = ""] = /then: ([^]*)$/.exec(lines.join("\n")) ?? [];
    assertEquals(copied.replaceAll("\\\n", ""), command);
  }
});

Deno.test("verdictLines() writes commands that a shell puts together again", async () => {
  const next = `echo ${Array.from({ length: 30 }, (_, i) => `ncn-w${i},x`).join(" ")}`;
  const text = verdictLines({ ...TWO, next }, 40).join("\n");
  const [, command = ""] = /then: ([^]*)$/.exec(text) ?? [];
  assert(command.includes("\n"));
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  assertEquals(new TextDecoder().decode(stdout), `${next.slice(5)}\n`);
});

import { assert, assertEquals } from "@std/assert";
import type { Verdict } from "../../../lib/document/verdict.ts";
import { verdictLines } from "../../../lib/command/verdict_lines.ts";
import { expandHosts } from "../../../mod.ts";
import { NINETY_NINE_NODES } from "../../../tools/pit/make_pit.ts";

const TWO: Verdict = {
  summary: "7 of 9 nodes will boot 1.6.2; 2 will not",
  exit: 124,
  nodes: [
    { node: "ncn-w003", message: "no answer on 10.254.1.12", hint: "power? cable? IPMI off?" },
    {
      node: "ncn-s003",
      message: "has not kept the setting",
      hint: "pitboot bmc-dhcp --reset --nodes ncn-s003",
    },
  ],
  next: "pitboot run --nodes ncn-s003,ncn-w003",
};

Deno.test("verdictLines() says who will not boot, why, and what to do", () => {
  assertEquals(verdictLines(TWO, 80), [
    "NOT READY  7 of 9 nodes will boot 1.6.2; 2 will not (exit 124)",
    "  ncn-w003  no answer on 10.254.1.12  power? cable? IPMI off?",
    "  ncn-s003  has not kept the setting  pitboot bmc-dhcp --reset --nodes ncn-s003",
    "then: pitboot run --nodes ncn-s003,ncn-w003",
  ]);
});

Deno.test("verdictLines() puts below what has no room beside", () => {
  assertEquals(verdictLines(TWO, 40), [
    "NOT READY  7 of 9 nodes will boot 1.6.2;",
    "           2 will not (exit 124)",
    "  ncn-w003  no answer on 10.254.1.12",
    "              power? cable? IPMI off?",
    "  ncn-s003  has not kept the setting",
    "              pitboot bmc-dhcp --reset",
    "              --nodes ncn-s003",
    "then: pitboot run --nodes ncn-s003,\\",
    "ncn-w003",
  ]);
});

Deno.test("verdictLines() says once what is so for several nodes", () => {
  const nodes = ["ncn-w007", "ncn-w003"].map((node) => (
    { node, message: "no lease", hint: null }
  ));
  assertEquals(verdictLines({ ...TWO, nodes, next: null }, 80).slice(1), [
    "  ncn-w[003,007]  no lease",
  ]);
  const silent = ["ncn-w007", "ncn-w003"].map((node) => (
    { node, message: "asks for no lease", hint: `pitboot bmc-dhcp --reset --nodes ${node}` }
  ));
  assertEquals(verdictLines({ ...TWO, nodes: silent, next: null }, 80).slice(1), [
    "  ncn-w[003,007]  asks for no lease",
    "                    pitboot bmc-dhcp --reset --nodes ncn-w[003,007]",
  ]);
  assertEquals(verdictLines({ ...TWO, nodes: silent, next: null }, 90).slice(1), [
    "  ncn-w[003,007]  asks for no lease  pitboot bmc-dhcp --reset --nodes ncn-w[003,007]",
  ]);
});

Deno.test("verdictLines() names all of very many nodes, and fits", async (t) => {
  const others = NINETY_NINE_NODES.slice(2);
  const nodes = NINETY_NINE_NODES.slice(1).map((node, i) => ({
    node,
    message: `no answer on 10.254.1.${i}`,
    hint: "power? cable? IPMI off?",
  }));
  const command = `pitboot run --nodes ${others.filter((_, i) => i % 2).join(",")}`;
  for (const width of [80, 60, 40]) {
    await t.step(`${width} columns`, () => {
      const lines = verdictLines({ ...TWO, nodes, next: command }, width);
      assertEquals(lines.filter((line) => line.length > width), []);
      const text = lines.join("\n");
      const rest = /and 87 more:([^t]*)then/.exec(text)?.[1] ?? "";
      assertEquals(
        expandHosts(rest.replace(/\s/g, "")).sort(),
        NINETY_NINE_NODES.slice(13).sort(),
      );
      const [, copied = ""] = /then: ([^]*)$/.exec(text) ?? [];
      assertEquals(copied.replaceAll("\\\n", ""), command);
    });
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

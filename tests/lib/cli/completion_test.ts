import { assertEquals } from "@std/assert";
import { completionLines, completionOf } from "../../../lib/cli/completion.ts";
import { SHELLS } from "../../../lib/cli/completion_stubs.ts";
import { LINKED } from "../../../lib/cli/names.ts";
import { SHORT, type ValueKind } from "../../../lib/cli/options.ts";
import { manuals } from "../../../scripts/commands.ts";

const COMMANDS = await manuals();
const NAMES = COMMANDS.map(({ name }) => name);
const STORAGE = ["ncn-s001", "ncn-s002"];
const NODES = ["ncn-w001", ...STORAGE];
const RELEASES = ["kubernetes=1.6.2", "storage=1.6.1"];
/** What only the system knows. */
const KNOWN: Partial<Record<ValueKind, readonly string[]>> = {
  node: NODES,
  release: RELEASES,
  generation: ["9", "10"],
};

Deno.test("completionOf() knows what can stand at the end of a line", async (t) => {
  const cases: [line: string, expected: readonly string[]][] = [
    ["pitboot", []],
    ["pitboot ", NAMES],
    ["pitboot wait", ["wait-leases"]],
    ["pitboot -", ["--help", "-h", "--version", "-V", "--verbose", "-v"]],
    ["pitboot -n wait", ["wait-leases"]],
    ["pitboot --root ", ["*/"]],
    ["pitboot --root /a wait", ["wait-leases"]],
    ["pitboot --root=/a wait", ["wait-leases"]],
    ["pitboot --root /a run --col", ["--color"]],
    ["pitboot --root=/a run --ro", []],
    ["pitboot -n run --dry", []],
    ["pitboot run --col", ["--color"]],
    ["pitboot run --color ", ["auto", "always", "never"]],
    ["pitboot run --color=n", ["--color=never"]],
    ["pitboot run --quiet=", []],
    ["pitboot run --arch ", ["x86_64", "aarch64"]],
    ["pitboot run --dry-run --arch a", ["aarch64"]],
    ["pitboot run --timeout ", []],
    ["pitboot run --nodes ", NODES],
    ["pitboot run --nodes ncn-s", STORAGE],
    ["bmc-dhcp --exclude ncn-s", STORAGE],
    ["pitboot status --pit-node ncn-s", STORAGE],
    ["pitboot run --nodes ncn-w001,ncn-s", STORAGE.map((node) => `ncn-w001,${node}`)],
    ["pitboot run --nodes=ncn-w001,ncn-s", STORAGE.map((node) => `--nodes=ncn-w001,${node}`)],
    ["pitboot run --nodes ncn-w[001,", []],
    ["pitboot run --release ", RELEASES],
    ["pitboot run --release k", ["kubernetes=1.6.2"]],
    ["pitboot run --release storage=1", ["storage=1.6.1"]],
    ["pitboot run --release=k", ["--release=kubernetes=1.6.2"]],
    ["pitboot run --release=storage=1", ["--release=storage=1.6.1"]],
    ["pitboot run --release kubernetes=1,s", ["kubernetes=1,storage=1.6.1"]],
    ["pitboot run --release=kubernetes=1,s", ["--release=kubernetes=1,storage=1.6.1"]],
    ["pitboot run --release storage=1,s", []],
    ["pitboot run --nodes a --nod", ["--nodes"]],
    ["pitboot run --nodes=a --nod", ["--nodes"]],
    ["pitboot run --dry-run --dry", []],
    ["pitboot run --dry-run=false --dry", []],
    ["pitboot run -q --qui", []],
    ["pitboot run -n --dry", []],
    ["pitboot run --frob --dry", []],
    ["pitboot status -o ", ["json"]],
    ["pitboot status --output ", ["json"]],
    ["pitboot status -o json --outp", []],
    ["pitboot status --output=json --outp", []],
    ["pitboot run --color never --col", []],
    ["pitboot run --color=never --col", []],
    ["set-sqfs-links.sh --color never --col", []],
    ["pitboot completions --quiet --root /a --qui", []],
    ["pitboot run --exclude a --exclude b --exc", ["--exclude"]],
    ["pitboot run --release a=1 --rel", ["--release"]],
    ["pitboot run --data /d", ["*/"]],
    ["pitboot report /a /b", ["*"]],
    ["pitboot run --config /f", ["*"]],
    ["pitboot run --config=/f", ["*"]],
    ["pitboot rollback ", ["9", "10"]],
    ["pitboot history 1", ["10"]],
    ["pitboot history 9 1", []],
    ["pitboot completions ", SHELLS],
    ["pitboot completions --r", ["--root"]],
    ["pitboot man ", [...NAMES, "document", "events"]],
    ["pitboot help ", NAMES],
    ["pitboot man st", ["status"]],
    ["pitboot frobnicate ", []],
    ...NAMES.map((name) => [`pitboot ${name} -`, spellings(name)] as [string, string[]]),
    ...LINKED.map(([link, name]) => [`${link} -`, spellings(name)] as [string, string[]]),
    ["/root/bin/set-sqfs-links.sh --fan", ["--fanout"]],
  ];
  for (const [line, expected] of cases) {
    await t.step(line, () => {
      assertEquals(answerTo(line).map((line) => line.replace(/\t.*/, "")), expected);
    });
  }
});

Deno.test("completionLines() says what a word means, where that can be said", () => {
  const summary = COMMANDS.find(({ name }) => name === "status")?.summary;
  assertEquals(answerTo("pitboot st"), [`status\t${summary}`]);
  assertEquals(answerTo("pitboot run --col"), ["--color\tColour on standard error."]);
});

Deno.test("completionLines() says nothing that a terminal obeys or the command refuses", async (t) => {
  const lines: [line: string, known: readonly string[]][] = [
    ["pitboot run --nodes ", ["ncn-\x1b[2J", "a\nb", "a\tb", "$(id)", "`id`", "a b", "\u202e"]],
    ["pitboot status --pit-node ", ["ncn-\x1b[2J", "a\nb", "a\tb", "\u202e", "\x9b"]],
    ["pitboot run --release ", ["storage=$(id)", "storage=1 0", "storage=\x1b", "storage=a,b"]],
  ];
  for (const [line, known] of lines) {
    await t.step(line, () => {
      const completion = completionOf(line.split(" "), COMMANDS);
      assertEquals(completion && completionLines(completion, known), []);
    });
  }
});

function answerTo(line: string): string[] {
  const completion = completionOf(line.split(" "), COMMANDS);
  return completion ? completionLines(completion, KNOWN[completion.kind] ?? []) : [];
}

/** The options of a command, each way to write them. */
function spellings(command: string): string[] {
  const names = Object.keys(COMMANDS.find(({ name }) => name === command)?.options ?? {});
  return names.flatMap((name) => [`--${name}`, ...SHORT[name] ? [`-${SHORT[name]}`] : []]);
}

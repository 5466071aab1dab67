import { assertEquals } from "@std/assert";
import type { Host } from "../../../lib/command/host.ts";
import { Reporter } from "../../../lib/command/reporter.ts";
import { Root } from "../../../lib/io/root.ts";
import { LeaseBoard } from "../../../lib/leases/lease_board.ts";
import type { Sight } from "../../../lib/leases/read_leases.ts";
import { inputOf } from "../../in_process.ts";

const CLEAR = "\r\x1b[K";
const LEASE = { bmc: "ncn-w001-mgmt", mac: "b4:2e:99:0b:0d:04", ip: "10.254.1.6", expires: null };
const NONE: Sight = {
  leases: [],
  missing: ["ncn-w001-mgmt", "ncn-w002-mgmt"],
  unexpected: [],
  isThere: true,
};
const ONE: Sight = { ...NONE, leases: [LEASE], missing: ["ncn-w002-mgmt"] };

Deno.test("LeaseBoard draws a live line at a terminal, and clears it", () => {
  const { board, said } = makeBoard({ isTerminal: true });
  board.update(NONE, 61_000);
  assertEquals(
    said(),
    `${CLEAR}0 of 2 BMCs have a lease, 1:01 left, waiting for ncn-w[001-002]`,
  );
  board.update(ONE, 9_500);
  assertEquals(
    said(),
    `${CLEAR}pitboot wait-leases: ncn-w001-mgmt has a lease: 10.254.1.6 (1 of 2)\n` +
      `${CLEAR}1 of 2 BMCs have a lease, 0:10 left, waiting for ncn-w002`,
  );
  board[Symbol.dispose]();
  assertEquals(said(), CLEAR);
  board[Symbol.dispose]();
  assertEquals(said(), "");
});

Deno.test("LeaseBoard keeps the live line within the terminal", () => {
  const { board, said } = makeBoard({ isTerminal: true, columns: 20 });
  board.update(NONE, 61_000);
  assertEquals(said().length - CLEAR.length, 19);
});

Deno.test("LeaseBoard draws no live line where nobody could see it move", async (t) => {
  const cases: [name: string, options: Parameters<typeof makeBoard>[0]][] = [
    ["no terminal", { isTerminal: false }],
    ["a dumb terminal", { isTerminal: true, term: "dumb" }],
    ["--quiet", { isTerminal: true, quiet: true }],
  ];
  for (const [name, options] of cases) {
    await t.step(name, () => {
      const { board, said } = makeBoard(options);
      board.update(NONE, 61_000);
      board[Symbol.dispose]();
      assertEquals(said(), "");
    });
  }
});

Deno.test("LeaseBoard says each change once", () => {
  const { board, said } = makeBoard({ isTerminal: false });
  const gone = { ...NONE, isThere: false };
  for (const sight of [gone, gone, NONE, ONE, ONE, NONE]) board.update(sight, 1000);
  assertEquals(said().split("\n").map((line) => line.replace("pitboot wait-leases: ", "")), [
    "/leases is not there: no leases yet (systemctl status dnsmasq)",
    "ncn-w001-mgmt has a lease: 10.254.1.6 (1 of 2)",
    "ncn-w001-mgmt has lost its lease (0 of 2)",
    "",
  ]);
});

/** A board, and what it wrote since somebody asked. */
function makeBoard(
  { isTerminal, columns = 80, term = "xterm", quiet = false }: {
    isTerminal: boolean;
    columns?: number;
    term?: string;
    quiet?: boolean;
  },
): { board: LeaseBoard; said: () => string } {
  let text = "";
  const output = {
    isTerminal,
    columns: () => columns,
    rows: () => 24,
    write: (more: string): void => void (text += more),
  };
  const context: Host["context"] = {
    name: "wait-leases",
    args: [],
    program: null,
    env: (name) => name === "TERM" ? term : undefined,
    stdin: inputOf(""),
    stdout: output,
    stderr: output,
    signal: new AbortController().signal,
    now: () => 0,
    elapsed: () => 0,
  };
  const reporter = new Reporter(context, "pitboot wait-leases", {
    quiet,
    verbose: false,
    color: "never",
  });
  const host: Host = { context, root: new Root("/nowhere"), reporter, emit: () => {}, waited: 0 };
  const said = (): string => {
    const before = text;
    text = "";
    return before;
  };
  return { board: new LeaseBoard(host, { expected: 2, leases: "/leases" }), said };
}

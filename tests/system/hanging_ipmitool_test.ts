import { assertEquals, assertMatch } from "@std/assert";
import {
  changeBmc,
  hear,
  isThere,
  problemOf,
  startPitboot,
  type TemporaryPit,
  temporaryPit,
  until,
} from "../kit.ts";
import { isAlive } from "../lab/sandbox.ts";
import { callUntilLate } from "../late.ts";
import { testWith } from "../needs.ts";

const NEEDS = ["Linux", "perl-base", "root"] as const;
const PTRACE = Deno.build.arch === "aarch64" ? 117 : 101;
const PTRACE_SEIZE = 0x4206;
/**
 * Traces a process and never looks at it: as long as that goes on, nothing that ends the
 * process is heard of.
 */
const TRACER =
  `syscall(${PTRACE}, ${PTRACE_SEIZE}, $ARGV[0] + 0, 0, 0) == 0 or die "ptrace: $!"; ` +
  `open my $file, ">", "$ARGV[1].new"; print $file "$ARGV[0] $$"; close $file; ` +
  `rename "$ARGV[1].new", $ARGV[1]; sleep 600`;

/** An ipmitool that hangs. */
interface Hanging {
  readonly isSo: () => boolean;
  readonly pid: () => number;
  /** Lets it end. */
  readonly release: () => Promise<void>;
}

function hangAt(pit: TemporaryPit, node: string): Hanging {
  const file = `${pit.directory}/hangs`;
  // Not below it: what it has started is ended, too.
  const tracer = `(perl -e '${TRACER}' $$ ${file} </dev/null >/dev/null 2>&1 &)`;
  changeBmc(pit, node, `${tracer}; exec sleep 600`);
  const pids = (): number[] => Deno.readTextFileSync(file).split(" ").map(Number);
  return {
    isSo: () => isThere(file),
    pid: () => pids()[0] ?? 0,
    release: async () => {
      const [ipmitool = 0, tracer = 0] = pids();
      Deno.kill(tracer, "SIGKILL");
      await until(() => !isAlive(ipmitool));
    },
  };
}

testWith(
  "bmc-dhcp ends without an ipmitool that SIGKILL does not end, and names it",
  NEEDS,
  async () => {
    using pit = temporaryPit();
    const { pid, isSo, release } = hangAt(pit, "ncn-w002");
    const { code, document, stderr } = await callUntilLate(pit, ["bmc-dhcp"], { isSo });
    await release();
    assertEquals(code, 3, stderr);
    assertEquals(document.bmcs?.filter(({ state }) => state === "changed").length, 8);
    assertMatch(problemOf(document, "bmc-failed").message, new RegExp(`process ${pid()}\\)`));
    assertMatch(problemOf(document, "ipmitool-hangs").hint ?? "", new RegExp(`-p ${pid()}$`));
  },
);

testWith("bmc-dhcp ends at SIGTERM although SIGKILL does not end ipmitool", NEEDS, async () => {
  using pit = temporaryPit();
  const { pid, isSo, release } = hangAt(pit, "ncn-w002");
  const child = startPitboot(pit, ["bmc-dhcp", "--nodes", "ncn-w002"], { stdin: "null" });
  const said = hear(child);
  await until(isSo);
  child.kill("SIGTERM");
  const { code, document } = await said.end;
  await release();
  assertEquals([code, document.bmcs?.[0]?.state], [130, "skipped"]);
  assertMatch(said.stderr, new RegExp(`ipmitool \\(process ${pid()}\\) hangs in the kernel`));
});

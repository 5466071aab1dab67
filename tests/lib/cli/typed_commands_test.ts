import { assertEquals } from "@std/assert";
import { CARRIED, TypedCommands } from "../../../lib/cli/typed_commands.ts";
import { type CommandName, COMMANDS, manuals } from "../../../scripts/commands.ts";

const RELEASE = { CSM_RELEASE: "1.6.2" };

Deno.test("TypedCommands.again() writes the same command with other values", async (t) => {
  const cases: [args: string[], line: string][] = [
    [[], "pitboot run --nodes ncn-w003"],
    [["--nodes", "ncn-w*"], "pitboot run --nodes ncn-w003"],
    [["--nodes=ncn-w*", "--exclude", "ncn-w001"], "pitboot run --nodes ncn-w003"],
    [["--exclude=a", "-q", "--nodes", "b", "--exclude", "c"], "pitboot run -q --nodes ncn-w003"],
    [
      ["--release", "storage=1.6.1", "--timeout=5m"],
      "pitboot run --release storage=1.6.1 --timeout=5m --nodes ncn-w003",
    ],
    [["--password-file", "/root/a b"], "pitboot run --password-file '/root/a b' --nodes ncn-w003"],
  ];
  for (const [args, line] of cases) {
    await t.step(args.join(" "), async () => {
      assertEquals((await typed("run", args)).again("--nodes", "ncn-w003"), line);
    });
  }
  await t.step("a switch, and what was given without a value", async () => {
    const run = await typed("run", ["--keep-going=false", "-n", "--release", "storage=1.6.1"]);
    assertEquals(
      run.again("--release", "storage=1.6.0", "--keep-going"),
      "pitboot run -n --release storage=1.6.0 --keep-going",
    );
  });
});

Deno.test("TypedCommands.command() takes along where things are, as far as a command has it", async (t) => {
  const args =
    "--root|/a b|--state=s|--web-root=-w|--nodes|ncn-w*|--timeout=5m|--password-file|p|--pit-node=ncn-m002|--leases|l|--redfish|never"
      .split("|");
  const cases: [command: string, args: string[], line: string][] = [
    ["history", [], "pitboot history --root '/a b' --state s"],
    ["rollback", ["7"], "pitboot rollback 7 --root '/a b' --state s --web-root=-w"],
    [
      "power",
      ["status", "--nodes", "ncn-w001"],
      "pitboot power status --root '/a b' --state s --web-root=-w --password-file p --pit-node ncn-m002 --leases l --redfish never --nodes ncn-w001",
    ],
    [
      "bmc-dhcp",
      ["--reset", "--nodes", "ncn-w001"],
      "pitboot bmc-dhcp --root '/a b' --state s --password-file p --pit-node ncn-m002 --redfish never --reset --nodes ncn-w001",
    ],
    ["wait-leases", [], "pitboot wait-leases --root '/a b' --pit-node ncn-m002 --leases l"],
  ];
  for (const [command, more, line] of cases) {
    await t.step(command, async () => {
      assertEquals((await typed("run", args)).command(command, ...more), line);
    });
  }
  await t.step("the selection is there for who wants it", async () => {
    assertEquals((await typed("run", args)).nodes, ["--nodes", "ncn-w*"]);
    assertEquals((await typed("run", args)).value("timeout"), "5m");
    assertEquals((await typed("run", args)).value("fanout"), null);
  });
});

Deno.test("TypedCommands names CSM_RELEASE where it would be taken out of scripts", async () => {
  const run = await typed("run", [], RELEASE);
  assertEquals(run.again(), "CSM_RELEASE=1.6.2 pitboot run");
  assertEquals(run.command("set-links"), "CSM_RELEASE=1.6.2 pitboot set-links");
  assertEquals(run.command("online"), "pitboot online");
  const status = await typed("status", []);
  status.keep("1.6.1");
  assertEquals(status.command("run"), "CSM_RELEASE=1.6.1 pitboot run");
  run.keep("1.6.1");
  assertEquals(run.command("run"), "CSM_RELEASE=1.6.2 pitboot run");
  const odd = await typed("status", []);
  odd.keep("$(id)");
  assertEquals(odd.command("run"), "pitboot run");
});

Deno.test("CARRIED has of each command what it takes over, and no more", async () => {
  const carried = new Set(Object.values(CARRIED).flat());
  const taken = (await manuals()).filter(({ name }) => name in CARRIED).map((
    { name, options },
  ): [string, string[]] => [name, Object.keys(options).filter((each) => carried.has(each)).sort()]);
  assertEquals(
    Object.fromEntries(taken),
    Object.fromEntries(
      Object.entries(CARRIED).map(([name, options]) => [name, options.toSorted()]),
    ),
  );
});

async function typed(
  name: CommandName,
  args: string[],
  env: Record<string, string> = {},
): Promise<TypedCommands> {
  const { command } = await COMMANDS[name]();
  return new TypedCommands(command, { name: `pitboot ${name}`, args, env: (key) => env[key] });
}

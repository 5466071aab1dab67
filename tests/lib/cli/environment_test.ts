import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { ENVIRONMENT, variablesOf } from "../../../lib/cli/environment.ts";
import { helpOf } from "../../../lib/cli/help.ts";
import { manPage } from "../../../lib/cli/man.ts";
import { PITBOOT } from "../../../lib/cli/program.ts";
import { manuals } from "../../../scripts/commands.ts";

const COMMANDS = await manuals();
const NAMES = Object.keys(ENVIRONMENT);

Deno.test("ENVIRONMENT describes every variable that pitboot may read", () => {
  assertEquals(NAMES.toSorted(), config.permissions.pitboot.env.toSorted());
  const named = COMMANDS.flatMap((command) => variablesOf(command).map(([name]) => name));
  assertEquals([...new Set(named)].sort(), NAMES.toSorted());
});

Deno.test("help and man name the variables that a command reads, and no others", async (t) => {
  for (const command of COMMANDS) {
    await t.step(command.name, () => {
      const own = variablesOf(command).map(([name]) => name);
      assert(own.includes("NO_COLOR"));
      const [, help = ""] = helpOf(command, 80).split("\nEnvironment:\n");
      const [variables = ""] = help.split("\n\n");
      assertEquals([...variables.matchAll(/^ {2}([A-Z_]+)/gm)].map(([, name]) => name), own);
      const [, page = ""] = manPage(command, "2022-08-01").split("\n.SH ENVIRONMENT\n");
      const [section = ""] = page.split("\n.SH ");
      assertEquals([...section.matchAll(/^\.B (\w+)$/gm)].map(([, name]) => name), own);
    });
  }
  await t.step("pitboot", () => {
    const [, page = ""] = manPage(PITBOOT, "2022-08-01", COMMANDS).split("\n.SH ENVIRONMENT\n");
    for (const name of NAMES) assertMatch(page, new RegExp(`^\\.B ${name}$`, "m"));
  });
});

Deno.test("IPMI_PASSWORD is named where the password is used, and only there", () => {
  const named = COMMANDS.filter(({ environment }) => environment?.includes("IPMI_PASSWORD"));
  const used = COMMANDS.filter(({ options }) => "password-file" in options);
  assertEquals(named, used);
});

Deno.test("CSM_RELEASE is named where scripts are made for it, or judged by it, and only there", () => {
  const named = COMMANDS.filter(({ environment }) => environment?.includes("CSM_RELEASE"));
  assertEquals(named.map(({ name }) => name), ["set-links", "run", "status"]);
});

/**
 * Takes the screens of the READMEs from a real terminal of 80 columns, and writes them
 * into these: `deno task screens`.
 *
 * @module
 */

import { addRelease } from "../../tools/pit/make_pit.ts";
import { type Scenario, type ScenarioPit, scenarioPit } from "./scenario.ts";
import { Terminal } from "./terminal.ts";

/** The files that show screens. */
export const PAGES: readonly URL[] = ["README.md", "scripts/README.md"]
  .map((path) => new URL(`../../${path}`, import.meta.url));

const AT_ROOT = new URL("at_root.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const SIZE = { columns: 80, rows: 60 } as const;

/** How to take each screen, by the name that its marks have. */
export const SCREENS: Readonly<Record<string, () => Promise<string>>> = {
  board: takeBoard,
  checks: takeChecks,
  ready: takeReady,
  status: takeStatus,
  verdict: takeVerdict,
};

/** Each kind of trouble, and leases that take their time. */
const MANY: Scenario = {
  nodes: 99,
  dead: "ncn-m008,ncn-w[008,018]",
  refusing: "ncn-s016",
  silent: "ncn-s[001-004],ncn-w[056-075]",
};
const NINE: Scenario = {
  nodes: 9,
  dead: "ncn-w003",
  refusing: "ncn-s002",
  forgetful: "ncn-s003",
  silent: "ncn-w004",
};

/** The screens of a text, by their names. */
export function screensOf(text: string): Record<string, string> {
  const found = text.matchAll(MARKED);
  return Object.fromEntries(
    [...found].map(([, name = "", screen = ""]) => [name, screen.trimEnd()]),
  );
}

/** Puts screens between their marks. */
export function withScreens(text: string, screens: Readonly<Record<string, string>>): string {
  return text.replace(MARKED, (_, name: string) => {
    const screen = screens[name];
    if (screen === undefined) throw new Error(`nobody takes the screen ${name}`);
    return `${before(name)}${screen}\n${AFTER}`;
  });
}

const AFTER = "```\n\n<!-- end -->";
const MARKED = /<!-- screen:(\w+) -->\n\n```text\n([^]*?)```\n\n<!-- end -->/g;

function before(name: string): string {
  return `<!-- screen:${name} -->\n\n\`\`\`text\n`;
}

/** The board in the middle of a run. Its clocks stand still. */
async function takeBoard(): Promise<string> {
  using pit = scenarioPit(MANY);
  using terminal = await open(pit, "run", "--bmc-timeout=25s");
  const screen = await terminal.shows(
    /^BMCs {4}99 of 99 .*\n.* left, .*\nnodes {3}71 of 99 \w+\n.*no answer .*-w\[008,018\] /m,
  );
  return screen.slice(screen.search(/^BMCs/m))
    .replace(/\d+:\d\d left/, "14:41 left")
    .replace(/last came \d:\d\d ago/, "last came 0:12 ago");
}

/** What status says when all is done. */
async function takeReady(): Promise<string> {
  using pit = scenarioPit({ nodes: 9 }, { release: "1.6.2" });
  await take(pit, "run");
  return await statusOn(pit);
}

/** The end of a run that leaves nodes out. */
async function takeVerdict(): Promise<string> {
  using pit = scenarioPit(NINE, { release: "1.6.2" });
  return await verdictOn(pit);
}

/** What status says after such a run. */
async function takeStatus(): Promise<string> {
  using pit = scenarioPit(NINE, { release: "1.6.2" });
  await verdictOn(pit);
  return (await statusOn(pit)).replace(/^as of .* UTC/m, "as of 2026-11-25 01:52 UTC");
}

async function statusOn(pit: ScenarioPit): Promise<string> {
  return `$ pitboot status\n${await take(pit, "status")}`;
}

async function verdictOn(pit: ScenarioPit): Promise<string> {
  const text = await take(pit, "run", "--timeout=3s", "--bmc-timeout=12s");
  return asTyped(text.slice(text.search(/^NOT READY/m)));
}

/** A run that is refused. */
async function takeChecks(): Promise<string> {
  using pit = scenarioPit({ nodes: 9 }, { release: "1.6.1" });
  const directory = addRelease(pit.root, "k8s", { release: "1.6.2" });
  for (const { name } of [...Deno.readDirSync(pit.root + directory)]) {
    if (name.endsWith(".squashfs")) Deno.removeSync(`${pit.root}${directory}/${name}`);
  }
  Deno.removeSync(`${pit.root}/var/www/boot/script.ipxe`);
  const text = await take(pit, "run");
  return text.slice(text.search(/^pitboot run:/m));
}

async function take(pit: ScenarioPit, ...args: readonly string[]): Promise<string> {
  using terminal = await open(pit, ...args);
  await terminal.end();
  return await terminal.scrollback();
}

/** Runs pitboot where nobody types its root. */
function open({ env, root }: ScenarioPit, ...args: readonly string[]): Promise<Terminal> {
  const command = [
    Deno.execPath(),
    "run",
    "-q",
    "-A",
    `--config=${CONFIG}`,
    AT_ROOT,
    root,
    ...args,
  ];
  return Terminal.open({ ...SIZE, env, command });
}

/** Where all takes the time that it takes. */
function asTyped(verdict: string): string {
  return verdict.replaceAll("\\\n", "").replace(/ --(timeout|bmc-timeout)=\S+/g, "");
}

if (import.meta.main) {
  const taken = Object.entries(SCREENS)
    .map(async ([name, take]) => [name, await take()] as const);
  const screens = Object.fromEntries(await Promise.all(taken));
  for (const page of PAGES) {
    Deno.writeTextFileSync(page, withScreens(Deno.readTextFileSync(page), screens));
  }
}

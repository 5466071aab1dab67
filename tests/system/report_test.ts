import { assert, assertEquals, assertMatch } from "@std/assert";
import { callInProcess } from "../in_process.ts";
import { temporaryPit } from "../kit.ts";
import { type Need, testWith } from "../needs.ts";
import { puppeteer } from "../npm/puppeteer.ts";

const NEEDS: readonly Need[] = ["chromium", "poppler-utils"];
const NODES = 999;
const BEGIN = Date.UTC(2026, 10, 28, 23, 50);
const DEAD = "ncn-w500";

type Browser = Awaited<ReturnType<typeof puppeteer.launch>>;
type Page = Awaited<ReturnType<Browser["newPage"]>>;

/** The events of a night of 999 nodes; one has no answer. */
function events(): string {
  const names = Array.from({ length: NODES }, (_, i) => `ncn-w${String(i + 1).padStart(3, "0")}`);
  const line = (second: number, what: string, keys: object): string => {
    const time = new Date(BEGIN + second * 1000).toISOString();
    return `${JSON.stringify({ time, stage: "run", node: null, what, ...keys })}\n`;
  };
  const problem = { severity: "warning", code: "bmc-unreachable", message: "no answer <b>" };
  return [
    line(0, "setting", { nodes: names }),
    ...names.filter((node) => node !== DEAD).flatMap((node, i) => [
      line(i, "asked", { node, state: "changed", message: null }),
      line(i + 40, "lease", { node, ip: "10.254.1.7" }),
      line(i + 41, "linked", { node, change: "created" }),
      line(i + 60, "powered", { node, wish: "on", power: "on", message: null, seconds: 2 }),
    ]),
    line(1500, "problem", { problem: { ...problem, nodes: [DEAD] } }),
    line(1500, "verdict", {
      summary: "998 of 999 nodes will boot 1.6.2; 1 will not",
      nodes: [{ node: DEAD, code: "bmc-unreachable", message: "no answer" }],
    }),
  ].join("");
}

/** Opens the page of that night, without a network that it might ask. */
async function openReport(look: (page: Page, directory: string) => Promise<void>): Promise<void> {
  using pit = temporaryPit();
  Deno.writeTextFileSync(`${pit.root}/events`, events());
  const { code, stdout, stderr } = await callInProcess(pit, ["report", "/events"]);
  assertEquals(code, 0, stderr);
  const file = `${pit.directory}/night.html`;
  Deno.writeTextFileSync(file, stdout);
  const browser = await puppeteer.launch({
    executablePath: "/usr/bin/chromium",
    // Root has no sandbox.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"],
    userDataDir: `${pit.directory}/browser`,
    timeout: 0,
    protocolTimeout: 0,
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    const said: string[] = [];
    const asked = new Set<string>();
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => asked.add(request.url()));
    await page.goto(`file://${file}`);
    await look(page, pit.directory);
    assertEquals(said, []);
    assertEquals([...asked], [`file://${file}`]);
  } finally {
    await browser.close();
  }
}

testWith("report's page is read by a browser, a screen reader and a printer", NEEDS, async (t) => {
  await openReport(async (page, directory) => {
    await t.step(
      "a bar shows the steps of its node if it is pointed at, or reached by Tab",
      async () => {
        const detail = "tbody tr:nth-child(2) .detail";
        const bar = "tbody tr:nth-child(2) .bar";
        assertEquals(await isVisible(page, detail), false);
        await page.hover(bar);
        assertEquals(await isVisible(page, detail), true);
        await page.hover("h1");
        assertEquals(await isVisible(page, detail), false);
        await page.focus(bar);
        assertEquals(await isVisible(page, detail), true);
        assertMatch(
          await page.$eval(detail, ({ textContent }) => textContent ?? ""),
          /lease .*after/,
        );
      },
    );
    await t.step("Tab leads past the bars first", async () => {
      await page.reload();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assertMatch(page.url(), /#nodes$/);
    });
    await t.step(
      "what a screen reader gets has headings, tables, and heads of both kinds",
      async () => {
        const tree = await page.accessibility.snapshot({ interestingOnly: false });
        const all = tree ? flat(tree) : [];
        const named = (role: string): (string | undefined)[] =>
          all.filter((each) => each.role === role).map(({ name }) => name);
        const headings = [
          "How far they got",
          "Nodes",
          "Problems",
          "What happened",
          "What was read",
        ];
        assertEquals(named("heading"), ["Node boot report, 28 Nov 2026", ...headings]);
        assertEquals(named("table").length, 4);
        assert(named("table").every((name) => name), `${named("table")}`);
        assertEquals(
          named("rowheader").filter((name) => /^ncn-w\d+$/.test(name ?? "")).length,
          NODES,
        );
        for (const head of ["powered on", "rootfs"]) assert(named("columnheader").includes(head));
        const bars = named("image").filter((name) => /^ncn-w\d+: BMC set \d\d:/.test(name ?? ""));
        assertEquals(bars.length, NODES - 1);
        assert(named("image").includes(`${DEAD}: no step was seen`));
      },
    );
    await t.step("all that is written can be read, light or dark", async () => {
      for (const value of ["light", "dark"]) {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
        assertEquals(await page.evaluate(faintTexts), [], value);
      }
    });
    await t.step("all columns are there where there is room for little", async () => {
      for (const width of [1100, 1440]) {
        await page.setViewport({ width, height: 800 });
        assertEquals(await page.$eval(".scroll", overflowOf), 0, `${width}`);
      }
    });
    await t.step("on paper each node has its row, with all of its columns", async () => {
      const path = `${directory}/night.pdf`;
      await page.pdf({ path, preferCSSPageSize: true, timeout: 0 });
      const text = output("pdftotext", "-layout", path, "-");
      const rows = text.split("\n").filter((row) => /^\s*ncn-w\d+ .*\d\d:\d\d:\d\d/.test(row));
      assertEquals(rows.length, NODES - 1);
      assertMatch(text, new RegExp(`${DEAD}.*no answer`));
      assertMatch(text, /29 Nov 2026/);
      const pages = text.split("\f").length - 1;
      // Each has the heads again.
      assert(text.match(/Node .*rootfs/g)?.length ?? 0 > pages / 2);
      assertMatch(output("pdfinfo", path), /Page size: +84[12]\S* x 59[45]\S* pts \(A4\)/);
    });
  });
});

interface Spoken {
  readonly role: string;
  readonly name?: string;
  readonly children?: readonly Spoken[];
}

function flat(node: Spoken): Spoken[] {
  return [node, ...(node.children ?? []).flatMap(flat)];
}

async function isVisible(page: Page, selector: string): Promise<boolean> {
  return await page.$eval(selector, (element) => element.checkVisibility());
}

/** Runs in the page: how much of an element is out of sight at its side. */
function overflowOf(
  { scrollWidth, clientWidth }: { readonly scrollWidth: number; readonly clientWidth: number },
): number {
  return scrollWidth - clientWidth;
}

/** As much of an element as is looked at in the page. */
interface Shown {
  readonly tagName: string;
  readonly textContent: string | null;
  readonly parentElement: Shown | null;
}
declare const document: { querySelectorAll(selector: string): Iterable<Shown> };
declare function getComputedStyle(
  element: Shown,
): { readonly color: string; readonly fill: string; readonly backgroundColor: string };

/** Runs in the page: texts whose contrast to their background is less than WCAG AA asks for. */
function faintTexts(): string[] {
  const light = (color: string): number => {
    const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((each) => Number(each) / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Shown | null): string => {
    const color = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
    return color === "rgba(0, 0, 0, 0)" ? behind(element?.parentElement ?? null) : color;
  };
  const texts = [
    ...document.querySelectorAll("h1, h2, p, a, caption, th, td, li, small, span, text"),
  ];
  return texts.filter((element) => {
    const style = getComputedStyle(element);
    const color = element.tagName === "text" ? style.fill : style.color;
    const [a, b] = [light(color), light(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
  }).map((element) => `${element.tagName} ${element.textContent}`);
}

function output(program: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(program, { args }).outputSync();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

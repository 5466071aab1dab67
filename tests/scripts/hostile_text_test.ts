import { assert, assertEquals } from "@std/assert";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { generationFile, leasedPit, NO_PASSWORD, storedGeneration } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { leasesOf } from "../kit.ts";
import type { Words } from "../refusals.ts";

/** Turns the direction of text; begins an escape sequence in 8 bits, and in 7. */
const HOSTILE = "x\u202e\u009b31m\x1b[31m";
// deno-lint-ignore no-control-regex
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** A PIT in which everything that others can name is named so. */
async function hostilePit(): Promise<ReturnType<typeof leasedPit>> {
  const pit = leasedPit();
  await callInProcess(pit, ["run"], { env: NO_PASSWORD });
  const { changes, ...generation } = storedGeneration(pit, 1);
  const [first] = changes;
  assert(first);
  const change = { ...first, after: { ...first.after, release: HOSTILE }, failed: HOSTILE };
  Deno.writeTextFileSync(
    generationFile(pit, 1),
    JSON.stringify({ ...generation, who: HOSTILE, command: HOSTILE, changes: [change] }),
  );
  for (const role of ["k8s", "ceph"] as const) addRelease(pit.root, role, { release: HOSTILE });
  const names = { kernel: /kernel$/, "initrd.img.xz": /xz$/, rootfs: /squashfs$/ };
  for (const [link, pattern] of Object.entries(names)) {
    const directory = `ephemeral/data/k8s/${HOSTILE}`;
    const file = [...Deno.readDirSync(`${pit.www}/${directory}`)]
      .find(({ name }) => pattern.test(name));
    Deno.removeSync(`${pit.www}/ncn-w003/${link}`);
    Deno.symlinkSync(`../${directory}/${file?.name}`, `${pit.www}/ncn-w003/${link}`);
  }
  const text = Deno.readTextFileSync(leasesOf(pit)).replace(/^.*ncn-w002-mgmt.*\n/m, "");
  Deno.writeTextFileSync(leasesOf(pit), `${text}0 02:00:00:00:00:01 10.254.9.9 ${HOSTILE} *\n`);
  return pit;
}

Deno.test("nothing that others chose is obeyed by a terminal", async (t) => {
  using pit = await hostilePit();
  const calls: Words[] = [
    ["history"],
    ["history", "1"],
    ["history", "--json"],
    ["history", "--pretty"],
    ["history", HOSTILE],
    ["status"],
    ["status", "--json"],
    ["resolve-images"],
    ["resolve-images", "--json"],
    ["wait-leases", "--timeout=0"],
    ["wait-leases", "--timeout=0", "--json"],
    ["wait-leases", `--timeout=${HOSTILE}`],
    ["wait-leases", "--timeout=0", `--leases=/${HOSTILE}`],
    ["set-links", "--dry-run"],
    ["run", "--dry-run", "--timeout=0"],
    ["rollback", "--dry-run", HOSTILE],
    ["man", HOSTILE],
    ["help", HOSTILE],
    ["completions", HOSTILE],
  ];
  for (const args of calls) {
    await t.step(args.join(" ").replaceAll(HOSTILE, "HOSTILE"), async () => {
      const env = { ...NO_PASSWORD, TERM: "dumb" };
      const { stdout, stderr } = await callInProcess(pit, args, { env, onTerminal: true });
      const printed = stdout + stderr;
      assertEquals(OBEYED.exec(printed)?.[0], undefined, printed);
      assert(printed.includes("\\u202e"), `it does not show it: ${printed}`);
    });
  }
});

Deno.test("a file of events can be shown on a terminal", async () => {
  using pit = await hostilePit();
  const events = `${pit.root}/events.jsonl`;
  const env = { ...NO_PASSWORD, CSM_RELEASE: HOSTILE };
  await callInProcess(pit, ["run", "--timeout=0", `--events=${events}`], { env });
  await callInProcess(pit, ["wait-leases", "--timeout=0", "--events=/events.jsonl"], { env });
  const text = Deno.readTextFileSync(events);
  assertEquals(OBEYED.exec(text)?.[0], undefined);
  assert(text.includes("\\u202e"), text);
});

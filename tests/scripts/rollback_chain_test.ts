import { assertEquals } from "@std/assert";
import { addNewer, change, historyOf, leasedPit, stampedTree } from "../changes.ts";
import { isThere } from "../kit.ts";
import fc from "../npm/fast_check.ts";

const NODES = ["ncn-m002", "ncn-w001", "ncn-w002", "ncn-s001"];
const OLD = "fe775c6-1659395320990";

/** What somebody does. */
type Deed =
  | {
    readonly does: "run";
    readonly release: string;
    readonly csm: string;
    readonly nodes: string[];
  }
  | { readonly does: "offline" | "online" | "edit" | "remove links"; readonly nodes: string[] }
  | { readonly does: "rollback"; readonly back: number };

const nodes = fc.subarray(NODES, { minLength: 1 });
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    does: fc.constant("run" as const),
    release: fc.constantFrom(OLD, "1.6.2"),
    csm: fc.constantFrom("", "1", "2"),
    nodes,
  }),
  fc.record({
    does: fc.constantFrom(
      "offline" as const,
      "online" as const,
      "edit" as const,
      "remove links" as const,
    ),
    nodes,
  }),
  fc.record({ does: fc.constant("rollback" as const), back: fc.nat(3) }),
);

type Pit = ReturnType<typeof leasedPit>;
type Trees = Record<string, unknown>;

Deno.test("rollback gives back any state, after whatever has happened since", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deeds, { minLength: 2, maxLength: 9 }),
      fc.nat(8),
      async (deeds, to) => {
        using pit = leasedPit();
        addNewer(pit);
        // What was there right before each generation.
        const before: Trees[] = [];
        let edits = 0;
        for (const deed of deeds) {
          const trees = treesOf(pit);
          await act(pit, deed, ++edits);
          if (isThere(`${pit.root}/var/lib/pitboot/generations/${before.length + 1}.json`)) {
            before
              .push(trees);
          }
        }
        if (before.length === 0) return;
        const target = to % before.length;
        const generations = await historyOf(pit);
        const expected = treesOf(pit);
        for (const name of Object.keys(expected)) {
          const first = generations.findIndex(({ number, changes, bootScript }) =>
            number > target &&
            (name === "boot" ? bootScript : changes.some(({ nodes }) => nodes.includes(name)))
          );
          if (first >= 0) expected[name] = before[first]?.[name];
        }
        await change(pit, ["rollback", String(target), "--reset-scripts"]);
        assertEquals(treesOf(pit), expected);
        // Then there is nothing more to do.
        const { nodes } = await change(pit, ["rollback", String(target), "--reset-scripts"]);
        const done = new Set(nodes?.map(({ change }) => change));
        assertEquals([...done].filter((each) => !["unchanged", "offline"].includes(each)), []);
      },
    ),
    { numRuns: 20 },
  );
});

async function act(pit: Pit, deed: Deed, edit: number): Promise<void> {
  switch (deed.does) {
    case "run": {
      const { release, csm, nodes } = deed;
      const words = [
        "--nodes",
        nodes.join(","),
        "--release",
        `kubernetes=${release},storage=${release}`,
      ];
      await change(pit, ["run", ...words], csm ? { CSM_RELEASE: csm } : {});
      return;
    }
    case "offline":
    case "online":
      await change(pit, [deed.does, "--nodes", deed.nodes.join(",")]);
      return;
    case "rollback": {
      const number = Math.max(0, (await historyOf(pit)).length - deed.back);
      if (number > 0) await change(pit, ["rollback", String(number)]);
      return;
    }
    case "edit":
      for (const path of pathsOf(pit, deed.nodes, ["script.ipxe"])) {
        Deno.writeTextFileSync(path, `#!ipxe\n# edit ${edit}\n`);
      }
      return;
    case "remove links":
      for (const path of pathsOf(pit, deed.nodes, ["kernel", "initrd.img.xz", "rootfs"])) {
        Deno.removeSync(path);
      }
  }
}

/** The files of these names that are there. */
function pathsOf({ www }: Pit, nodes: readonly string[], names: readonly string[]): string[] {
  return nodes.flatMap((node) => names.map((name) => `${www}/${node}/${name}`)).filter(isThere);
}

/** What each node boots, by name; of those that are offline, only that they are. */
function treesOf({ www }: Pit): Trees {
  return Object.fromEntries(["boot", ...NODES].map((name) => {
    const directory = `${www}/${name}`;
    if (!isThere(directory)) return [name, null];
    return [name, isThere(`${directory}/.offline`) ? "offline" : stampedTree(directory)];
  }));
}

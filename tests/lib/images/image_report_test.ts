import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Failure } from "../../../lib/document/problems.ts";
import {
  type ArtifactFile,
  type BootTriple,
  findTriples,
  type Wish,
} from "../../../lib/images/boot_triples.ts";
import {
  imageProblems,
  lostProblems,
  newerNotWhole,
  noTriple,
  olderTriples,
  type Search,
  unfit,
} from "../../../lib/images/image_report.ts";
import { findPartial } from "../../../lib/images/partial_releases.ts";
import type { Role } from "../../../lib/nodes/roles.ts";
import { hintOf } from "../../typed.ts";

const STORAGE: Role = { name: "storage", data: "ceph", rootfs: "storage-ceph", nodes: [] };
const DIRECTORY = "/data/ceph";
const OPEN = { release: null, stream: null, arch: null };
const NEW = release("1.6.2", 3000);
const OLD = release("1.6.1", 2000);
const OLDEST = release("1.6.0", 1000);
const DANGLING = ["/data/ceph/1.6.3/initrd.img-1.6.3.xz", "/data/ceph/x.kernel"];

Deno.test("noTriple() says why there is no image to choose", async (t) => {
  const cases: [name: string, search: Partial<Search>, facts: string[], absent: string[]][] = [
    ["nothing there", {}, [
      "storage",
      DIRECTORY,
      "initrd.img-RELEASE.xz",
      "VERSION-RELEASE.kernel",
      "[secure-]storage-ceph-RELEASE.squashfs",
    ], ["--", "null", "kubernetes"]],
    ["links that point to nothing", { dangling: DANGLING }, [DIRECTORY, ...DANGLING], []],
    ["half of one", searchOf([NEW.slice(1)]), ["/data/ceph/1.6.2 is incomplete: no initrd"], []],
    [
      "half of the one that is asked for",
      { ...searchOf([NEW.slice(1), OLD]), wish: { ...OPEN, release: "1.6.2" } },
      ["/data/ceph/1.6.2 is incomplete: no initrd", "available: 1.6.1"],
      [],
    ],
    [
      "half of another than is asked for",
      { ...searchOf([NEW.slice(1), OLD]), wish: { ...OPEN, release: "1.6.3" } },
      ["--release 1.6.3"],
      ["not whole"],
    ],
    [
      "another release is asked for",
      {
        ...searchOf([NEW, OLD]),
        wish: { ...OPEN, release: "1.5.0" },
      },
      ["storage", DIRECTORY, "--release", "1.5.0", "1.6.2, 1.6.1"],
      ["--stream", "--arch", "null"],
    ],
    [
      "another kind is asked for",
      {
        ...searchOf([NEW]),
        wish: { release: null, stream: "unstable", arch: "aarch64" },
      },
      ["--stream unstable", "--arch aarch64", "1.6.2"],
      ["--release"],
    ],
  ];
  for (const [name, search, facts, absent] of cases) {
    await t.step(name, () => {
      const failure = noTriple({ ...searchOf([]), ...search });
      assertEquals(failure.code, "images-missing");
      for (const fact of facts) assertStringIncludes(textOf(failure), fact);
      for (const fact of absent) assert(!textOf(failure).includes(fact), textOf(failure));
    });
  }
});

Deno.test("lostProblems() names what was passed over, if anything was", () => {
  const [report, ...more] = lostProblems(STORAGE, DANGLING);
  assertEquals([report?.[0], more], ["images-lost", []]);
  for (const fact of ["storage", ...DANGLING]) {
    assertStringIncludes(report?.[1].message ?? "", fact);
  }
  assertEquals(lostProblems(STORAGE, []), []);
});

Deno.test("noTriple() names a release once, though it is there for two architectures", () => {
  const both = searchOf([release("1.6.2-x86_64", 1000), release("1.6.2-aarch64", 1000)]);
  assertEquals(both.triples.length, 2);
  const failure = noTriple({ ...both, wish: { ...OPEN, release: "1.5.0" } });
  assertEquals(hintOf(failure.details.hint).match(/1\.6\.2/g), ["1.6.2"]);
});

Deno.test("unfit() says what is wrong, and what to boot instead", async (t) => {
  const faults = ["/a: is cut off", "/b: is no kernel"];
  const commit = release("fe775c6-1659395320990", 2500);
  const stable: Wish = { ...OPEN, stream: "stable" };
  const named: Wish = { ...OPEN, release: "1.6.2" };
  const newer = release("1.6.3", 4000);
  const cases: [name: string, files: ArtifactFile[][], wish: Wish, instead: string | null][] = [
    ["there is no other", [NEW], OPEN, null],
    ["there is an older one", [NEW, OLD], OPEN, "--release storage=1.6.1"],
    ["there are some", [NEW, OLDEST, OLD], OPEN, "--release storage=1.6.1"],
    ["the same for another architecture", [NEW, release("1.6.2-aarch64", 2500)], OPEN, null],
    ["the older one is of another kind", [NEW, commit], stable, null],
    ["the other one is newer", [newer, NEW], named, null],
    ["there are a newer and an older one", [newer, NEW, OLD], named, "--release storage=1.6.1"],
  ];
  for (const [name, files, wish, instead] of cases) {
    await t.step(name, () => {
      const search = { ...searchOf(files), wish };
      const chosen = search.triples.find((triple) => triple.release === "1.6.2");
      assert(chosen);
      const [other] = olderTriples({ ...search, chosen });
      const failure = unfit({ ...search, chosen }, {
        faults,
        formats: new Map(),
        accept: [],
        other,
      });
      assertEquals(failure.code, "images-unfit");
      for (const fact of ["storage", "1.6.2", ...faults]) {
        assertStringIncludes(failure.message, fact);
      }
      assertEquals(/--release \S+/.exec(textOf(failure))?.[0] ?? null, instead);
    });
  }
});

Deno.test("newerNotWhole() refuses where a newer release is not whole", async (t) => {
  const half = NEW.slice(1);
  const other = release("1.6.3", 4000).slice(0, 2);
  const cases: [name: string, files: ArtifactFile[][], wish: Partial<Wish>, facts: string[]][] = [
    ["all are whole", [NEW, OLD], {}, []],
    ["a newer one", [half, OLD], {}, [
      "storage 1.6.2 is newer but incomplete: no initrd (/data/ceph/1.6.2)",
      "wait until it is copied, or use the older one: pitboot run --release storage=1.6.1",
    ]],
    ["two of them", [half, other, OLD], {}, [
      "storage 1.6.3 is newer but incomplete: no kernel (/data/ceph/1.6.3); storage 1.6.2",
    ]],
    ["an older one", [NEW, OLD.slice(2)], {}, []],
    ["one that is as old", [NEW, release("1.6.1", 3000).slice(1)], {}, []],
    ["it was said which one is meant", [half, OLD], { release: "1.6.1" }, []],
    ["it is of a kind that was asked for", [half, OLD], { stream: "stable" }, ["1.6.2"]],
    ["it is of another kind", [half, release("fe775c6-1659395320990", 1)], {
      stream: "unstable",
    }, []],
    ["it is for another machine", [release("1.6.2-aarch64", 3000).slice(1), OLD], {}, []],
    ["it is for this machine", [release("1.6.2-x86_64", 3000).slice(1), OLD], {}, ["1.6.2 is"]],
    [
      "it is for the same machine as the other",
      [release("1.6.2-aarch64", 3000).slice(1), release("1.6.1-aarch64", 2000)],
      {},
      ["1.6.2 is"],
    ],
  ];
  for (const [name, files, wish, facts] of cases) {
    await t.step(name, () => {
      const search = { ...searchOf(files), wish: { ...OPEN, ...wish } };
      const chosen = search.triples.find((triple) => triple.release !== "1.6.0");
      assert(chosen);
      const failure = newerNotWhole({ ...search, chosen });
      assertEquals(failure?.code, facts.length > 0 ? "images-unfit" : undefined);
      for (const fact of facts) assertStringIncludes(failure ? textOf(failure) : "", fact);
    });
  }
});

Deno.test("imageProblems() finds what is worth knowing of an image", async (t) => {
  const strays = [NEW, release("1.6.3", 4000).filter(({ path }) => !path.endsWith(".kernel"))];
  const [stray = "", other = ""] = strays[1]?.map(({ path }) => path) ?? [];
  const plain = NEW.map((file) => ({ ...file, path: file.path.replace("secure-", "") }));
  const cases: [
    name: string,
    files: ArtifactFile[][],
    search: Partial<Search>,
    expected: [code: string, facts: string[]][],
  ][] = [
    ["nothing", [NEW], {}, []],
    ["older releases", [NEW, OLD, OLDEST], {}, []],
    ["a release as old", [NEW, release("1.6.1", 3000)], {}, []],
    ["newer files that are no whole image", strays, {}, [
      ["images-spread", ["storage", "/data/ceph/1.6.2", stray, other, "--release storage="]],
    ]],
    ["the same, of a kind that was asked for", strays, { wish: { ...OPEN, stream: "stable" } }, [
      ["images-spread", [stray, other]],
    ]],
    ["the same, of the release that was asked for", strays, {
      wish: { ...OPEN, release: "1.6.2" },
    }, []],
    [
      "a directory that only begins alike",
      [NEW, release("1.6.2", 9000, "/data/ceph/1.6.2-1").slice(2)],
      {},
      [["images-spread", ["/data/ceph/1.6.2-1/"]]],
    ],
    [
      "newer files below an image",
      [release("1.6.2", 3000, DIRECTORY), release("9", 9000).slice(1)],
      {},
      [
        ["images-spread", [`${DIRECTORY}/9/`]],
      ],
    ],
    ["links that point to nothing", [NEW], { dangling: DANGLING }, [
      ["images-dangling", ["storage", ...DANGLING]],
    ]],
    ["not secured", [plain], {}, [
      ["images-not-secured", ["/data/ceph/1.6.2/storage-ceph-1.6.2.squashfs"]],
    ]],
    ["all of it", [plain, ...strays.slice(1)], { dangling: DANGLING }, [
      ...[["images-spread", [stray]], ["images-dangling", DANGLING]] as [string, string[]][],
      ["images-not-secured", ["storage"]],
    ]],
  ];
  for (const [name, files, some, expected] of cases) {
    await t.step(name, () => {
      const search = { ...searchOf(files), ...some };
      const reports = imageProblems({ ...search, chosen: newestOf(search) });
      assertEquals<unknown>(reports.map(([code]) => code), expected.map(([code]) => code));
      for (const [i, [, facts]] of expected.entries()) {
        const details = reports[i]?.[1];
        const text = `${details?.message}\n${hintOf(details?.hint)}`;
        for (const fact of facts) assertStringIncludes(text, fact);
        // A file that is no stray is no news.
        assert(!text.includes("/1.6.2/initrd"), text);
      }
    });
  }
});

/** Initrd, secured root filesystem and kernel. */
function release(tag: string, modified: number, directory = `${DIRECTORY}/${tag}`): ArtifactFile[] {
  const names = [
    `initrd.img-${tag}.xz`,
    `secure-storage-ceph-${tag}.squashfs`,
    `5.3.18-150300.59.76-default-${tag}.kernel`,
  ];
  return names.map((name) => ({ path: `${directory}/${name}`, bytes: 1, modified }));
}

function searchOf(files: readonly (readonly ArtifactFile[])[]): Search {
  const found = findTriples(STORAGE, files.flat());
  const listing = { files: files.flat(), unfinished: [], dangling: [] };
  const partial = findPartial(STORAGE, listing, found.triples);
  const rest = {
    role: STORAGE,
    directory: DIRECTORY,
    wish: OPEN,
    dangling: [],
    partial,
    releases: new Map(),
  };
  return { ...rest, native: "x86_64", ...found };
}

function newestOf({ triples: [newest] }: Search): BootTriple {
  assert(newest, "there is no image");
  return newest;
}

function textOf({ details: { message, hint } }: Failure): string {
  return `${message}\n${hintOf(hint)}`;
}

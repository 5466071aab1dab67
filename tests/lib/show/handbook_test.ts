import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Event } from "../../../lib/document/event.ts";
import { handbookLines } from "../../../lib/show/handbook.ts";
import type { Image } from "../../../lib/document/document.ts";

const RUN = Deno.readTextFileSync(new URL("../../testdata/handbook/run.txt", import.meta.url))
  .trimEnd().split("\n");
const SCRIPT = "/root/bin/set-sqfs-links.sh";
const LEASES = "/var/lib/misc/dnsmasq.leases";
const RELEASE = "fe775c6-1659395320990";

Deno.test("handbookLines() writes the lines of the handbook", async (t) => {
  const cases: [event: Event, at: number, count: number][] = [
    [{ what: "resolving" }, 0, 1],
    [
      {
        what: "resolved",
        images: {
          kubernetes: image("k8s", "secure-kubernetes"),
          storage: image("ceph", "secure-storage-ceph"),
        },
      },
      1,
      9,
    ],
    [{ what: "setting", conman: "/etc/conman.conf", nodes: [] }, 10, 1],
    [{ what: "counted", leased: 0 }, 11, 1],
    [{ what: "waiting", expected: 9, leased: 0, missing: [], left: 900 }, 12, 1],
    [{ what: "waiting", expected: 9, leased: 0, missing: [], left: 900 }, 14, 1],
    [{ what: "leased", expected: 9 }, 15, 1],
    [{ what: "linking", leases: LEASES, release: null }, 16, 3],
    [{ what: "ready", webRoot: "/var/www" }, 19, 1],
  ];
  const told = new Set<string | undefined>();
  for (const [event, at, count] of cases) {
    await t.step(`${event.what}, line ${at + 1}`, () => {
      const lines = RUN.slice(at, at + count);
      assertEquals(handbookLines(event, SCRIPT), lines);
      for (const line of lines) told.add(line);
    });
  }
  assertEquals(RUN.filter((line) => !told.has(line)), []);
});

Deno.test("handbookLines() tells what the event says", async (t) => {
  const cases: [event: Event, facts: string[]][] = [
    [{ what: "setting", conman: "/tmp/conman.conf", nodes: [] }, ["/tmp/conman.conf"]],
    [{ what: "counted", leased: 7 }, ["7"]],
    [{ what: "waiting", expected: 15, leased: 0, missing: [], left: null }, ["15"]],
    [{ what: "leased", expected: 15 }, ["[15]"]],
    [{ what: "linking", leases: "/tmp/leases", release: null }, ["/tmp/leases", "set-links"]],
    [{ what: "ready", webRoot: "/tmp/www" }, ["/tmp/www"]],
  ];
  for (const [event, facts] of cases) {
    await t.step(event.what, () => {
      const lines = handbookLines(event, "set-links");
      for (const fact of facts) assertStringIncludes(lines[0] ?? "", fact);
    });
  }
});

Deno.test("handbookLines() says that there is no password, as the handbook's script does", () => {
  const [line, ...others] = handbookLines({ what: "no-password" }, SCRIPT);
  assertEquals([line, others], ["no BMC password set, using existing dnsmasq.leases", []]);
});

Deno.test("handbookLines() says where images are stored if the release is known", () => {
  const event = { what: "linking", leases: LEASES } as const;
  const lines = handbookLines({ ...event, release: "1.6.2" }, SCRIPT);
  assertEquals(lines.slice(0, 2), RUN.slice(16, 18));
  assertStringIncludes(lines[2] ?? "", "/run/initramfs/live/1.6.2/");
  assert(lines.length === 3 && !lines.join().includes("WARNING"), lines.join("\n"));
});

Deno.test("handbookLines() names whatever roles there are, in their order", () => {
  const images = { hypervisor: image("hv", "a"), storage: image("ceph", "b") };
  const lines = handbookLines({ what: "resolved", images }, SCRIPT);
  assertEquals(lines.length, 9);
  assertStringIncludes(lines[1] ?? "", "Hypervisor");
  assertStringIncludes(lines[4] ?? "", `/var/www/ephemeral/data/hv/${RELEASE}/a-`);
  assertStringIncludes(lines[5] ?? "", "Storage");
  assertEquals(handbookLines({ what: "resolved", images: {} }, SCRIPT), lines.slice(0, 1));
});

Deno.test("handbookLines() shows nothing that a terminal would obey", () => {
  const images = { storage: image("ceph\x1b[2J\x9b1m\u202e", "a") };
  const lines = handbookLines({ what: "resolved", images }, SCRIPT);
  const path = `/var/www/ephemeral/data/ceph\\x1b[2J\\x9b1m\\u202e/${RELEASE}/`;
  assertEquals(lines.slice(2).map((line) => line.slice("kernel: ".length).startsWith(path)), [
    true,
    true,
    true,
  ]);
});

/** An image as the handbook shows it. */
function image(data: string, rootfs: string): Image {
  const directory = `/var/www/ephemeral/data/${data}/${RELEASE}`;
  const file = (name: string): Image["initrd"] => ({
    path: `${directory}/${name}`,
    bytes: 1,
    modified: "2022-08-01T23:08:40Z",
  });
  const version = "5.3.18-150300.59.76-default";
  return {
    release: RELEASE,
    stream: "unstable",
    arch: null,
    directory,
    kernel: { ...file(`${version}-${RELEASE}.kernel`), version },
    initrd: file(`initrd.img-${RELEASE}.xz`),
    rootfs: { ...file(`${rootfs}-${RELEASE}.squashfs`), secure: true },
  };
}

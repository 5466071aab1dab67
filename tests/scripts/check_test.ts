import { assertEquals, assertMatch } from "@std/assert";
import { callInProcess, type InProcessOptions } from "../in_process.ts";
import { type CallResult, problemOf, type TemporaryPit, temporaryPit } from "../kit.ts";

/** Without curl nobody is asked: what servers say is tested with real ones. */
const NO_PROGRAMS = { PATH: "/nonexistent" };

/** A PIT whose nodes are set up. */
async function readyPit(): Promise<TemporaryPit> {
  const pit = temporaryPit({ leased: true });
  const { code } = await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } });
  assertEquals(code, 0);
  return pit;
}

async function check(
  pit: TemporaryPit,
  args: readonly string[] = [],
  options: InProcessOptions = {},
): Promise<CallResult> {
  return await callInProcess(pit, ["check", ...args], { env: NO_PROGRAMS, ...options });
}

/** What failed, or is doubtful. */
function failuresIn({ document }: CallResult): string[] {
  return document.problems.map(({ message }) => message);
}

Deno.test("check finds that all is well, and shows what it looked at", async () => {
  using pit = await readyPit();
  const result = await check(pit);
  assertEquals(failuresIn(result), []);
  const states = result.document.checks?.map(({ check, state }) => `${check} ${state}`);
  assertEquals(states, [
    "images ok",
    "scripts ok",
    "scripts ok",
    "web skipped",
    "tftp skipped",
    "services skipped",
    "dhcp ok",
    "leases ok",
    "cloud-init skipped",
    "space ok",
    "clock ok",
    "disks ok",
  ]);
  assertMatch(result.stderr, /not looked at: the settings of BMCs/);
});

Deno.test("check shows a table on a terminal", async () => {
  using pit = await readyPit();
  const { stderr } = await check(pit, [], { onTerminal: true });
  assertMatch(stderr, /^CHECK +RESULT +N +ASKED → FOUND$/m);
  assertMatch(stderr, /^images +ok +9 +the links of each node → \S+, secured$/m);
  assertMatch(
    stderr,
    /^web +skipped +9 +HEAD of script, initrd, kernel and rootfs →\n +the program that asks for it/m,
  );
});

Deno.test("check names what nodes would not get", async (t) => {
  const worker = "var/www/ncn-w001";
  const cases: [name: string, fault: (root: string) => void, failure: RegExp, code?: number][] = [
    [
      "no boot/script.ipxe",
      (root) => Deno.renameSync(`${root}/var/www/boot/script.ipxe`, `${root}/var/www/boot/x.bak`),
      /^scripts: it does not exist/,
    ],
    [
      "no script",
      (root) => Deno.removeSync(`${root}/${worker}/script.ipxe`),
      /^scripts: ncn-w001: there is no script\.ipxe/,
    ],
    [
      "a script of another server",
      (root) => edit(`${root}/${worker}/script.ipxe`, "http://pit/", "http://api-gw/"),
      /^scripts: ncn-w001: it asks api-gw for its initrd, not the PIT$/,
    ],
    [
      "a script of another node",
      (root) => edit(`${root}/${worker}/script.ipxe`, "${hostname}", "ncn-w002"),
      /^scripts: ncn-w001: it asks for \/ncn-w002\/initrd.img.xz, and the link is \/NODE\//,
    ],
    [
      "disks that are kept",
      (root) => edit(`${root}/${worker}/script.ipxe`, "metal.no-wipe=0", "metal.no-wipe=1"),
      /^disks: ncn-w001: they keep their disks/,
      0,
    ],
    [
      "no word of disks",
      (root) => edit(`${root}/${worker}/script.ipxe`, "metal.no-wipe=0", ""),
      /^disks: ncn-w001: script\.ipxe has no metal\.no-wipe: they WIPE their disks$/,
      0,
    ],
    [
      "a lease on another network",
      (root) => edit(`${root}/var/lib/misc/dnsmasq.leases`, " 10.254.", " 10.1."),
      /^leases: ncn-\w+: the lease is at 10\.1\./,
    ],
    [
      "an image that nobody secured",
      (root) => unsecure(root, "ncn-w001"),
      /^images: ncn-w001: the root filesystem is not secured/,
    ],
    [
      "a disk that is not mounted",
      (root) => Deno.renameSync(`${root}/var/www/ephemeral`, `${root}/gone`),
      /^images: ncn-m\[002-003\],.*: links broken: one leads to what does not exist/,
    ],
    [
      "placeholders for MACs",
      (root) => edit(`${root}/etc/dnsmasq.d/statics.conf`, OWN_MACS, ",de:ad:be:ef:00:00,"),
      /^dhcp: ncn-w\[001-004\]: statics\.conf has no MAC that is theirs alone/,
    ],
    [
      "a data.json that is torn",
      (root) => {
        Deno.mkdirSync(`${root}/var/www/ephemeral/configs`);
        Deno.writeTextFileSync(`${root}/var/www/ephemeral/configs/data.json`, '{"Global":');
      },
      /^cloud-init: .*data\.json: it is not JSON.*: basecamp does not start with it$/,
    ],
    [
      "data.json of another system",
      (root) => {
        Deno.mkdirSync(`${root}/var/www/ephemeral/configs`);
        Deno.writeTextFileSync(`${root}/var/www/ephemeral/configs/data.json`, "{}");
      },
      /^cloud-init: .*does not know/,
    ],
  ];
  for (const [name, fault, failure, code = 3] of cases) {
    await t.step(name, async () => {
      using pit = await readyPit();
      fault(pit.root);
      const result = await check(pit);
      const failures = failuresIn(result);
      assertEquals(failures.some((each) => failure.test(each)), true, failures.join("\n"));
      assertEquals(result.code, code);
    });
  }
});

Deno.test("status does not end with 0 where check finds a fault of what it looks at", async (t) => {
  const cases: [name: string, fault: (root: string) => void, failure: RegExp][] = [
    [
      "boot/script.ipxe is gone",
      (root) => Deno.removeSync(`${root}/var/www/boot/script.ipxe`),
      /^\/var\/www\/boot\/script\.ipxe: does not exist$/,
    ],
    [
      "a lease on another network",
      (root) => edit(`${root}/var/lib/misc/dnsmasq.leases`, " 10.254.", " 10.1."),
      /^1 BMC has its lease at another address than statics\.conf reserves:\n +ncn-/,
    ],
    [
      "an image that nobody secured",
      (root) => unsecure(root, "ncn-w001"),
      /^ncn-w001: the root filesystem is not secured/,
    ],
  ];
  for (const [name, fault, failure] of cases) {
    await t.step(name, async () => {
      using pit = await readyPit();
      fault(pit.root);
      const { code, document } = await callInProcess(pit, ["status", "--json"]);
      assertEquals([code, document.status], [3, "partial"]);
      assertMatch(problemOf(document, "check-failed").message, failure);
    });
  }
});

Deno.test("check does not say who wipes disks where a script leaves that open", async () => {
  using pit = await readyPit();
  edit(`${pit.root}/var/www/ncn-w001/script.ipxe`, "metal.no-wipe=0", "metal.no-wipe=${keep}");
  const { document } = await check(pit);
  const disks = document.checks?.find(({ nodes, check }) =>
    check === "disks" && nodes.join() === "ncn-w001"
  );
  assertEquals([disks?.state, disks?.message], [
    "skipped",
    "not understood: ${keep} is known to the machine alone",
  ]);
});

Deno.test("check leaves out who is offline, and says so", async () => {
  using pit = await readyPit();
  await callInProcess(pit, ["offline", "--nodes", "ncn-w001"]);
  const { document } = await check(pit);
  const skipped = document.checks?.filter(({ nodes }) => nodes.join() === "ncn-w001");
  assertEquals(skipped?.map(({ check, state }) => [check, state]), [["images", "skipped"]]);
});

Deno.test("check passes on what failed before it", async () => {
  using pit = await readyPit();
  const handed = '{"pitboot":1,"status":"failed","problems":[]}\n';
  const { stdout, code } = await check(pit, [], { stdin: handed });
  assertEquals([JSON.parse(stdout), code], [JSON.parse(handed), 1]);
});

const OWN_MACS = /(?<=set:ncn-w\d+)(?:,[0-9a-f:]{17})+,/g;

function edit(path: string, from: string | RegExp, to: string): void {
  Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace(from, to));
}

/** Gives a node an image as it is before the customiser has secured it. */
function unsecure(root: string, node: string): void {
  const link = `${root}/var/www/${node}/rootfs`;
  const path = Deno.realPathSync(link);
  const plain = path.replace("secure-", "");
  Deno.renameSync(path, plain);
  Deno.removeSync(link);
  Deno.symlinkSync(plain.replace(`${root}/var/www`, ".."), link);
}

import { assertEquals, assertMatch } from "@std/assert";
import type { CheckResult } from "../../lib/document/document.ts";
import { uefiProgram } from "../../tools/pit/artifacts.ts";
import { environment, PITBOOT, resultOf, type TemporaryPit, temporaryPit } from "../kit.ts";
import { namespaceArgs, type Need, testWith } from "../needs.ts";

const NEEDS: readonly Need[] = ["dnsmasq-base", "curl", "iproute2", "procps", "root", "namespaces"];
const OTHER = Deno.build.arch === "x86_64" ? "arm64" : "x86_64";
const LOADER = "ipxe.x86_64.efi";

/** A dnsmasq may stand still for longer than one look waits for it; not each time. */
async function checkUntil(
  is: (checks: readonly CheckResult[]) => boolean,
  ...args: Parameters<typeof checkBeside>
): Promise<readonly CheckResult[]> {
  for (let looks = 1;; looks++) {
    const checks = await checkBeside(...args);
    if (is(checks) || looks === 3) return checks;
  }
}

/** Runs `check` beside a dnsmasq that hands out boot loaders, in networks of its own. */
async function checkBeside(
  pit: TemporaryPit,
  { before = "", between = "", args = [`--root=${pit.root}`] }: {
    readonly before?: string;
    readonly between?: string;
    readonly args?: readonly string[];
  },
): Promise<readonly CheckResult[]> {
  Deno.chmodSync(pit.directory, 0o755);
  const script = `
    set -e
    PATH=$PATH:/usr/sbin:/sbin
    cd "${pit.root}/var/www/boot"
    ip link set lo up
    ${before}
    dnsmasq -k -C "${pit.root}/etc/dnsmasq.test" & pid=$!
    until grep -q ':0045 ' /proc/net/udp; do kill -0 $pid; sleep 0.05; done
    ${between}
    "$@"`;
  const words = [...PITBOOT, "check", "--json", "--web-server=127.0.0.1:1", ...args];
  const child = new Deno.Command("unshare", {
    args: [...namespaceArgs(), "sh", "-c", script, "sh", ...words],
    env: environment(pit),
    clearEnv: true,
    ...{ stdin: "null", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  const { document, stderr } = await resultOf(child);
  assertEquals(document.checks === undefined, false, stderr);
  return document.checks ?? [];
}

/** A PIT whose dnsmasq names a boot loader, and hands it out if that belongs to it. */
function loadingPit(): TemporaryPit {
  const pit = temporaryPit({ leased: true });
  const boot = `${pit.root}/var/www/boot`;
  const named = `dhcp-boot=tag:efi-x86_64-sb,${LOADER},pit\n` +
    `dhcp-boot=tag:efi-x86_64-sb-http,"http://pit.mtl/boot/${LOADER}"\n`;
  const conf = (root: string): string =>
    `enable-tftp\ntftp-root=${root}\ntftp-secure\nuser=nobody\n${named}`;
  Deno.writeTextFileSync(`${pit.root}/etc/dnsmasq.conf`, conf("/var/www/boot"));
  Deno.writeTextFileSync(
    `${pit.root}/etc/dnsmasq.test`,
    `${conf(boot)}group=root\nport=0\nlog-facility=${pit.root}/log\n`,
  );
  Deno.writeFileSync(`${boot}/${LOADER}`, uefiProgram());
  Deno.chownSync(`${boot}/${LOADER}`, 65534, 65534);
  return pit;
}

testWith("check gets boot loaders from dnsmasq as firmware does", NEEDS, async (t) => {
  const cases: [name: string, before: string, state: string, message: RegExp][] = [
    ["all is well", "", "ok", /^null$/],
    ["of another owner", `chown root ${LOADER}`, "failed", /it must belong to nobody$/],
    ["that nobody may read", `chmod 0 ${LOADER}`, "failed", /dnsmasq cannot read it$/],
    [
      "missing for machines of another kind",
      `sed -i 's/^dhcp-boot=tag:efi-x86_64-sb,.*/dhcp-boot=ipxe.other.efi/;s/other/${OTHER}/' ../../../etc/dnsmasq.conf`,
      "warning",
      /does not exist, and dnsmasq\.conf names it$/,
    ],
    ["missing", `rm -f ${LOADER}`, "failed", /does not exist, and dnsmasq\.conf names it$/],
    [
      "no program",
      `echo '#!ipxe' >${LOADER}; chown nobody ${LOADER}`,
      "failed",
      /it is not a UEFI program$/,
    ],
    [
      "for another machine",
      `printf '\\144\\252' | dd of=${LOADER} bs=1 seek=132 conv=notrunc 2>/dev/null`,
      "failed",
      /it is not a program for x86_64 \(machine 0xaa64\)$/,
    ],
  ];
  for (const [name, before, state, message] of cases) {
    await t.step(name, async () => {
      using pit = loadingPit();
      const of = (checks: readonly CheckResult[]): CheckResult[] =>
        checks.filter(({ check }) => check === "tftp");
      const isSaid = (checks: readonly CheckResult[]): boolean =>
        of(checks).some((each) => message.test(String(each.message)));
      const tftp = of(await checkUntil(isSaid, pit, { before }));
      assertEquals(tftp.map((each) => each.state), [state], JSON.stringify(tftp));
      assertMatch(String(tftp[0]?.message ?? null), message);
    });
  }
});

testWith("check knows a dnsmasq that is older than what it reads", NEEDS, async (t) => {
  const cases: [name: string, between: string, state: string][] = [
    ["as it started", "", "ok"],
    [
      "statics.conf written since",
      'until [ "$(ps -o etimes= -p $pid)" -ge 4 ]; do sleep 0.1; done\n' +
      'touch "$0/etc/dnsmasq.d/statics.conf"',
      "failed",
    ],
    [
      "another file of dnsmasq.d written since",
      'until [ "$(ps -o etimes= -p $pid)" -ge 4 ]; do sleep 0.1; done\n' +
      'echo "# router" >"$0/etc/dnsmasq.d/HMN.conf"',
      "failed",
    ],
    [
      "a file of an editor written since",
      'until [ "$(ps -o etimes= -p $pid)" -ge 4 ]; do sleep 0.1; done\n' +
      'echo "# router" >"$0/etc/dnsmasq.d/HMN.conf~"',
      "ok",
    ],
  ];
  for (const [name, between, state] of cases) {
    await t.step(name, async () => {
      using pit = loadingPit();
      const at = (path: string): string => pit.root + path;
      const checks = await checkBeside(pit, {
        between: between.replaceAll("$0", pit.root),
        args: [
          `--statics=${at("/etc/dnsmasq.d/statics.conf")}`,
          `--dnsmasq=${at("/etc/dnsmasq.d")}`,
          `--leases=${at("/var/lib/misc/dnsmasq.leases")}`,
          `--web-root=${at("/var/www")}`,
          `--data=${at("/var/www/ephemeral/data")}`,
          `--state=${pit.directory}/state`,
        ],
      });
      const services = checks.filter(({ check }) => check === "services");
      const dnsmasq = services.find(({ asked }) => asked.includes("dnsmasq"));
      assertEquals(dnsmasq?.state, state, JSON.stringify(services));
      // In its own namespace there is no other.
      const apache = services.find(({ asked }) => asked.includes("apache2"));
      assertEquals(apache?.message, "apache2 does not run: nodes get no script and no image");
    });
  }
});

testWith("check knows a disk that is full", ["mounts"], async () => {
  using pit = temporaryPit({ leased: true });
  const script = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"';
  const words = [...PITBOOT, "check", "--json", "--web-server=127.0.0.1:1", `--root=${pit.root}`];
  Deno.mkdirSync(`${pit.root}/var/log`);
  const child = new Deno.Command("unshare", {
    args: ["--mount", "sh", "-c", script, `${pit.root}/var/log`, ...words],
    env: environment(pit),
    clearEnv: true,
    ...{ stdin: "null", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  const { document } = await resultOf(child);
  const full = document.checks?.find(({ check }) => check === "space");
  assertEquals(full?.message, "/var/log has 1 MiB free: no room for the logs of consoles");
});

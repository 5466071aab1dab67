import { assertEquals, assertMatch } from "@std/assert";
import type { Document } from "../../lib/document/document.ts";
import { addRelease } from "../../tools/pit/make_pit.ts";
import { callInProcess, collect } from "../in_process.ts";
import { changeBmc, giveLeases, leasesOf, problemOf, temporaryPit, treeOf } from "../kit.ts";

const TESTDATA = new URL("../testdata/handbook/", import.meta.url);

Deno.test("run prints what the handbook shows, word for word", async () => {
  using pit = temporaryPit();
  for (const { bmcIp } of pit.nodes) {
    // On DHCP already: leases come when we write them, and not before.
    Deno.writeTextFileSync(`${pit.directory}/bmcs/${bmcIp}`, "source=dhcp\n", { append: true });
  }
  const batches = [pit.nodes.slice(1, 5), pit.nodes.slice(5, 9), pit.nodes.slice(9)];
  let printed = "";
  const stdout = collect((text) => {
    printed += text;
    if (!text.startsWith("Waiting on")) return;
    giveLeases(pit, batches.shift()?.map(({ name }) => name) ?? []);
  });
  const name = "/root/bin/set-sqfs-links.sh";
  const { code } = await callInProcess(pit, ["run"], { name, stdout });
  assertEquals(printed, Deno.readTextFileSync(new URL("run.txt", TESTDATA)));
  assertEquals(code, 0);
});

Deno.test("run makes the links that the handbook lists", async () => {
  const listing = readListing(Deno.readTextFileSync(new URL("links.txt", TESTDATA)));
  using pit = temporaryPit({ nodes: Object.keys(listing), leased: true });
  Deno.removeSync(`${pit.root}/var/www/ephemeral/data`, { recursive: true });
  const kernel = "5.3.18-24.37-default";
  addRelease(pit.root, "k8s", { release: "0.0.8", kernel, secure: false });
  addRelease(pit.root, "ceph", { release: "0.0.7", kernel, secure: false });
  const [pitNode] = pit.nodes;
  if (pitNode) giveLeases(pit, [pitNode.name]);
  const { code } = await callInProcess(pit, ["run", "--nodes", Object.keys(listing).join(",")]);
  assertEquals(code, 0);
  const made = Object.fromEntries(
    Object.keys(listing).map((node) => [
      node,
      Object.fromEntries(
        Object.entries(treeOf(`${pit.root}/var/www/${node}`))
          .filter(([, target]) => target.startsWith("-> "))
          .map(([name, target]) => [name, { target: target.slice(3), size: target.length - 3 }]),
      ),
    ]),
  );
  assertEquals(made, listing);
});

Deno.test("run without a password uses the leases that are there", async () => {
  using pit = temporaryPit({ leased: true });
  const { code, stdout } = await callInProcess(pit, ["run"], { env: { IPMI_PASSWORD: "" } });
  assertEquals(code, 0);
  assertEquals(
    stdout.split("\n").filter((line) => /BMC|DHCP/.test(line)),
    [
      "no BMC password set, using existing dnsmasq.leases",
      "pitboot run is creating boot directories for each NCN with a BMC that has a lease in /var/lib/misc/dnsmasq.leases",
    ],
  );
});

Deno.test("run twice changes nothing the second time", async () => {
  using pit = temporaryPit({ leased: true });
  assertEquals((await callInProcess(pit, ["run", "--json"])).code, 0);
  const before = stamps(`${pit.root}/var/www`);
  const { code, document } = await callInProcess(pit, ["run", "--json"]);
  assertEquals(code, 0);
  assertEquals(new Set(document.nodes?.map(({ change }) => change)), new Set(["unchanged"]));
  assertEquals(stamps(`${pit.root}/var/www`), before);
});

Deno.test("run --dry-run writes nothing", async () => {
  using pit = temporaryPit({ leased: true });
  const before = treeOf(pit.root);
  const { code, document, stderr } = await callInProcess(pit, ["run", "--dry-run", "--json"]);
  assertEquals(code, 0);
  assertEquals(new Set(document.nodes?.map(({ change }) => change)), new Set(["created"]));
  assertEquals(/^ncn-s\[001-003\] +storage \S+ new$/m.test(stderr), true, stderr);
  assertEquals(treeOf(pit.root), before);
});

Deno.test("run waits for no lease where every BMC refused the password", async () => {
  using pit = temporaryPit({ leased: true });
  for (const { name } of pit.nodes) changeBmc(pit, name, "fault=denied");
  const leases = Deno.readTextFileSync(leasesOf(pit)).split("\n").slice(1).join("\n");
  Deno.writeTextFileSync(leasesOf(pit), leases);
  Deno.writeTextFileSync(`${pit.root}/etc/password`, "wrong");
  const words = ["run", "--json", "--timeout", "1h", "--password-file", "/etc/password"] as const;
  const { code, document, stderr } = await callInProcess(pit, words, {
    env: { IPMI_PASSWORD: "" },
  });
  assertEquals(code, 4);
  assertMatch(stderr, /refused user or password +\/etc\/password\? U: in conman\.conf\?\n/);
  assertEquals(document.missing, ["ncn-m002-mgmt"]);
  assertEquals(servedIn(document).length, 8);
  assertEquals(problemOf(document, "bmc-denied").nodes, ["ncn-m002", "ncn-m003", "ncn-s001"]);
});

Deno.test("run serves the nodes with a lease and names the others", async () => {
  using pit = temporaryPit({ leased: true });
  const lines = Deno.readTextFileSync(leasesOf(pit)).split("\n");
  Deno.writeTextFileSync(leasesOf(pit), lines.filter((line) => !/w003/.test(line)).join("\n"));
  const [w003] = pit.nodes.filter(({ name }) => name === "ncn-w003");
  Deno.writeTextFileSync(`${pit.directory}/bmcs/${w003?.bmcIp}`, "fault=dead\n", { append: true });
  const args = ["run", "--json", "--timeout", "1s", "--bmc-timeout", "5s"] as const;
  const { code, document } = await callInProcess(pit, args);
  assertEquals(code, 124);
  assertEquals(document.status, "partial");
  assertEquals(document.missing, ["ncn-w003-mgmt"]);
  assertEquals(servedIn(document).length, 8);
  // An ipmitool that stands still is cut off: "no answer within 5 s".
  const cause = document.nodes?.find(({ name }) => name === "ncn-w003")?.cause;
  assertEquals(cause && { ...cause, message: cause.message.replace(" within 5 s", "") }, {
    code: "bmc-unreachable",
    message: "no answer",
    hint: "power? cable? IPMI off?",
    address: w003?.bmcIp ?? "",
  });
  const { message } = document.problems.find(({ code }) => code === "leases-missing") ?? {};
  assertEquals(
    message?.replace(" within 5 s", "").replace(/after \d+ s/, "after 1 s"),
    `1 of 9 BMCs has no lease after 1 s:\n    ncn-w003-mgmt  ${w003?.bmcMac}  ${w003?.bmcIp}  bmc-dhcp: no answer`,
  );
});

function servedIn({ nodes = [] }: Document): string[] {
  return nodes.filter(({ cause }) => !cause).map(({ name }) => name);
}

type Listing = Record<string, Record<string, { target: string; size: number }>>;

/** Reads the output of `ls -l /var/www/ncn-*`. */
function readListing(text: string): Listing {
  const listing: Listing = {};
  let links: Listing[string] = {};
  for (const line of text.split("\n")) {
    const node = /^(\S+):$/.exec(line)?.[1];
    if (node) links = listing[node] = {};
    const [, size, name, target] = /^l\S+ 1 root root (\d+) .* (\S+) -> (\S+)$/.exec(line) ?? [];
    if (name && target) links[name] = { target, size: Number(size) };
  }
  return listing;
}

/** When each file, link and directory was last touched. */
function stamps(directory: string): Record<string, number | undefined> {
  return Object.fromEntries(
    ["", ...Object.keys(treeOf(directory))].map((path) => {
      const { ctime, ino } = Deno.lstatSync(`${directory}/${path.replace(/\/$/, "")}`);
      return [path, (ctime?.getTime() ?? 0) + (ino ?? 0)];
    }),
  );
}

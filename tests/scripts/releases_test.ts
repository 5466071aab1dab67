import { assertEquals, assertMatch } from "@std/assert";
import { addRelease, RELEASE } from "../../tools/pit/make_pit.ts";
import { addNewer, change, leasedPit, NO_PASSWORD } from "../changes.ts";
import { callInProcess } from "../in_process.ts";

const K8S = "/var/www/ephemeral/data/k8s";
const INITRD = `${K8S}/1.6.2/initrd.img-1.6.2.xz`;

Deno.test("releases says of each release whether it can be booted, and by whom it is", async () => {
  using pit = leasedPit();
  await change(pit, ["run"]);
  addNewer(pit);
  await change(pit, ["run", "--nodes", "ncn-w001"]);
  addRelease(pit.root, "k8s", { release: "1.6.3" });
  Deno.removeSync(`${pit.root}${K8S}/1.6.3/initrd.img-1.6.3.xz`);
  Deno.truncateSync(pit.root + INITRD, 30);
  const { releases = [] } = await change(pit, ["releases", "--nodes", "ncn-w*"]);
  const rows = releases.filter(({ role }) => role === "kubernetes")
    .map(({ release, secure, fault, isDefault, nodes }) => [
      release,
      secure,
      fault?.replace(/^[^ ]*: /, "").slice(0, 12) ?? null,
      isDefault,
      nodes,
    ]);
  assertEquals(rows, [
    ["1.6.2", true, "is truncated", false, ["ncn-w001"]],
    ["1.6.3", null, "no initrd", false, []],
    [RELEASE, true, null, false, ["ncn-w002", "ncn-w003", "ncn-w004"]],
  ]);
  assertEquals(
    releases.filter(({ isDefault }) => isDefault).map(({ role, release }) => [role, release]),
    [
      ["storage", "1.6.2"],
    ],
  );
});

Deno.test("releases is a table that fits, with what is wrong on demand", async () => {
  using pit = leasedPit();
  addNewer(pit);
  Deno.writeTextFileSync(pit.root + INITRD, "a format of the future\n");
  await change(pit, ["run", "--accept", INITRD]);
  const accepted = await callInProcess(pit, ["releases"], { env: NO_PASSWORD });
  assertEquals([accepted.code, accepted.stderr], [0, ""]);
  assertMatch(
    accepted.stdout,
    /^kubernetes +1\.6\.2 +whole +6 .* ncn-m\[002-003\],ncn-w\[001-004\]$/m,
  );
  Deno.truncateSync(pit.root + INITRD, 3);
  const { stdout, stderr } = await callInProcess(pit, ["releases", "-v"], { env: NO_PASSWORD });
  assertMatch(stdout, /^kubernetes +1\.6\.2 +unfit +6 /m);
  assertMatch(stderr, new RegExp(`${K8S}/1\\.6\\.2: .*is not an xz file`));
});

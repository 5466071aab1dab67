import { assertEquals } from "@std/assert";
import { listReleases } from "../../../lib/images/list_releases.ts";
import { Root } from "../../../lib/io/root.ts";
import { BUILT_IN_ROLES } from "../../../lib/nodes/roles.ts";
import { addRelease } from "../../../tools/pit/make_pit.ts";
import { temporaryPit } from "../../kit.ts";

const DATA = "/var/www/ephemeral/data";
const FIRST = "fe775c6-1659395320990";

Deno.test("listReleases() lists what --release takes, newest or not", () => {
  using pit = temporaryPit();
  const root = new Root(pit.root);
  assertEquals(listReleases(root, DATA, BUILT_IN_ROLES), [
    `kubernetes=${FIRST}`,
    `storage=${FIRST}`,
  ]);
  addRelease(pit.root, "k8s", { release: "1.6.2" });
  Deno.removeSync(`${pit.root}${DATA}/ceph`, { recursive: true });
  assertEquals(listReleases(root, DATA, BUILT_IN_ROLES), [
    "kubernetes=1.6.2",
    `kubernetes=${FIRST}`,
  ]);
});

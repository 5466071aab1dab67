import { assertEquals, assertThrows } from "@std/assert";
import { foldHosts } from "../../lib/text/host_range.ts";
import { leasesOf, pitboot } from "../kit.ts";
import { type Scenario, scenarioPit } from "./scenario.ts";

const NINE: Scenario = {
  nodes: 9,
  slow: "ncn-m003",
  slowSeconds: 1,
  dead: "ncn-w003",
  refusing: "ncn-s002",
  forgetful: "ncn-s003",
  silent: "ncn-w004",
  already: "ncn-m002",
};

Deno.test("scenarioPit() makes BMCs that do what the scenario says", async () => {
  using pit = scenarioPit(NINE);
  const args = ["run", "--json", "--timeout=3s", "--bmc-timeout=30s"];
  const { code, document } = await pitboot(pit, args);
  assertEquals(code, 124);
  assertEquals(
    Object.fromEntries(document.bmcs?.map(({ node, state }) => [node, state]) ?? []),
    {
      "ncn-m002": "already",
      "ncn-m003": "changed",
      "ncn-s001": "changed",
      "ncn-s002": "denied",
      "ncn-s003": "failed",
      "ncn-w001": "changed",
      "ncn-w002": "changed",
      "ncn-w003": "unreachable",
      "ncn-w004": "changed",
    },
  );
  assertEquals(foldHosts(document.missing ?? []), "ncn-s[002-003]-mgmt,ncn-w[003-004]-mgmt");
});

Deno.test("scenarioPit() gives leases when it is told", () => {
  using pit = scenarioPit({ nodes: 99 });
  pit.giveLeases("ncn-w[074-075]");
  pit.giveLeases("ncn-m009");
  const lines = Deno.readTextFileSync(leasesOf(pit)).trimEnd().split("\n");
  assertEquals(lines.map((line) => line.split(" ")[3]), [
    "ncn-w074-mgmt",
    "ncn-w075-mgmt",
    "ncn-m009-mgmt",
  ]);
});

Deno.test("scenarioPit() refuses a node that there is not, or that does two things", () => {
  assertThrows(() => scenarioPit({ nodes: 9, dead: "ncn-w005" }), Error, "ncn-w005");
  assertThrows(() => scenarioPit({ nodes: 9, dead: "ncn-w001", slow: "ncn-w001" }), Error, "two");
});

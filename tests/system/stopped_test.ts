import { assertEquals, assertMatch } from "@std/assert";
import { changeBmc, giveLeases, hear, isThere, startPitboot, temporaryPit, until } from "../kit.ts";

/** Seconds that BMCs and leases have; while pitboot is stopped they pass. */
const SECONDS = 15;

Deno.test("the time in which pitboot is stopped is neither that of a BMC nor of a lease", async () => {
  using pit = temporaryPit();
  const [waits, goes] = [`${pit.directory}/waits`, `${pit.directory}/goes`];
  changeBmc(
    pit,
    "ncn-w002",
    `touch ${waits}; until [ -e ${goes} ]; do sleep 0.1; done; wait=never`,
  );
  const limits = [`--bmc-timeout=${SECONDS}s`, `--timeout=${SECONDS}s`];
  const args = ["run", "--json", "--nodes=ncn-w002", ...limits];
  const child = startPitboot(pit, args, { stdin: "null" });
  const said = hear(child);
  const stop = async (): Promise<void> => {
    child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, (SECONDS + 2) * 1000));
  };
  await until(() => isThere(waits));
  await stop();
  Deno.writeTextFileSync(goes, "");
  child.kill("SIGCONT");
  await until(() => said.stderr.includes("switched to DHCP"));
  await stop();
  giveLeases(pit, ["ncn-w002"]);
  child.kill("SIGCONT");
  const { code, document } = await said.end;
  assertEquals([code, document.bmcs?.[0]?.state], [0, "changed"], said.stderr);
  assertMatch(said.stderr, /ready/);
});

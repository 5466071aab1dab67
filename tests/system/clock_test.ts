import { assertEquals } from "@std/assert";
import { isWatching, resultOf, startPitboot, temporaryPit, until } from "../kit.ts";
import { PACKAGES, testWith } from "../needs.ts";

testWith(
  "wait-leases gives up in time although somebody sets the clock back",
  ["libfaketime"],
  async () => {
    using pit = temporaryPit();
    const clock = `${pit.directory}/clock`;
    Deno.writeTextFileSync(clock, "+0");
    const child = startPitboot(pit, ["wait-leases", "--timeout", "2s"], {
      stdin: "null",
      env: {
        LD_PRELOAD: PACKAGES.libfaketime[0],
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      },
    });
    const result = resultOf(child);
    // An hour too long is not in time; killed, it exits otherwise.
    const guard = setTimeout(() => child.kill("SIGKILL"), 600_000);
    let hasEnded = false;
    result.finally(() => hasEnded = true).catch(() => {});
    await until(() => hasEnded || isWatching(child));
    Deno.writeTextFileSync(clock, "-3600");
    assertEquals((await result).code, 124);
    clearTimeout(guard);
  },
);

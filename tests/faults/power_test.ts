import { assertEquals } from "@std/assert";
import { POWER, testWith } from "../needs.ts";

const CUTS = 50;
const SEED = 7;

powerTest("a disk whose power goes has what was synced, and nothing else", ["power_loss"]);
powerTest(`${CUTS} power cuts make nothing worse`, ["power_main", `${CUTS}`, `${SEED}`]);

/** Runs a program where what it mounts is seen by nobody else. */
function powerTest(name: string, [program = "", ...args]: readonly string[]): void {
  testWith(name, POWER, async () => {
    const path = new URL(`./${program}.ts`, import.meta.url).pathname;
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        "--mount",
        "--propagation",
        "private",
        Deno.execPath(),
        "run",
        "-q",
        "-A",
        path,
        ...args,
      ],
    }).output();
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    assertEquals(code, 0, `\n${decode(stdout)}${decode(stderr)}`);
  });
}

import { assertEquals } from "@std/assert";
import { ByRedfish, type OtherWayOptions } from "../../../lib/bmc/other_way.ts";
import { later } from "../../../lib/io/within.ts";
import { temporaryDirectory } from "../../temporary.ts";

const TARGET = {
  name: "ncn-w001-mgmt",
  node: "ncn-w001",
  address: "10.254.1.8",
  port: null,
  user: "root",
  key: null,
  mac: null,
};

const ROOT = { managers: "/redfish/v1/Managers", systems: "/redfish/v1/Systems" };

/** The way by a curl that is such a script; none if it is empty. */
async function by(
  script: string,
  work: (way: ByRedfish, missing: () => number) => Promise<void>,
  options: Partial<OtherWayOptions> = {},
): Promise<void> {
  using place = temporaryDirectory();
  const path = place.directory;
  if (script) Deno.writeTextFileSync(`${path}/curl`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  let missing = 0;
  const way = new ByRedfish({
    mode: "auto",
    password: "initial0",
    path,
    ignoresHangup: false,
    pins: null,
    pit: "ncn-m001",
    onlyIpmi: false,
    reset: false,
    timeout: 5,
    signal: new AbortController().signal,
    later,
    onMissing: () => missing++,
    ...options,
  });
  await work(way, () => missing);
}

const TURN = {
  log: () => {},
  mayTry: () => Promise.resolve(true),
  giveWay: () => Promise.resolve(),
  onOpen: () => {},
};
const { signal } = new AbortController();
const ANSWERS =
  `printf 'HTTP/1.1 200 OK\\r\\n\\r\\n{"RedfishVersion": "1.6.0"}\\n== pitboot 0.1\\n'`;

Deno.test("ByRedfish looks by curl, and says that there is none", async () => {
  await by(ANSWERS, async (way) => {
    const sight = await way.look(TARGET, { log: () => {}, signal });
    assertEquals(sight, { is: "redfish", root: ROOT });
  });
  await by("", async (way, missing) => {
    assertEquals(await way.look(TARGET, { log: () => {}, signal }), null);
    assertEquals(missing(), 1);
  });
});

Deno.test("ByRedfish sends nothing to the PIT's own BMC, nor to one without its pin", async () => {
  const never = "echo asked >&2; exit 9";
  await by(never, async (way) => {
    const { state, reason } = await way.set({ ...TARGET, node: "ncn-m001" }, null, TURN);
    assertEquals([state, reason], ["failed", "own-bmc"]);
  });
  await by(never, async (way) => {
    const { state, reason, by } = await way.set(TARGET, null, TURN);
    assertEquals([state, reason, by], ["failed", "no-pin", undefined]);
  }, { pins: new Map([["10.254.1.9", "sha256//x"]]) });
});

Deno.test("ByRedfish says by which way a BMC answered, if it did", async () => {
  const root = ROOT;
  await by("printf 'HTTP/1.1 401 X\\r\\n\\r\\n\\n== pitboot 0.1\\n'", async (way) => {
    const { state, reason, by } = await way.set(TARGET, root, TURN);
    assertEquals([state, reason, by], ["denied", "refused-login", "redfish"]);
  });
  await by("echo '\n== pitboot 0'; exit 6", async (way) => {
    const { state, reason, by } = await way.set(TARGET, root, TURN);
    assertEquals([state, reason, by], ["unreachable", "no-address", null]);
  });
});

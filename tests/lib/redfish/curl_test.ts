import { assert, assertEquals } from "@std/assert";
import { later } from "../../../lib/io/within.ts";
import { curlRunner } from "../../../lib/redfish/curl.ts";
import type { CurlEnd, CurlRequest } from "../../../lib/redfish/curl_config.ts";
import { temporaryDirectory } from "../../temporary.ts";

const REQUEST: CurlRequest = {
  method: "GET",
  url: "https://10.254.1.15/redfish/v1/",
  authorization: "Basic c2VjcmV0",
  ifMatch: null,
  body: null,
  seconds: 10,
  isOld: false,
  pin: null,
};

/** What comes of a curl that is such a script. */
async function run(
  script: string,
  { signal = new AbortController().signal, request = {} }: {
    readonly signal?: AbortSignal;
    readonly request?: Partial<CurlRequest>;
  } = {},
): Promise<CurlEnd> {
  using place = temporaryDirectory();
  const path = place.directory;
  Deno.writeTextFileSync(`${path}/curl`, `#!/bin/sh\n${script}`, { mode: 0o755 });
  const search = `${path}:${Deno.env.get("PATH")}`;
  const run = curlRunner({ path: search, ignoresHangup: false, later });
  return await run({ ...REQUEST, ...request }, signal);
}

Deno.test("curlRunner() hands curl all by its standard input", async () => {
  const { stdout, code } = await run('echo "$@"; env; cat');
  const [args, ...lines] = stdout.split("\n");
  assertEquals([args, code], ["-q -K -", 0]);
  const config = lines.indexOf("fail-early");
  const names = lines.slice(0, config).map((line) => line.split("=")[0] ?? "");
  assertEquals(
    names.filter((name) => !["PATH", "LC_ALL", "PWD", "SHLVL", "_", "OLDPWD"].includes(name)),
    [],
  );
  assert(lines.slice(config).includes('header = "Authorization: Basic c2VjcmV0"'));
});

Deno.test("curlRunner() ends a curl that does not", async (t) => {
  await t.step("when its time is over, and more", async () => {
    const request = { seconds: -1.9 };
    assertEquals((await run("exec sleep 600", { request })).code, null);
  });
  await t.step("at a signal", async () => {
    assertEquals((await run("exec sleep 600", { signal: AbortSignal.abort() })).code, null);
  });
  await t.step("while it prints more than any BMC", async () => {
    const { code, isFlood, stdout } = await run("exec yes");
    assertEquals([code, isFlood], [null, true]);
    assert(stdout.length < 2_000_000);
  });
});

import { assertEquals } from "@std/assert";
import { askHeads } from "../../../lib/check/head_requests.ts";
import { pitNames } from "../../../lib/check/pit_names.ts";
import type { Ran, RunProgram } from "../../../lib/io/run_program.ts";

/** Says what curl says to its list, up to the first server that gives no answer. */
function fakeCurl(silent: Readonly<Record<string, string>>): { run: RunProgram; asked: string[] } {
  const asked: string[] = [];
  const ran = (code: number, stdout: string, stderr: string): Ran => {
    return { code, stdout: new TextEncoder().encode(stdout), stderr, isFlood: false };
  };
  const run: RunProgram = (_program, _args, stdin = "") => {
    const place = /^connect-to = "::(.*)"$/m.exec(stdin)?.[1];
    let stdout = "";
    for (const [, url = ""] of stdin.matchAll(/^url = "(.*)"$/gm)) {
      const host = place ?? new URL(url).host;
      asked.push(`${host} ${url}`);
      const stderr = silent[host] ?? "";
      if (stderr !== "") {
        stdout += "== pitboot 000\n";
        return Promise.resolve(ran(1, stdout, stderr));
      }
      stdout += "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n== pitboot 200\n";
    }
    return Promise.resolve(ran(0, stdout, ""));
  };
  return { run, asked };
}

const URLS = ["http://pit/a", "http://pit/b", "http://pit.nmn/a", "http://pit/c"];

Deno.test("askHeads() goes on with other servers where one gives no answer", async () => {
  const { run, asked } = fakeCurl({ pit: "curl: (7) refused\n" });
  const { answers, faults, unresolved } = await askHeads(URLS, { server: null, run });
  assertEquals([...answers], [["http://pit.nmn/a", { status: 200, bytes: 7 }]]);
  const fault = { code: 7, said: "curl: (7) refused" };
  assertEquals([...faults], [URLS[0], URLS[1], URLS[3]].map((url) => [url, fault]));
  assertEquals(unresolved, []);
  assertEquals(asked, ["pit http://pit/a", "pit.nmn http://pit.nmn/a"]);
});

Deno.test("askHeads() asks this machine where it cannot resolve a name", async (t) => {
  const nameless = { pit: "curl: (6) Could not resolve host: pit\n" };
  await t.step("and says so", async () => {
    const { answers, faults, unresolved } = await askHeads(URLS, {
      server: null,
      run: fakeCurl(nameless).run,
    });
    assertEquals([answers.size, faults.size, unresolved], [4, 0, ["pit"]]);
  });
  await t.step("and says why that does not answer either", async () => {
    const { run } = fakeCurl({ ...nameless, "127.0.0.1:80": "curl: (7) refused\n" });
    const { answers, faults } = await askHeads(URLS, { server: null, run });
    assertEquals([answers.size, [...faults.values()].map(({ code }) => code)], [1, [7, 7, 7]]);
  });
  await t.step("unless it was told where to ask", async () => {
    const { run, asked } = fakeCurl({ "10.1.1.1:80": "nothing that is known\n" });
    const { faults } = await askHeads(URLS, { server: "10.1.1.1:80", run });
    assertEquals([asked.length, faults.size], [1, 4]);
    assertEquals(faults.get("http://pit/c"), { code: 1, said: "curl ends with 1" });
  });
});

Deno.test("pitNames() knows the PIT by name, network and address", () => {
  const isPit = pitNames("ncn-m001", new Set(["10.1.1.0"]));
  const hosts = ["pit", "pit.nmn", "ncn-m001", "ncn-m001.hmn", "10.1.1.0"];
  assertEquals(hosts.map(isPit), hosts.map(() => true));
  assertEquals(["api-gw", "pittsburgh", "ncn-m002", "10.1.1.2"].some(isPit), false);
});

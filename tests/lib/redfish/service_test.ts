import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { CurlEnd, CurlRequest } from "../../../lib/redfish/curl_config.ts";
import { RedfishService, type ServiceOptions } from "../../../lib/redfish/service.ts";
import { later } from "../../../lib/io/within.ts";

type Answer = (request: CurlRequest) => CurlEnd;

/** A service that answers so, what it was asked, and what was logged. */
function serviceOf(
  answer: Answer,
  options: Partial<ServiceOptions> = {},
): { service: RedfishService; asked: CurlRequest[]; log: string[] } {
  const [asked, log]: [CurlRequest[], string[]] = [[], []];
  const service = new RedfishService({
    address: "10.254.1.15",
    pin: null,
    signal: new AbortController().signal,
    later,
    log: (line) => log.push(line),
    run: (request) => {
      asked.push(request);
      return Promise.resolve().then(() => answer(request));
    },
    ...options,
  });
  return { service, asked, log };
}

function reply(status: number, headers: string, body = "{}"): CurlEnd {
  const stdout = `HTTP/1.1 ${status} X\r\n${headers}\r\n${body}\n== pitboot 0.1\n`;
  return { code: 0, stdout, stderr: "", isFlood: false };
}

const OK = reply(200, "");

Deno.test("RedfishService follows redirections on the same server only, twice at most", async (t) => {
  const cases: [place: string, next: string | null][] = [
    ["/redfish/v1/Managers/", "/redfish/v1/Managers/"],
    ["https://10.254.1.15/redfish/v1/Managers/", "/redfish/v1/Managers/"],
    ["https://10.254.1.15:443/redfish/v1/Managers/", "/redfish/v1/Managers/"],
    ["Managers/", "/redfish/v1/Managers/"],
    ["http://10.254.1.15/redfish/v1/Managers/", null],
    ["https://10.254.1.16/redfish/v1/Managers/", null],
    ["https://root@10.254.1.15/redfish/v1/Managers/", null],
    ["https://10.254.1.15:8443/redfish/v1/Managers/", null],
    ["//evil/redfish/v1/", null],
    ["/login.html", null],
    ["", null],
  ];
  for (const [place, next] of cases) {
    await t.step(place, async () => {
      const { service, asked } = serviceOf(({ url }) =>
        url.endsWith("/Managers") ? reply(308, `Location: ${place}\r\n`) : OK
      );
      const call = { method: "PATCH", path: "/redfish/v1/Managers", body: { a: 1 } } as const;
      const answer = await service.send(call);
      assertEquals(answer.kind === "answer" && answer.status, next === null ? 308 : 200);
      const urls = asked.map(({ method, url, body }) => [method, url, body]);
      const at = (path: string): unknown => ["PATCH", `https://10.254.1.15${path}`, '{"a":1}'];
      assertEquals<unknown>(urls, [at("/redfish/v1/Managers"), ...next === null ? [] : [at(next)]]);
    });
  }
  await t.step("in circles", async () => {
    const { service, asked } = serviceOf(() => reply(307, "Location: /redfish/v1/\r\n"));
    await service.send({ method: "GET", path: "/redfish/v1/" });
    assertEquals(asked.length, 3);
  });
});

Deno.test("RedfishService speaks old TLS only with whom speaks no other", async () => {
  const fails: CurlEnd = { code: 35, stdout: "\n== pitboot 0\n", stderr: "", isFlood: false };
  const { service, asked } = serviceOf(({ isOld }) => isOld ? OK : fails);
  for (const path of ["/redfish/v1/", "/redfish/v1/Managers"]) {
    assertEquals((await service.send({ method: "GET", path })).kind, "answer");
  }
  assertEquals(asked.map(({ isOld }) => isOld), [false, true, true]);
  const none = serviceOf(() => fails);
  for (const _ of [1, 2]) await none.service.send({ method: "GET", path: "/redfish/v1/" });
  assertEquals(none.asked.map(({ isOld }) => isOld), [false, true, false, true]);
});

Deno.test("RedfishService logs neither password nor what stands for it", async () => {
  const { service, asked, log } = serviceOf(({ authorization }) =>
    reply(404, "", `you sent ${authorization}`)
  );
  await service.send({ method: "GET", path: "/redfish/v1/" });
  service.logIn("root", 'pä"ss\\w:o rd');
  const answer = await service.send({ method: "GET", path: "/redfish/v1/Managers" });
  const [first, second] = asked.map(({ authorization }) => authorization);
  assertEquals(first, null);
  const secret = second?.split(" ")[1] ?? "";
  const bytes = Uint8Array.from(atob(secret), (c) => c.charCodeAt(0));
  assertEquals(new TextDecoder().decode(bytes), 'root:pä"ss\\w:o rd');
  assert(!(log.join() + JSON.stringify(answer)).includes(secret));
  assertStringIncludes(log.join(), "you sent Basic ********");
});

Deno.test("RedfishService asks nobody else, whatever stands for an address", async () => {
  for (const address of ["a/b", "a b", "u@a", 'a"\nurl = "x', "", "a:1/x"]) {
    const { service, asked } = serviceOf(() => OK, { address });
    const answer = await service.send({ method: "GET", path: "/redfish/v1/" });
    assertEquals([answer.kind === "fault" && answer.code, asked.length], [6, 0]);
  }
  const { service, asked } = serviceOf(() => OK, { address: "fe80::1" });
  await service.send({ method: "GET", path: "/redfish/v1/" });
  assertEquals(asked[0]?.url, "https://[fe80::1]/redfish/v1/");
});

Deno.test("RedfishService waits for a file descriptor, and for no curl that is not there", async () => {
  const full = Object.assign(new Error("Too many open files"), { code: "EMFILE" });
  let left = 2;
  const { service } = serviceOf(() => {
    if (left-- > 0) throw full;
    return OK;
  }, { later: (_, act) => later(0, act) });
  assertEquals((await service.send({ method: "GET", path: "/redfish/v1/" })).kind, "answer");
  const none = serviceOf(() => {
    throw new Deno.errors.NotFound("curl");
  });
  await assertRejects(
    () => none.service.send({ method: "GET", path: "/redfish/v1/" }),
    Deno.errors.NotFound,
  );
  const denied = serviceOf(() => {
    throw new Deno.errors.PermissionDenied("x");
  });
  const fault = await denied.service.send({ method: "GET", path: "/redfish/v1/" });
  assertEquals(fault.kind === "fault" && fault.said, "curl: permission denied");
});

Deno.test("RedfishService reads ahead, and takes that once, and nothing from before a write", async () => {
  const { service, asked, log } = serviceOf(({ ahead = [] }) => {
    const stdout = [OK, ...ahead.map((_, i) => reply(200, "", `${i}`))].map((end) => end.stdout);
    return { ...OK, stdout: stdout.join("") };
  });
  const [a, b, c] = ["A", "B", "C"].map((name) => `/redfish/v1/${name}`) as [
    string,
    string,
    string,
  ];
  const get = async (path: string, ahead: readonly string[] = []): Promise<string | null> => {
    const answer = await service.send({ method: "GET", path, ahead });
    return answer.kind === "answer" ? answer.text : null;
  };
  // Only of an answer we know whether this curl stops at a refusal.
  await get(c, [a, b]);
  const seen = [await get(a, [b, c]), await get(c), await get(b), await get(b)];
  assertEquals(seen, ["{}", "1", "0", "{}"]);
  assertEquals(asked.map(({ url }) => url.slice(-1)), ["C", "A", "B"]);
  assertEquals(asked.map(({ ahead }) => ahead?.length), [0, 2, 0]);
  await get(a, [b]);
  await service.send({ method: "PATCH", path: c, body: {} });
  assertEquals([await get(b), asked.length], ["{}", 6]);
  assertEquals(log.filter((line) => line.startsWith(">")).length, 9);
});

Deno.test("RedfishService sends a password no more that was refused where it read ahead", async () => {
  const { service, asked } = serviceOf(({ ahead = [] }) =>
    ahead.length === 0 ? OK : { ...OK, stdout: OK.stdout + reply(401, "").stdout }
  );
  await service.send({ method: "GET", path: "/redfish/v1/" });
  service.logIn("root", "initial0");
  const statuses: number[] = [];
  for (const [path, ahead] of [["A", ["B"]], ["C", []], ["B", []]] as const) {
    const answer = await service.send({ method: "GET", path, ahead });
    statuses.push(answer.kind === "answer" ? answer.status : 0);
  }
  assertEquals([statuses, asked.length], [[200, 401, 401], 2]);
});

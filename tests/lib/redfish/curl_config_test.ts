import { assertEquals, assertStringIncludes } from "@std/assert";
import { curlConfig, type CurlRequest, readReply } from "../../../lib/redfish/curl_config.ts";

const REQUEST: CurlRequest = {
  method: "GET",
  url: "https://10.254.1.15/redfish/v1/",
  authorization: null,
  ifMatch: null,
  body: null,
  seconds: 10,
  isOld: false,
  pin: null,
};

Deno.test("curlConfig() asks by HTTPS only, and by no proxy", () => {
  const lines = curlConfig(REQUEST).split("\n");
  for (
    const line of ['proto = "=https"', 'noproxy = "*"', "insecure", "http1.1", "max-time = 10"]
  ) {
    assertEquals(lines.filter((each) => each === line), [line]);
  }
  assertEquals(
    lines.some((line) => /location|Authorization|If-Match|data|pinned/.test(line)),
    false,
  );
});

Deno.test("curlConfig() writes each value so that it is no other option", () => {
  const text = curlConfig({
    ...REQUEST,
    method: "PATCH",
    body: '{"a":"\\\\\\"\\nurl = x"}',
    ifMatch: 'W/"0F583E66"',
    pin: "sha256//AAAA",
    url: 'https://a/redfish/"\noutput = "/etc/passwd',
  });
  assertStringIncludes(text, 'header = "If-Match: W/\\"0F583E66\\""\n');
  assertStringIncludes(text, 'pinnedpubkey = "sha256//AAAA"\n');
  assertStringIncludes(text, 'data-binary = "{\\"a\\":\\"\\\\\\\\\\\\\\"\\\\nurl = x\\"}"\n');
  assertEquals(/^output/m.test(text), false);
});

Deno.test("readReply() reads the last answer, whole", () => {
  const end = "\n== pitboot 0.012345\n";
  const reply = readReply({
    code: 0,
    stdout:
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nETag: W/"1"\r\nX:\r\n\r\n{"a":\n1}${end}`,
    stderr: "",
    isFlood: false,
  });
  assertEquals(reply, {
    kind: "answer",
    status: 200,
    headers: new Map([["etag", 'W/"1"'], ["x", ""]]),
    text: '{"a":\n1}',
    json: { a: 1 },
  });
});

Deno.test("readReply() tells whether a request that failed may have been heard", async (t) => {
  const cases: [code: number | null, stdout: string, mayBeSent: boolean][] = [
    [1, "\n== pitboot 0.000000\n", false],
    [1, "\n== pitboot 0.200000\n", true],
    [7, "\n== pitboot 0.000000\n", false],
    [28, "\n== pitboot 0.000000\n", false],
    [28, "\n== pitboot 0.200000\n", true],
    [35, "\n== pitboot 0.000000\n", false],
    [52, "\n== pitboot 0.1\n", true],
    [18, "HTTP/1.1 200 OK\r\n\r\n{\n== pitboot 0.1\n", true],
    [null, "", true],
    [0, "no HTTP\n== pitboot 0.1\n", true],
  ];
  for (const [code, stdout, mayBeSent] of cases) {
    await t.step(`${code} ${JSON.stringify(stdout)}`, () => {
      const reply = readReply({ code, stdout, stderr: `curl: (${code}) why\n`, isFlood: false });
      assertEquals(reply, {
        kind: "fault",
        code,
        mayBeSent,
        isFlood: false,
        said: `curl: (${code}) why`,
      });
    });
  }
});

Deno.test("readReply() takes an answer that did not come whole for one that was lost", async (t) => {
  const whole = 'HTTP/1.1 200 OK\r\n\r\n{"a":1}\n== pitboot 0.1\n';
  for (const length of [0, 20, whole.length - 16]) {
    await t.step(`${length} of ${whole.length} characters`, () => {
      const stdout = whole.slice(0, length);
      const reply = readReply({ code: 0, stdout, stderr: "", isFlood: false });
      assertEquals(reply.kind === "fault" && [reply.code, reply.mayBeSent], [null, true]);
    });
  }
});

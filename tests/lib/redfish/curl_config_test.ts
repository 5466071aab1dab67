import { assertEquals, assertStringIncludes } from "@std/assert";
import { curlConfig, type CurlRequest, readReplies } from "../../../lib/redfish/curl_config.ts";

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

Deno.test("curlConfig() reads ahead with all that it asks with, and writes nothing twice", () => {
  const text = curlConfig({
    ...REQUEST,
    method: "PATCH",
    body: '{"a":1}',
    ifMatch: "*",
    authorization: "Basic c2VjcmV0",
    pin: "sha256//AAAA",
    ahead: ["https://10.254.1.15/redfish/v1/A", "https://10.254.1.15/redfish/v1/B"],
  });
  const [write = "", ...reads] = text.split("next\n");
  assertEquals([reads.length, /^fail-early\n/.test(write)], [2, true]);
  for (const read of reads) {
    assertEquals(/If-Match|data-binary|PATCH|Content-Type/.test(read), false);
    const words = ["insecure", 'proto = "=https"', 'noproxy = "*"', "Basic c2VjcmV0", "AAAA"];
    assertEquals(words.filter((word) => !read.includes(word)), []);
    assertStringIncludes(read, "max-time = 5\n");
  }
});

Deno.test("readReplies() tells what came of each request", async (t) => {
  const ok = (text: string): string => `HTTP/1.1 200 OK\r\n\r\n${text}\n== pitboot 0.1\n`;
  const again = (text: string): string => ok(text).replace("0.1", "0.000000");
  const none = "\n== pitboot 0.000000\n";
  const cases: [name: string, code: number | null, stdout: string, replies: unknown[]][] = [
    ["all answered", 0, ok("1") + again("2") + again("3"), ["1", "2", "3"]],
    ["the first one was lost", 52, none.replace("0.0", "0.2"), [52]],
    ["the last one was lost", 28, ok("1") + again("2") + none, ["1", "2", 28]],
    ["the second one was lost", 56, ok("1") + none, ["1", 56]],
    ["it was ended", null, ok("1") + "HTTP/1.1 200", ["1", null]],
    ["it was ended before the second", null, ok("1"), [null]],
    ["nothing came", null, "", [null]],
    ["it was refused", 22, ok("1") + again("2"), ["1", "2"]],
    ["the refusal was cut", 18, ok("1") + again("2").replace("200", "401"), ["1", "2"]],
    ["the end of it is missing", 0, ok("1") + again("2").slice(0, -20), ["1", null]],
  ];
  for (const [name, code, stdout, expected] of cases) {
    await t.step(name, () => {
      const replies = readReplies({ code, stdout, stderr: "", isFlood: false }, 3);
      const seen = replies.map((each) => each.kind === "answer" ? each.text : each.code);
      assertEquals(seen, expected);
      const more = replies.slice(1).filter((each) => each.kind === "fault" && !each.mayBeSent);
      assertEquals(more, []);
    });
  }
});

Deno.test("readReplies() reads the last answer, whole", () => {
  const end = "\n== pitboot 0.012345\n";
  const [reply] = readReplies({
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

Deno.test("readReplies() tells whether a request that failed may have been heard", async (t) => {
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
      const [reply] = readReplies({
        code,
        stdout,
        stderr: `curl: (${code}) why\n`,
        isFlood: false,
      });
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

Deno.test("readReplies() takes an answer that did not come whole for one that was lost", async (t) => {
  const whole = 'HTTP/1.1 200 OK\r\n\r\n{"a":1}\n== pitboot 0.1\n';
  for (const length of [0, 20, whole.length - 16]) {
    await t.step(`${length} of ${whole.length} characters`, () => {
      const stdout = whole.slice(0, length);
      const [reply] = readReplies({ code: 0, stdout, stderr: "", isFlood: false });
      assertEquals(reply.kind === "fault" && [reply.code, reply.mayBeSent], [null, true]);
    });
  }
});

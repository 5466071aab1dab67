import { assertEquals } from "@std/assert";
import { type Fetch, parseAccessLog } from "../../../lib/boot/access_log.ts";

const AT = Date.UTC(2026, 10, 25, 3, 8, 25);
const KERNEL: Fetch = { node: "ncn-w001", file: "kernel", at: AT };

/** A line of the common format; each part can be another. */
function line(
  { before = "10.1.1.20 - -", time = "25/Nov/2026:03:08:25 +0000", request, after = "200 9437184" }:
    {
      before?: string;
      time?: string;
      request?: string;
      after?: string;
    } = {},
): string {
  return `${before} [${time}] "${request ?? "GET /ncn-w001/kernel HTTP/1.1"}" ${after}`;
}

Deno.test("parseAccessLog() finds what nodes fetched", async (t) => {
  const cases: [name: string, text: string, expected: Fetch[]][] = [
    ["an empty log", "", []],
    ["the common format", `${line()}\n`, [KERNEL]],
    ["no newline at the end", line(), [KERNEL]],
    ["the combined format", line({ after: '200 9437184 "-" "iPXE/1.21.1+ (g2a1b)"' }), [KERNEL]],
    ["quotes in the agent", line({ after: '200 9 "-" "a \\"GET /x/kernel HTTP/1.1\\" 200"' }), [
      KERNEL,
    ]],
    ["a name of the host before it", line({ before: "pit:80 10.1.1.20 - -" }), [KERNEL]],
    ["an address of IPv6", line({ before: "fd00::20 - -" }), [KERNEL]],
    ["this machine itself", line({ before: "127.0.0.1 - -" }), []],
    ["this machine by IPv6", line({ before: "::1 - -" }), []],
    ["this machine, with a name before it", line({ before: "pit:80 127.0.0.1 - -" }), []],
    ["a user in brackets", line({ before: "10.1.1.20 - [25/Nov/2026:01:00:00 +0000]" }), [KERNEL]],
    ["HTTP/1.0", line({ request: "GET /ncn-w001/kernel HTTP/1.0" }), [KERNEL]],
    [
      "every file of a node",
      [
        "script.ipxe",
        "initrd.img.xz",
        "kernel",
        "rootfs",
      ].map((file) => line({ request: `GET /ncn-w001/${file} HTTP/1.1` })).join("\n"),
      [
        { ...KERNEL, file: "script.ipxe" },
        { ...KERNEL, file: "initrd.img.xz" },
        KERNEL,
        { ...KERNEL, file: "rootfs" },
      ],
    ],
    ["a part of a file", line({ after: "206 100" }), [KERNEL]],
    ["a file that did not change", line({ after: "304 -" }), [KERNEL]],
    ["a zone to the east", line({ time: "25/Nov/2026:08:38:25 +0530" }), [KERNEL]],
    ["a zone to the west", line({ time: "24/Nov/2026:23:38:25 -0330" }), [KERNEL]],
    ["half an hour to the west", line({ time: "25/Nov/2026:02:38:25 -0030" }), [KERNEL]],
    ["the first month", line({ time: "01/Jan/2027:00:00:00 +0000" }), [
      { ...KERNEL, at: Date.UTC(2027, 0, 1) },
    ]],
    ["lines between others", `x\n${line()}\n\n${line({ after: "404 196" })}\n${line()}\n`, [
      KERNEL,
      KERNEL,
    ]],
  ];
  for (const [name, text, expected] of cases) {
    await t.step(name, () => assertEquals(parseAccessLog(text), expected));
  }
});

Deno.test("parseAccessLog() passes over what no node fetched", async (t) => {
  const lines: [name: string, line: string][] = [
    ["a file that is not there", line({ after: "404 196" })],
    ["a file that the server may not read", line({ after: "403 199" })],
    ["a server in trouble", line({ after: "500 1" })],
    ["HEAD", line({ request: "HEAD /ncn-w001/kernel HTTP/1.1" })],
    ["PUT", line({ request: "PUT /ncn-w001/kernel HTTP/1.1" })],
    ["another file of a node", line({ request: "GET /ncn-w001/kernel.old HTTP/1.1" })],
    ["the directory of a node", line({ request: "GET /ncn-w001/ HTTP/1.1" })],
    ["a file of no directory", line({ request: "GET /kernel HTTP/1.1" })],
    ["a file further down", line({ request: "GET /ephemeral/ncn-w001/kernel HTTP/1.1" })],
    ["bytes that are no request", line({ request: "\\x16\\x03\\x01" })],
    ["no request", line({ request: "-", after: "408 -" })],
    ["a month that is none", line({ time: "25/Anf/2026:03:08:25 +0000" })],
    ["a time of another format", line({ time: "2026-11-25T03:08:25+00:00" })],
    [
      "a request in the user's name",
      line({
        before: `10.1.1.20 - \\"[25/Nov/2026:03:08:25 +0000] \\"GET /ncn-w001/kernel HTTP/1.1\\"`,
        request: "GET / HTTP/1.1",
      }),
    ],
    [
      "a request in the agent's name",
      line({
        request: "GET / HTTP/1.1",
        after: '200 1 "-" "[25/Nov/2026:03:08:25 +0000] \\"GET /ncn-w001/kernel HTTP/1.1\\" 200 "',
      }),
    ],
  ];
  for (const [name, line] of lines) {
    await t.step(name, () => assertEquals(parseAccessLog(`${line}\n`), []));
  }
});

Deno.test("parseAccessLog() makes nothing of a line that is cut", () => {
  const whole = line({ after: '200 9 "-" "iPXE/1.21.1+"' });
  const dateEnds = whole.indexOf("[") + 1;
  for (let start = dateEnds; start < whole.length; start++) {
    assertEquals(parseAccessLog(`${whole.slice(start)}\n`), [], whole.slice(start));
  }
  const statusEnds = whole.indexOf(" 9 ");
  for (let end = 0; end < statusEnds; end++) {
    assertEquals(parseAccessLog(whole.slice(0, end)), [], whole.slice(0, end));
  }
});

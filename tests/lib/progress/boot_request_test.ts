import { assertEquals } from "@std/assert";
import {
  type BootRequest,
  parseBootRequest,
  type WebServer,
} from "../../../lib/progress/boot_request.ts";

const AT = Date.UTC(2026, 10, 25, 3, 8, 25);

/** A line of the combined format; each part can be another. */
function line(
  { before = "10.1.1.20 - -", time = "25/Nov/2026:03:08:25 +0000", request, after }: {
    readonly before?: string;
    readonly time?: string;
    readonly request?: string;
    readonly after?: string;
  } = {},
): string {
  const asked = request ?? "GET /ncn-w001/kernel HTTP/1.1";
  return `${before} [${time}] "${asked}" ${after ?? '200 9437184 "-" "iPXE/1.21.1+"'}`;
}

const KERNEL: BootRequest = {
  address: "10.1.1.20",
  at: AT,
  stamp: "start",
  method: "GET",
  path: "/ncn-w001/kernel",
  node: "ncn-w001",
  file: "kernel",
  status: 200,
  bytes: 9437184,
  sent: null,
  transfer: "unknown",
  agent: "iPXE/1.21.1+",
};

const asked = (path: string): string => line({ request: `GET ${path} HTTP/1.1` });

Deno.test("parseBootRequest() reads what each format tells", async (t) => {
  const cases: [name: string, text: string, expected: Partial<BootRequest>, server?: WebServer][] =
    [
      ["SUSE's combined", line(), {}],
      ["the common format", line({ after: "200 9437184" }), { agent: null }],
      ["nginx stamps the end", line(), { stamp: "end" }, "nginx"],
      ["a virtual host before it", line({ before: "pit:80 10.1.1.20 - -" }), {}],
      ["an address of IPv4 in one of IPv6", line({ before: "::ffff:10.1.1.20 - -" }), {}],
      ["an address of IPv6", line({ before: "fd00::20 - -" }), { address: "fd00::20" }],
      ["a user in brackets", line({ before: "10.1.1.20 - [25/Nov/2026:01:00:00 +0000]" }), {}],
      ["no bytes", line({ after: "304 -" }), { status: 304, bytes: null, agent: null }],
      [
        "%O %X behind it, all sent",
        line({ after: '200 40000000 "-" "curl/7.88.1" 40000213 +' }),
        { bytes: 40000000, sent: 40000213, transfer: "whole", agent: "curl/7.88.1" },
      ],
      [
        "%O %X behind it, broken off",
        line({ after: '200 40000000 "-" "curl/7.88.1" 26792936 X' }),
        { bytes: 40000000, sent: 26792936, transfer: "broken", agent: "curl/7.88.1" },
      ],
      [
        "quotes in the agent",
        line({ after: '200 9 "-" "a \\"GET /x/kernel HTTP/1.1\\" 200"' }),
        { bytes: 9, agent: 'a \\"GET /x/kernel HTTP/1.1\\" 200' },
      ],
      ["a zone to the east", line({ time: "25/Nov/2026:08:38:25 +0530" }), {}],
      ["half an hour to the west", line({ time: "25/Nov/2026:02:38:25 -0030" }), {}],
      ["two slashes", asked("//ncn-w001//kernel"), { path: "//ncn-w001//kernel" }],
      ["a coded path", asked("/ncn%2dw001/kernel"), { path: "/ncn%2dw001/kernel" }],
      ["HEAD", line({ request: "HEAD /ncn-w001/kernel HTTP/1.1" }), { method: "HEAD" }],
    ];
  for (const [name, text, expected, server = "apache"] of cases) {
    await t.step(name, () => {
      assertEquals(parseBootRequest(text, server), { ...KERNEL, ...expected });
    });
  }
});

Deno.test("parseBootRequest() tells whose file it is, and which", async (t) => {
  const cases: [path: string, node: string | null | undefined, file?: string][] = [
    ["/ncn-w001/script.ipxe", "ncn-w001", "script"],
    ["/ncn-w001/initrd.img.xz", "ncn-w001", "initrd"],
    ["/ncn-w001/rootfs", "ncn-w001", "rootfs"],
    ["/ncn-w001/filesystem.squashfs", "ncn-w001", "rootfs"],
    ["/boot/script.ipxe", null, "script"],
    ["//initrd.img.xz", null, "initrd"],
    ["/boot/ipxe.x86_64.efi", null, "loader"],
    ["/fw/ipxe.x86_64.efi", undefined],
    ["/ncn-w001/rootfs.old", undefined],
    ["/repository/x/kernel", undefined],
    ["/%ff/kernel", "%ff", "kernel"],
    ["/", undefined],
  ];
  for (const [path, node, file] of cases) {
    await t.step(path, () => {
      const request = parseBootRequest(asked(path), "apache");
      assertEquals([request?.node, request?.file], [node, file]);
    });
  }
});

Deno.test("parseBootRequest() takes no line of another format", async (t) => {
  const lines = [
    "",
    "x",
    '{"request":"GET /ncn-w001/kernel HTTP/1.1","status":200}',
    line({ time: "25/Foo/2026:03:08:25 +0000" }),
    line({ time: "2026-11-25T03:08:25+00:00" }),
    line({ after: "2OO 1" }),
    `x ${"[".repeat(60_000)} "GET /ncn-w001/kernel HTTP/1.1" 200 1`,
  ];
  for (const text of lines) {
    await t.step(text.slice(0, 60), () => assertEquals(parseBootRequest(text, "apache"), null));
  }
});

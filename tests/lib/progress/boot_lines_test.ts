import { assertEquals } from "@std/assert";
import { findBootLines, timeSpan } from "../../../lib/progress/boot_lines.ts";
import { parseBootRequest } from "../../../lib/progress/boot_request.ts";

const STAMP = "29/Nov/2026:12:00:00 +0000";

function bytesOf(...lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}

function asked(path: string): string {
  return `10.1.1.7 - - [${STAMP}] "GET ${path} HTTP/1.1" 200 9 "-" "iPXE/1.0"`;
}

Deno.test("findBootLines() finds what nodes ask for, and no more", async (t) => {
  const cases: [path: string, isFound: boolean][] = [
    ["/ncn-w001/script.ipxe", true],
    ["//initrd.img.xz", true],
    ["/ncn-w001/kernel", true],
    ["/ncn-w001/rootfs", true],
    ["/ncn-w001/filesystem.squashfs", true],
    ["/ncn-w001/squashfs.img", true],
    ["/boot/ipxe.x86_64.efi", true],
    ["/kernel", true],
    ["/repository/primary.xml.gz", false],
    ["/repository/kernel-default.rpm", false],
    ["/repository/vmlinux.xz", false],
    ["/tunnel", false],
    ["/ncn-w001/kernel?x=1", false],
  ];
  for (const [path, isFound] of cases) {
    await t.step(path, () => {
      const line = asked(path);
      const others = [asked("/a"), asked("/b/c.rpm")];
      assertEquals(findBootLines(bytesOf(...others, line, ...others)), isFound ? [line] : []);
    });
  }
});

Deno.test("findBootLines() finds each of the shortest lines that mean a request", () => {
  const line = `1 [${STAMP}] "G /kernel HTTP/1" 200 -`;
  assertEquals(parseBootRequest(line, "apache")?.file, "kernel");
  assertEquals(findBootLines(bytesOf(line, line, line)), [line, line, line]);
});

Deno.test("findBootLines() finds a line whatever stands before it", async (t) => {
  const line = asked("/ncn-w001/kernel");
  const cases: [name: string, before: string][] = [
    ["a client that calls itself so", `${asked("/x")} "Foo HTTP/"`],
    ["nothing but the mark", " HTTP/"],
    ["half of it", "  HTTP HTT HTTP /"],
    ["no line", "\0\x1b["],
    ["an empty one", ""],
  ];
  for (const [name, before] of cases) {
    await t.step(name, () => assertEquals(findBootLines(bytesOf(before, line)), [line]));
  }
});

Deno.test("findBootLines() takes lines that end as on Windows, and bytes that are no text", () => {
  const line = asked("/ncn-w001/kernel");
  assertEquals(findBootLines(bytesOf(`${line}\r`)), [line]);
  const bytes = bytesOf(line.replace("iPXE", "?"));
  bytes[bytes.indexOf(0x3f)] = 0xff;
  assertEquals(findBootLines(bytes), [line.replace("iPXE", "\ufffd")]);
});

Deno.test("timeSpan() looks at the first line, and for the newest", () => {
  const [early, late] = ["11", "13"].map((hour) => asked("/x").replace(":12:", `:${hour}:`));
  const middle = asked("/x");
  assertEquals(timeSpan(bytesOf(middle, early ?? "", late ?? "", early ?? "")), {
    first: Date.UTC(2026, 10, 29, 12),
    newest: Date.UTC(2026, 10, 29, 13),
  });
  assertEquals(timeSpan(bytesOf("no", "line")), { first: null, newest: null });
});

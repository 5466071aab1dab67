import { assertEquals, assertThrows } from "@std/assert";
import { parsePins } from "../../../lib/redfish/pins.ts";
import { FormatError } from "../../../lib/text/format_error.ts";

const PIN = `sha256//${"A".repeat(43)}=`;

Deno.test("parsePins() reads a host and a hash of each line", () => {
  const pins = parsePins(`# keys\n\n10.254.1.15\t${PIN}  # ncn-m003\r\nbmc ${PIN}`, "/pins");
  assertEquals([...pins], [["10.254.1.15", PIN], ["bmc", PIN]]);
});

Deno.test("parsePins() names the line that is something else", () => {
  for (const line of ["bmc", `bmc sha1//${"A".repeat(43)}=`, `bmc ${PIN} x`, `${PIN} bmc`]) {
    const error = assertThrows(() => parsePins(`\n${line}\n`, "/pins"), FormatError);
    assertEquals(error.message, "/pins:2: expected HOST sha256//HASH");
  }
  const twice = assertThrows(() => parsePins(`a ${PIN}\na ${PIN}\n`, "/pins"), FormatError);
  assertEquals(twice.message, "/pins:2: a is named twice");
});

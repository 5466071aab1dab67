import { assertEquals } from "@std/assert";
import { LINKS } from "../../../lib/boot/boot_tree.ts";

Deno.test("LINKS has the links in the order in which a node fetches what they point to", () => {
  // script.ipxe of a PIT asks for the initrd, then for the kernel.
  assertEquals(LINKS, ["initrd.img.xz", "kernel", "rootfs"]);
});

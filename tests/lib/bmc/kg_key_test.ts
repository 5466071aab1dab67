import { assertEquals } from "@std/assert";
import { kgKeyOf } from "../../../lib/bmc/kg_key.ts";

Deno.test("kgKeyOf() reads the key as conman does", async (t) => {
  const cases: [ipmiopts: string, key: string | null][] = [
    ["", null],
    ["U:root,P:secret", null],
    ["U:root,P:secret,K:", null],
    ["K:key", "key"],
    ["U:root,P:secret,K:key,W:solpayloadsize", "key"],
    ["k:key,u:root", "key"],
    ["U:root, K:key", "key"],
    ["P:a,K:b,K:key", "key"],
    ["P:aK:b", null],
    ["K:a key=#1 ", "a key=#1 "],
    ["K:0x6b6579", "key"],
    ["K:0X6B65790000", "key"],
    ["K:0x6b7", "kp"],
    ["K:0xkey", "0xkey"],
    ["root,secret,key", "key"],
    ["root,secret,0x6b6579,more", "key"],
    ["root,,secret,key", "key"],
    ["root,secret,K:key", "K:key"],
    ["root,secret", null],
    ["K:12345678901234567890", "12345678901234567890"],
  ];
  for (const [ipmiopts, key] of cases) {
    await t.step(ipmiopts || "nothing", () => assertEquals(kgKeyOf(ipmiopts), key));
  }
});

Deno.test("kgKeyOf() leaves out what an environment variable cannot carry", async (t) => {
  const cases = ["K:123456789012345678901", "K:0x6b006579", "K:0xff", "K:k\u00e9y", "K:a\x07"];
  for (const ipmiopts of cases) {
    await t.step(ipmiopts, () => assertEquals(kgKeyOf(ipmiopts), null));
  }
});

Deno.test("kgKeyOf() takes the key above where the options name none", () => {
  const cases = [["U:root,P:a", "above"], ["root,a", "above"], ["K:", null], ["K:own", "own"]];
  for (const [ipmiopts = "", key] of cases) assertEquals(kgKeyOf(ipmiopts ?? "", "above"), key);
});

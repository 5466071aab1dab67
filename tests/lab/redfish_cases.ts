/**
 * BMCs whose IPMI is off: whose Redfish service each has, what is wrong with it,
 * and what comes of that.
 *
 * @module
 */

import type { Fault } from "./fault.ts";

/** A BMC whose IPMI is off. */
export interface Case {
  readonly faults: readonly Fault[];
  /** Whether the handbook's page, and ipmitool after it, have it on DHCP; `either`: time decides. */
  readonly plain: "dhcp" | "static" | "either";
  /**
   * What pitboot makes of it: its state, and its reason if it has one that time does not decide;
   * `A or B` where it does: a BMC may be gone before it has shown that it was set.
   */
  readonly ours: string;
}

/** Those that end, or that one can be patient with. */
export const CASES: readonly Case[] = [
  // As they come.
  is("redfish:ilo", "dhcp", "reset"),
  is("redfish:ilo1", "static", "reset"),
  is("redfish:ilo6", "dhcp", "reset"),
  is("redfish:ami", "static", "changed"),
  is("redfish:intel", "static", "changed"),
  is("redfish:intel1", "static", "failed no-dhcp-setting"),
  is("redfish:openbmc", "static", "changed"),
  // Places and times.
  is("redfish:ilo,move", "dhcp", "reset"),
  is("redfish:ami,move", "static", "changed or unknown session-lost"),
  is("redfish:openbmc,vanish", "static", "changed"),
  is("redfish:ilo,typo", "dhcp", "reset"),
  is("redfish:ami,typo", "static", "changed or unknown session-lost"),
  is("redfish:ilo,slow:300", "dhcp", "reset"),
  is("redfish:intel,line:100:0", "static", "changed"),
  is("redfish:ilo,restart:3,starts:2", "dhcp", "reset"),
  // ETags, and what a write is answered.
  is("redfish:ami,drop", "static", "changed"),
  is("redfish:ami,quotes", "static", "changed"),
  is("redfish:ami,star", "static", "changed"),
  is("redfish:ami,noswitch", "static", "changed"),
  is("redfish:ami,on:dhcp:412:1", "static", "changed"),
  is("redfish:openbmc,on:dhcp:428:1", "static", "changed"),
  is("redfish:ami,on:dhcp:timeout:1", "static", "changed"),
  is("redfish:openbmc,on:dhcp:error", "static", "failed not-kept"),
  is("redfish:openbmc,forgets", "static", "failed not-kept"),
  is("redfish:ilo,forgets", "static", "reset"),
  // Wishes and resets.
  is("redfish:ilo,pending", "dhcp", "reset"),
  is("redfish:ilo,noreset", "static", "reset"),
  is("redfish:ilo,on:reset:silence", "dhcp", "reset"),
  is("redfish:ilo,on:reset:cut", "dhcp", "reset"),
  is("redfish:ilo,on:reset:fips", "static", "failed not-reset"),
  is("redfish:ilo,on:reset:error", "static", "failed not-reset"),
  // Who may.
  is("redfish:ilo,badpass", "static", "denied refused-login"),
  is("redfish:ami,badpass", "static", "denied refused-login"),
  is("redfish:openbmc,on:managers:401", "static", "denied refused-login"),
  is("redfish:ilo,on:any:password", "static", "denied password-expired"),
  is("redfish:ilo,on:managers:sessions:1", "dhcp", "reset"),
  is("redfish:openbmc,on:dhcp:privilege", "static", "denied refused-role"),
  // What is at work on itself.
  is("redfish:ilo,on:dhcp:post:2", "dhcp", "reset"),
  is("redfish:ilo,on:dhcp:busy:1", "dhcp", "reset"),
  is("redfish:ilo,on:ipmi:flashing:1", "static", "reset"),
  is("redfish:openbmc,on:any:503:2", "static", "changed"),
  is("redfish:ilo,on:dhcp:fips", "dhcp", "failed refused"),
  // What is no Redfish.
  is("redfish:openbmc,on:manager:html", "static", "failed no-redfish"),
  is("redfish:openbmc,on:interface:half:1", "static", "changed"),
  is("redfish:openbmc,on:interface:endless", "static", "failed no-redfish"),
  is("redfish:openbmc,on:any:slash", "static", "changed"),
  is("redfish:openbmc,on:managers:loop", "static", "failed redirected"),
  is("redfish:openbmc,on:managers:elsewhere", "static", "failed redirected"),
  is("redfish:openbmc,on:dhcp:elsewhere", "static", "failed redirected"),
  is("redfish:openbmc,on:managers:plain", "static", "failed redirected"),
  is("redfish:openbmc,on:managers:outside", "static", "failed redirected"),
  // TLS, and what is behind it.
  is("redfish:ilo,tls:cbc", "dhcp", "reset"),
  is("redfish:ilo,tls:small", "dhcp", "reset"),
  is("redfish:ilo,tls:1.0", "static", "reset"),
];

/** Those that never change: nobody is given long. */
export const LASTING_CASES: readonly Case[] = [
  is("redfish:ilo,on:any:html", "static", "unreachable"),
  is("redfish:ilo,on:any:empty", "static", "unreachable"),
  is("redfish:ilo,on:any:list", "static", "unreachable"),
  is("redfish:ilo,on:any:endless", "either", "unreachable"),
  is("redfish:openbmc,on:any:503", "static", "unreachable"),
  is("redfish:ilo,hang", "static", "unreachable"),
  is("redfish:ilo,dead", "static", "unreachable"),
];

function is(words: string, plain: Case["plain"], ours: string): Case {
  return { faults: words.split(",") as Fault[], plain, ours };
}

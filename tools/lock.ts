/**
 * Makes vendor/deno.lock, the lock that the tests run with: of
 * tests/npm/deno.lock and of what `deno install` has locked of the @std packages.
 * These may be stand-ins, so no lock that holds them can be part of the sources.
 *
 * After a change of tests/npm/*.ts:
 * `deno cache --no-config --lock=tests/npm/deno.lock --frozen=false tests/npm/*.ts`
 *
 * @module
 */

import { joinLocks, readLock } from "./setup/lock.ts";
import { write } from "./setup/stand_ins.ts";

const [npm, jsr] = [readLock("tests/npm/deno.lock"), readLock("vendor/jsr.lock")];
if (!npm || !jsr) throw new Error("deno task setup makes the locks that this joins");
write("vendor/deno.lock", `${JSON.stringify(joinLocks(npm, jsr), null, 2)}\n`);

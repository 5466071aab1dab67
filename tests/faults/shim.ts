/**
 * The shim between pitboot and libc, and what it writes of the calls that it
 * sees.
 *
 * @module
 */

const SOURCE = new URL("./shim.c", import.meta.url).pathname;

/** A call that changes files below the root of a PIT. */
export interface SeenCall {
  /** Its number, from 1. */
  readonly n: number;
  /** Nanoseconds of some clock. */
  readonly at: number;
  /** For instance `rename`. */
  readonly kind: string;
  /** As seen from inside. */
  readonly path: string;
  /** Where a rename led to; else empty. */
  readonly to: string;
  /** Whether the fault was brought about there. */
  readonly isHit: boolean;
}

/** How a call goes wrong; the shim says what each of them does. */
export type Way =
  | "kill"
  | "after"
  | "half"
  | "cut"
  | "later"
  | "EIO"
  | "ENOSPC"
  | "EACCES"
  | "EROFS";

/** A call that goes wrong. */
export interface Fault {
  /** The number of the call, from 1. */
  readonly at: number;
  readonly way: Way;
  /** Microseconds, for `later`. */
  readonly delay?: number;
}

/** The numbers of errors, and whether what causes them stays. */
const ERRNOS: Readonly<Record<string, { readonly number: number; readonly lasts: boolean }>> = {
  EIO: { number: 5, lasts: false },
  EACCES: { number: 13, lasts: false },
  ENOSPC: { number: 28, lasts: true },
  EROFS: { number: 30, lasts: true },
};

/**
 * Builds the shim.
 *
 * @param directory Where.
 * @returns Its path.
 */
export async function buildShim(directory: string): Promise<string> {
  return await compile(SOURCE, `${directory}/shim.so`, ["-shared", "-fPIC"]);
}

/**
 * Compiles a C program.
 *
 * @param source Its path.
 * @param out What is made of it.
 * @param options Further options of gcc.
 * @returns `out`.
 */
export async function compile(
  source: string,
  out: string,
  options: readonly string[] = [],
): Promise<string> {
  const args = [...options, "-O2", "-Wall", "-Wextra", "-o", out, source, "-ldl", "-lpthread"];
  const { success, stderr } = await new Deno.Command("gcc", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return out;
}

/** Variables of the environment that set the shim up. */
export function shimVariables(
  { shim, root, log }: { shim: string; root: string; log: string },
  fault: Fault | null,
): Record<string, string> {
  const base = { LD_PRELOAD: shim, FAULT_ROOT: root, FAULT_LOG: log };
  if (!fault) return base;
  const errno = ERRNOS[fault.way];
  return {
    ...base,
    FAULT_AT: `${fault.at}`,
    FAULT_HOW: errno ? `${errno.number}` : fault.way,
    FAULT_DELAY: `${fault.delay ?? 0}`,
    ...errno?.lasts && { FAULT_LASTS: "1" },
  };
}

/**
 * Reads what the shim wrote.
 *
 * @param text The text of the log.
 */
export function parseCalls(text: string): SeenCall[] {
  return text.split("\n").filter((line) => line.includes("\t")).map((line) => {
    const isHit = line.startsWith("hit ");
    const [n, at, kind = "", path = "", to = ""] = line.replace(/^hit /, "").split("\t");
    return { n: Number(n), at: Number(at), kind, path, to, isHit };
  });
}

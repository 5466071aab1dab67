/**
 * The check `tftp`: dnsmasq hands out each boot loader that it names.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { isForeign, loaderFault, parseBootLoaders } from "./boot_loaders.ts";
import { fine, type Judgement, notLooked, resultsOf, wrong } from "./judgement.ts";

/** Where to look, and whom to ask. */
export interface TftpOptions {
  readonly root: Root;
  /** dnsmasq.conf, as seen from inside. */
  readonly path: string;
  /** Gets a file by TFTP. */
  fetch(name: string): Promise<TftpAnswer>;
}

/** What came of a request by TFTP. */
export interface TftpAnswer {
  /** The exit code of curl; `null` if it did not end. */
  readonly code: number | null;
  readonly bytes: Uint8Array;
}

const FROM_PACKAGE = "it comes with the package metal-ipxe";
/** This curl knows no TFTP. */
const UNSUPPORTED = 1;

/** Gets each boot loader, and holds it against the file. */
export async function checkTftp({ root, path, fetch }: TftpOptions): Promise<CheckResult[]> {
  const asked = "the boot loaders by TFTP";
  const text = ifThere(() => root.readText(path, "is it readable?"));
  const { directory, owner, names } = parseBootLoaders(text ?? "");
  if (directory === null || names.length === 0) {
    const why = text === null ? "does not exist" : "names no boot loader and tftp-root";
    return resultsOf("tftp", [[null, notLooked(asked, `${path} ${why}`)]]);
  }
  const judged: Judgement[] = [];
  for (const name of names) {
    const file = `${directory}/${name}`;
    const bytes = ifThere(() => root.read(file));
    const isReadable = bytes !== null && (root.stat(file).mode & 0o444) !== 0;
    const judgement = bytes === null
      ? missingLoader(file)
      : judgeLoader({ file, bytes, owner, isReadable }, await fetch(name));
    judged.push(isForeign(name, Deno.build.arch) ? ofOtherMachines(judgement) : judgement);
  }
  return resultsOf("tftp", judged.map((each) => [null, each]));
}

/** Nodes are machines of the PIT's kind: they do without. */
function ofOtherMachines(judgement: Judgement): Judgement {
  return judgement.state === "failed" ? { ...judgement, state: "warning" } : judgement;
}

function missingLoader(file: string): Judgement {
  return wrong("failed", {
    asked: `${file} by TFTP`,
    found: "missing",
    message: `${file} does not exist, and dnsmasq.conf names it`,
    hint: FROM_PACKAGE,
  });
}

/** A boot loader as it lies there. */
interface LoaderFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Whose it must be; `null` if it may be anybody's. */
  readonly owner: string | null;
  readonly isReadable: boolean;
}

/** Why a file did not come, by what curl ends with. */
function whyNotSent(
  code: number | null,
  { file, owner, isReadable }: LoaderFile,
): [string, string] {
  if (code === 68) {
    return ["dnsmasq says that it does not exist", "does dnsmasq run with another tftp-root?"];
  }
  if (code !== 69) {
    return ["there is no answer by TFTP", "systemctl status dnsmasq; does it have enable-tftp?"];
  }
  return owner === null || !isReadable ? ["dnsmasq cannot read it", `chmod a+r ${file}`] : [
    `dnsmasq may not hand it out: with tftp-secure it must belong to ${owner}`,
    `chown ${owner} ${file}`,
  ];
}

function judgeLoader(loader: LoaderFile, answer: TftpAnswer): Judgement {
  const { file, bytes } = loader;
  const asked = `${file} by TFTP`;
  if (answer.code === UNSUPPORTED) return notLooked(asked, "this curl knows no TFTP");
  if (answer.code !== 0) {
    const [message, hint] = whyNotSent(answer.code, loader);
    const found = `curl ends with ${answer.code}`;
    return wrong("failed", { asked, found, message: `${file}: ${message}`, hint });
  }
  const found = `${answer.bytes.length} bytes`;
  if (!haveSameBytes(bytes, answer.bytes)) {
    return wrong("failed", {
      asked,
      found,
      message: `${file}: other bytes come (${answer.bytes.length}, not ${bytes.length})`,
      hint: "does another TFTP server answer, or from another tftp-root?",
    });
  }
  const fault = loaderFault(file, bytes);
  if (fault === null) return fine(asked, found);
  return wrong("failed", {
    asked,
    found,
    message: `${file}: ${fault}`,
    hint: FROM_PACKAGE,
  });
}

function haveSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

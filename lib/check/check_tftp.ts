/**
 * The check `tftp`: dnsmasq hands out each boot loader that it names.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { loaderFault, parseBootLoaders } from "./boot_loaders.ts";
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
  /** The exit code of curl. */
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** What curl says of TFTP. */
const TFTP_CODES: Readonly<Record<number, readonly [message: string, hint: string]>> = {
  68: ["dnsmasq says that it does not exist", "ls -l /var/www/boot"],
  69: [
    "dnsmasq may not hand it out: with tftp-secure it must belong to dnsmasq",
    "chown dnsmasq:tftp /var/www/boot/*.efi",
  ],
};
const NO_ANSWER = ["there is no answer by TFTP", "systemctl status dnsmasq"] as const;

/** Gets each boot loader, and holds it against the file. */
export async function checkTftp({ root, path, fetch }: TftpOptions): Promise<CheckResult[]> {
  const asked = "the boot loaders by TFTP";
  const text = ifThere(() => root.readText(path, "is it readable?"));
  const { directory, names } = parseBootLoaders(text ?? "");
  if (directory === null || names.length === 0) {
    const why = text === null ? "does not exist" : "names no boot loader and tftp-root";
    return resultsOf("tftp", [[null, notLooked(asked, `${path} ${why}`)]]);
  }
  const judged: Judgement[] = [];
  for (const name of names) {
    const bytes = ifThere(() => root.read(`${directory}/${name}`));
    const file = `${directory}/${name}`;
    judged.push(bytes ? judgeLoader(file, bytes, await fetch(name)) : missingLoader(file));
  }
  return resultsOf("tftp", judged.map((each) => [null, each]));
}

function missingLoader(file: string): Judgement {
  return wrong("failed", {
    asked: `${file} by TFTP`,
    found: "missing",
    message: `${file} does not exist, and dnsmasq.conf names it`,
    hint: "it comes with the package metal-ipxe",
  });
}

function judgeLoader(file: string, bytes: Uint8Array, answer: TftpAnswer): Judgement {
  const asked = `${file} by TFTP`;
  if (answer.code !== 0) {
    const [message, hint] = TFTP_CODES[answer.code] ?? NO_ANSWER;
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
    hint: "it comes with the package metal-ipxe",
  });
}

function haveSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

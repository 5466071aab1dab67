/**
 * The check `web`: the web server hands out to each node what its script asks for.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { LINK_NAMES, LINKS, SCRIPT } from "../boot/boot_tree.ts";
import type { BootNode, CheckResult } from "../document/document.ts";
import { PARTS } from "../images/each_of_three.ts";
import { type ServingFault, servingFault } from "../images/servable.ts";
import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import type { HeadAnswer, HeadAnswers, HeadFault } from "./head_requests.ts";
import { fine, type Judgement, notLooked, REMAKE, resultsOf, SET_UP, wrong } from "./judgement.ts";
import type { BootingScript } from "./node_scripts.ts";
import { type IsPit, isServedByPit } from "./pit_names.ts";

/** What answers are held against. */
export interface Served {
  readonly isPit: IsPit;
  /** By name, as `status` sees them. */
  readonly nodes: ReadonlyMap<string, BootNode>;
  readonly root: Root;
  /** The directory that the web server serves. */
  readonly webRoot: string;
}

const THE_FILES = `HEAD of script, initrd, kernel and rootfs`;

/**
 * Finds the addresses that a node asks the PIT for; those that its script leaves open, and
 * those of others, which the check `scripts` names, are left out. None without a script.
 */
export function addressesOf({ url, fetches }: BootingScript, isPit: IsPit): string[] {
  if (!fetches) return [];
  if (fetches.doubts.length > 0) return [url];
  const { initrd, kernel, rootfs } = fetches;
  const addresses = [initrd, kernel, rootfs].flatMap((address) => address ?? []);
  return [url, ...addresses.filter((address) => isServedByPit(address, isPit))];
}

/**
 * Judges what the web server answered.
 *
 * @param scripts What nodes ask for.
 * @param heads The answers.
 * @param served What should have come.
 */
export function checkWeb(
  scripts: readonly BootingScript[],
  heads: HeadAnswers,
  served: Served,
): CheckResult[] {
  const judge = new AnswerJudge(heads, served);
  return [
    ...resultsOf("web", scripts.map((script) => [script.node, judge.judge(script)])),
    ...resultsOf("web", heads.unresolved.map((name) => [null, nameless(name)])),
  ];
}

/** Nodes ask dnsmasq for names: to them this means nothing. */
function nameless(name: string): Judgement {
  return wrong("warning", {
    asked: `the address of ${name}`,
    found: "none",
    message: `this machine cannot resolve ${name}, and was asked at 127.0.0.1 in its place`,
    hint:
      `nodes ask dnsmasq for it; here /etc/hosts or /etc/resolv.conf must: getent hosts ${name}`,
  });
}

/** Says that the web server was not asked. */
export function webSkipped(scripts: readonly BootingScript[], why: string): CheckResult[] {
  return resultsOf("web", scripts.map(({ node }) => [node, notLooked(THE_FILES, why)]));
}

class AnswerJudge {
  readonly #heads: HeadAnswers;
  readonly #served: Served;
  /** Of what links lead to. */
  readonly #sizes = new Map<string, number | null>();

  constructor(heads: HeadAnswers, served: Served) {
    this.#heads = heads;
    this.#served = served;
  }

  judge(script: BootingScript): Judgement {
    const addresses = addressesOf(script, this.#served.isPit);
    for (const url of addresses) {
      const answer = this.#heads.answers.get(url);
      const judgement = answer
        ? this.#judgeAnswer(url, answer, script)
        : noAnswer(this.#heads.faults.get(url));
      if (judgement) return judgement;
    }
    const isWhole = addresses.length > PARTS.length;
    return fine(isWhole ? THE_FILES : `HEAD of ${SCRIPT}`, "200, of the right length");
  }

  /** `null` if nothing is there. Most links lead to one of a few files, which tell it once. */
  #sizeOf(path: string, { node, bytes }: BootingScript): number | null {
    const { root, webRoot, nodes } = this.#served;
    const directory = `${webRoot}/${node}/`;
    const name = path.startsWith(directory) ? path.slice(directory.length) : "";
    if (name === SCRIPT) return bytes;
    const part = PARTS.find((part) => LINK_NAMES[part] === name);
    const target = (part && nodes.get(node)?.[part]) ?? "";
    const known = this.#sizes.get(target);
    if (known !== undefined) return known;
    const size = ifThere(() => root.stat(path))?.size ?? null;
    if (target.startsWith("../")) this.#sizes.set(target, size);
    return size;
  }

  /** `null` if that is what should come. */
  #judgeAnswer(
    url: string,
    { status, bytes }: HeadAnswer,
    script: BootingScript,
  ): Judgement | null {
    const { webRoot } = this.#served;
    const { pathname } = new URL(url);
    const path = `${webRoot}${decoded(pathname)}`;
    const shown = pathname.replace(`/${script.node}/`, "/NODE/");
    const asked = `HEAD ${shown}`;
    const size = this.#sizeOf(path, script);
    if (status === 200 && (bytes === null || bytes === size)) return null;
    if (status === 200) {
      return wrong("failed", {
        asked,
        found: `200, ${bytes} bytes`,
        message: `${shown} has ${bytes} bytes there, and ${size ?? "no"} bytes here`,
        hint: "does another server answer, or from another directory (DocumentRoot)?",
      });
    }
    const { message, hint } = status === 403
      ? this.#whyForbidden(path, size)
      : status === 404
      ? whyNotFound(pathname.split("/").at(-1) ?? "", size)
      : ELSE;
    return wrong("failed", { asked, found: `${status}`, message: `${shown}: ${message}`, hint });
  }

  /** Apache says 403 for four reasons; the files tell which it is. */
  #whyForbidden(path: string, size: number | null): { message: string; hint: string } {
    const { root, webRoot } = this.#served;
    const link = ifThere(() => root.lstat(path));
    if (link === null) return whyNotFound(path.slice(path.lastIndexOf("/") + 1), null);
    if (size === null) {
      return { message: "403, it points to nothing", hint: `set the links again: ${SET_UP}` };
    }
    const target = link.isSymlink ? join(dirname(path), root.readLink(path)) : path;
    const fault = servingFault(root, target, webRoot) ?? servingFault(root, path, webRoot);
    if (fault !== null) return closedTo(fault);
    if (link.isSymlink && root.stat(path).uid !== link.uid) {
      return {
        message: "403, the link and its target have different owners (SymLinksIfOwnerMatch)",
        hint: `set the links again: ${SET_UP}`,
      };
    }
    return {
      message: "403, a rule of the web server refuses this path",
      hint:
        "grant it in /etc/apache2 as for ^/ncn- (LocationMatch), then: systemctl reload apache2",
    };
  }
}

/** Its mode says so. */
function closedTo({ path, message, command }: ServingFault): { message: string; hint: string } {
  return {
    message: `403, ${path}: ${message}`,
    hint: command === null ? "look into /var/log/apache2/error_log" : `${command} ${path}`,
  };
}

/** Why the web server does not answer, by what curl ends with. */
const NO_ANSWERS: Readonly<Record<number, readonly [message: string, hint: string]>> = {
  7: [
    "no web server listens there",
    "systemctl status apache2; if it runs: does getent hosts pit name this machine?",
  ],
  28: ["the web server does not answer in time", "systemctl status apache2; is it busy?"],
};
/** curl itself is not able to ask. */
const CURLS_OWN: ReadonlySet<number> = new Set([1, 2, 4, 26, 27]);

function noAnswer(fault: HeadFault | undefined): Judgement {
  const { code, said } = fault ?? { code: -1, said: "it was not asked" };
  if (CURLS_OWN.has(code)) return notLooked(THE_FILES, said);
  const [message, hint] = NO_ANSWERS[code] ??
    ["the web server gives no answer", "look into /var/log/apache2/error_log"];
  const found = "no answer";
  return wrong("failed", { asked: THE_FILES, found, message: `${message}: ${said}`, hint });
}

/** Either the script asks for what nobody linked, or another directory is handed out. */
function whyNotFound(
  name: string,
  size: number | null,
): { message: string; hint: string } {
  if (size !== null) {
    return {
      message: "the web server does not know it",
      hint: "it is there: does another server answer, or from another directory (DocumentRoot)?",
    };
  }
  const isLink = LINKS.some((link) => link === name);
  return { message: "it does not exist", hint: isLink ? SET_UP : REMAKE };
}

const ELSE = {
  message: "the web server does not hand it out",
  hint: "look into /var/log/apache2/error_log",
};

/** The name of a file in an address; what is no such name stays as it is. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

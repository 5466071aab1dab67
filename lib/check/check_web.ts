/**
 * The check `web`: the web server hands out to each node what its script asks for.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { SCRIPT } from "../boot/boot_tree.ts";
import type { CheckResult } from "../document/document.ts";
import { unservable } from "../images/servable.ts";
import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import type { HeadAnswer, HeadAnswers } from "./head_requests.ts";
import { fine, type Judgement, notLooked, resultsOf, SET_UP, wrong } from "./judgement.ts";
import type { BootingScript } from "./node_scripts.ts";

/** What answers are held against. */
export interface Served {
  readonly root: Root;
  /** The directory that the web server serves. */
  readonly webRoot: string;
}

const THE_FILES = `HEAD of script, initrd, kernel and rootfs`;

/** Finds the addresses that a node asks for; those that its script leaves open are left out. */
export function addressesOf({ url, fetches }: BootingScript): string[] {
  if (!fetches || fetches.doubts.length > 0) return [url];
  const { initrd, kernel, rootfs } = fetches;
  return [url, initrd, kernel, rootfs].flatMap((address) => address ?? []);
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
  return resultsOf("web", scripts.map((script) => [script.node, judge.judge(script)]));
}

/** Says that the web server was not asked. */
export function webSkipped(scripts: readonly BootingScript[], why: string): CheckResult[] {
  return resultsOf("web", scripts.map(({ node }) => [node, notLooked(THE_FILES, why)]));
}

class AnswerJudge {
  readonly #heads: HeadAnswers;
  readonly #served: Served;

  constructor(heads: HeadAnswers, served: Served) {
    this.#heads = heads;
    this.#served = served;
  }

  judge(script: BootingScript): Judgement {
    for (const url of addressesOf(script)) {
      const answer = this.#heads.answers.get(url);
      const judgement = answer && answer.status > 0
        ? this.#judgeAnswer(url, answer, script.node)
        : this.#unanswered();
      if (judgement) return judgement;
    }
    const isWhole = addressesOf(script).length > 1;
    return fine(isWhole ? THE_FILES : `HEAD of ${SCRIPT}`, "200, of the right length");
  }

  #unanswered(): Judgement {
    return wrong("failed", {
      asked: THE_FILES,
      found: "no answer",
      message: `the web server does not answer: ${this.#heads.fault ?? "it was not reached"}`,
      hint: "systemctl status apache2",
    });
  }

  /** `null` if that is what should come. */
  #judgeAnswer(url: string, { status, bytes }: HeadAnswer, node: string): Judgement | null {
    const { root, webRoot } = this.#served;
    const { pathname } = new URL(url);
    const path = `${webRoot}${decoded(pathname)}`;
    const shown = pathname.replace(`/${node}/`, "/NODE/");
    const asked = `HEAD ${shown}`;
    const size = ifThere(() => root.stat(path))?.size ?? null;
    if (status === 200 && (bytes === null || bytes === size)) return null;
    if (status === 200) {
      return wrong("failed", {
        asked,
        found: `200, ${bytes} bytes`,
        message: `${shown} has ${bytes} bytes there, and ${size ?? "no"} bytes here`,
        hint: "does another server answer, or from another directory (DocumentRoot)?",
      });
    }
    const why = status === 403 ? this.#whyForbidden(path, size) : null;
    const { message, hint } = why ?? ELSE;
    return wrong("failed", { asked, found: `${status}`, message: `${shown}: ${message}`, hint });
  }

  /** Apache says 403 for four reasons; the files tell which it is. */
  #whyForbidden(path: string, size: number | null): { message: string; hint: string } {
    const { root, webRoot } = this.#served;
    const link = root.lstat(path);
    if (size === null) {
      return { message: "403, it points to nothing", hint: `set the links again: ${SET_UP}` };
    }
    const target = link.isSymlink ? join(dirname(path), root.readLink(path)) : path;
    const why = unservable(root, target, webRoot) ?? unservable(root, path, webRoot);
    if (why !== null) return { message: "403", hint: why };
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

/**
 * The check `scripts`: what script.ipxe asks for is what is linked, from this PIT.
 *
 * @module
 */

import { LINK_NAMES, SCRIPT } from "../boot/boot_tree.ts";
import { parameterOf } from "../boot/ipxe_script.ts";
import type { CheckResult } from "../document/document.ts";
import { PARTS } from "../images/each_of_three.ts";
import { fine, type Judgement, notLooked, REMAKE, resultsOf, SET_UP, wrong } from "./judgement.ts";
import type { BootingScript } from "./node_scripts.ts";
import type { IsPit } from "./pit_names.ts";

/**
 * Judges the scripts of nodes.
 *
 * @param scripts Those of the nodes that are to boot.
 * @param options `boot`: the text of boot/script.ipxe, `null` if it does not exist; `isPit`:
 * knows the PIT.
 */
export function checkScripts(
  scripts: readonly BootingScript[],
  { boot, isPit }: { readonly boot: string | null; readonly isPit: IsPit },
): CheckResult[] {
  return [
    ...resultsOf("scripts", scripts.map((script) => [script.node, judgeScriptOf(script, isPit)])),
    ...resultsOf("scripts", [[null, judgeBoot(boot)]]),
  ];
}

function judgeScriptOf({ node, fetches }: BootingScript, isPit: IsPit): Judgement {
  const asked = `NODE/${SCRIPT}`;
  if (!fetches) {
    const message = "there is no script.ipxe: they fall to the menu of iPXE";
    return wrong("failed", { asked, found: "missing", message, hint: SET_UP });
  }
  if (fetches.doubts.length > 0) {
    return notLooked(asked, `not understood: ${fetches.doubts.join("; ")}`);
  }
  const found = PARTS.map((part) => anyNode(fetches[part] ?? `no ${part}`, node)).join(" ")
    .replaceAll(" http://pit/NODE/", " ");
  for (const part of PARTS) {
    const path = `/${node}/${LINK_NAMES[part]}`;
    const message = faultOf(fetches[part], { path, part, isPit });
    if (message) {
      return wrong("failed", { asked, found, message: anyNode(message, node), hint: REMAKE });
    }
  }
  const hostname = parameterOf(fetches.parameters, "hostname");
  if (hostname !== null && hostname !== node) {
    const message = `it gives the node the name ${hostname}`;
    return wrong("failed", { asked, found, message, hint: REMAKE });
  }
  return fine(asked, found);
}

/** Names differ from node to node; nodes with the same fault share a line. */
function anyNode(text: string, node: string): string {
  return text.replaceAll(`/${node}/`, "/NODE/");
}

function faultOf(
  address: string | null,
  { path, part, isPit }: { path: string; part: string; isPit: IsPit },
): string | null {
  if (address === null) return `it asks for no ${part}`;
  const url = URL.parse(address);
  if (!url) return `it asks for ${address}, which is not an address`;
  const { hostname, pathname } = url;
  if (!isPit(hostname)) return `it asks ${hostname} for its ${part}, not the PIT`;
  return pathname === path ? null : `it asks for ${pathname}, and the link is ${path}`;
}

function judgeBoot(boot: string | null): Judgement {
  const asked = `boot/${SCRIPT}`;
  if (boot !== null && boot.startsWith("#!ipxe")) {
    return fine(asked, "a script of iPXE");
  }
  return wrong("failed", {
    asked,
    found: boot === null ? "missing" : "not a script of iPXE",
    message: boot === null
      ? "it does not exist: a machine that has no directory of its own boots nothing"
      : "it does not begin with #!ipxe",
    hint: "was it renamed to collect MACs (boot/script.ipxe.bak)? Move it back",
  });
}

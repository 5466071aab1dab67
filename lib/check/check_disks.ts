/**
 * The check `disks`: who will wipe its disks, and who will keep an old root filesystem.
 *
 * @module
 */

import { WIPES } from "../boot/no_wipe.ts";
import { parameterOf } from "../boot/ipxe_script.ts";
import type { CheckResult } from "../document/document.ts";
import { fine, type Judgement, notLooked, resultsOf, wrong } from "./judgement.ts";
import type { BootingScript } from "./node_scripts.ts";

const PARAMETERS = "metal.no-wipe and rd.live.dir of NODE/script.ipxe";

/** Says what nodes will do with their disks. */
export function checkDisks(scripts: readonly BootingScript[]): CheckResult[] {
  return resultsOf("disks", scripts.map((script) => [script.node, judgeDisks(script)]));
}

function judgeDisks({ fetches }: BootingScript): Judgement {
  if (!fetches) return notLooked(PARAMETERS, "there is no script.ipxe");
  if (fetches.kernel === null) return notLooked(PARAMETERS, "script.ipxe starts no kernel");
  if (fetches.wipeDoubt !== null) {
    return notLooked(PARAMETERS, `not understood: ${fetches.wipeDoubt}`);
  }
  const value = parameterOf(fetches.parameters, "metal.no-wipe");
  const directory = parameterOf(fetches.parameters, "rd.live.dir") ?? "LiveOS";
  if (value === null) {
    return wrong("warning", {
      asked: PARAMETERS,
      found: "no metal.no-wipe",
      message: "script.ipxe has no metal.no-wipe: they WIPE their disks",
      hint:
        "right for a new installation, and metal.no-wipe=0 says so; metal.no-wipe=1 keeps disks",
    });
  }
  if (WIPES.has(value)) return fine(PARAMETERS, `metal.no-wipe=${value}: disks are wiped`);
  return wrong("warning", {
    asked: PARAMETERS,
    found: `metal.no-wipe=${value || "1"}`,
    message:
      `they keep their disks, and so the root filesystem in ${directory} on them, if it is there`,
    hint:
      "for a new installation the script needs metal.no-wipe=0; for a new image another rd.live.dir",
  });
}

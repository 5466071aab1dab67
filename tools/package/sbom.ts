/**
 * The bill of materials of a program: CycloneDX 1.6 in JSON.
 *
 * @module
 */

import type { Build } from "../../lib/cli/build.ts";
import { PITBOOT } from "../../lib/cli/program.ts";
import { standInsIn } from "./program.ts";

/** What is in a program. */
export interface Materials {
  readonly version: string;
  readonly arch: string;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  readonly build: Build;
  /** Seconds since the epoch. */
  readonly time: number;
}

/**
 * Writes the bill of materials of a program.
 *
 * @param materials What is in it.
 * @returns The same for the same.
 */
export function sbomOf({ version, arch, sha256, build, time }: Materials): unknown {
  const self = `pitboot@${version}`;
  const deno = component("framework", "deno", {
    version: build.deno,
    purl: `pkg:github/denoland/deno@v${build.deno}`,
    description: "The runtime, with V8 and its other parts in it",
  });
  const packages = Object.entries(build.std).flatMap(([name, version]) =>
    version === null ? [] : component("library", name, {
      version,
      purl: `pkg:generic/${encodeURIComponent(name).replace("%2F", "/")}@${version}`,
    })
  );
  const standIns = standInsIn(build);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(sha256)}`,
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString(),
      component: {
        ...component("application", PITBOOT.name, {
          version,
          purl: `pkg:generic/pitboot@${version}?arch=${arch}&checksum=sha256:${sha256}`,
          description: PITBOOT.summary,
        }),
        hashes: [{ alg: "SHA-256", content: sha256 }],
        properties: [
          { name: "pitboot:arch", value: arch },
          { name: "pitboot:commit", value: build.commit ?? "unknown" },
          { name: "pitboot:stand-ins", value: standIns.join(" ") || "none" },
        ],
      },
    },
    components: [deno, ...packages],
    dependencies: [
      { ref: self, dependsOn: [deno, ...packages].map((each) => each["bom-ref"]) },
      ...[deno, ...packages].map((each) => ({ ref: each["bom-ref"] })),
    ],
    // What Deno is made of, its own releases say.
    compositions: [{ aggregate: "incomplete", assemblies: [deno["bom-ref"]] }],
  };
}

interface Component {
  readonly "bom-ref": string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly licenses: readonly unknown[];
  readonly purl: string;
}

/** All that we are made of has the same license. */
function component(
  type: string,
  name: string,
  { version, purl, description }: { version: string; purl: string; description?: string },
): Component {
  return {
    "bom-ref": `${name}@${version}`,
    type,
    name,
    version,
    ...(description ? { description } : {}),
    licenses: [{ license: { id: "MIT" } }],
    purl,
  };
}

/** A digest in the form of a UUID, of the version for what somebody else defines. */
function uuidOf(sha256: string): string {
  const digits = `${sha256.slice(0, 12)}8${sha256.slice(13, 16)}8${sha256.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

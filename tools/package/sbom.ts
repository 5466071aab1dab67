/**
 * The bill of materials of a program: CycloneDX 1.6 in JSON.
 *
 * @module
 */

import type { Build } from "../../lib/cli/build.ts";
import { PITBOOT } from "../../lib/cli/program.ts";
import type { Licenses } from "./licenses.ts";
import { type Part, partsOf, standInsIn } from "./parts.ts";

/** What is in a program. */
export interface Materials {
  readonly version: string;
  readonly arch: string;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  readonly build: Build;
  /** Seconds since the epoch. */
  readonly time: number;
  /** The texts that are at hand. */
  readonly licenses: Licenses;
}

/**
 * Writes the bill of materials of a program.
 *
 * @param materials What is in it.
 * @returns The same for the same.
 */
export function sbomOf({ version, arch, sha256, build, time, licenses }: Materials): unknown {
  const self = `pitboot@${version}`;
  const parts = partsOf(build);
  const components = parts.map((part) => component(part, licenses[part.licenseName]));
  const refs = components.map((each) => each["bom-ref"]);
  const standIns = standInsIn(build);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(sha256)}`,
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString(),
      component: {
        ...component({
          type: "application",
          name: PITBOOT.name,
          version,
          purl: `pkg:generic/pitboot@${version}?arch=${arch}&checksum=sha256:${sha256}`,
          description: PITBOOT.summary,
          license: "MIT",
        }, licenses.LICENSE),
        hashes: [{ alg: "SHA-256", content: sha256 }],
        properties: [
          { name: "pitboot:arch", value: arch },
          { name: "pitboot:commit", value: build.commit ?? "unknown" },
          { name: "pitboot:stand-ins", value: standIns.join(" ") || "none" },
        ],
      },
    },
    components,
    dependencies: [
      { ref: self, dependsOn: refs },
      ...refs.map((ref) => ({ ref })),
    ],
    // What Deno is made of, its own releases say.
    compositions: [{ aggregate: "incomplete", assemblies: refs.slice(0, 1) }],
  };
}

/** We, or a part of us. */
type Described = Omit<Part, "type" | "licenseName"> & { readonly type: string };

interface Component {
  readonly "bom-ref": string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly licenses: readonly unknown[];
  readonly purl: string;
}

function component(
  { type, name, version, description, purl, license }: Described,
  text: string | undefined,
): Component {
  const attachment = text === undefined
    ? {}
    : { text: { contentType: "text/plain", content: text } };
  return {
    "bom-ref": `${name}@${version}`,
    type,
    name,
    version,
    ...(description ? { description } : {}),
    licenses: [{ license: { id: license, ...attachment } }],
    purl,
  };
}

/** A digest in the form of a UUID, of the version for what somebody else defines. */
function uuidOf(sha256: string): string {
  const digits = `${sha256.slice(0, 12)}8${sha256.slice(13, 16)}8${sha256.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

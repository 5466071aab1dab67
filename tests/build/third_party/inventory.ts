/**
 * A program of somebody else, which has only what the library exports: what
 * nodes there are, what they could boot, and what a document says of them.
 *
 * Synopsis: inventory.ts STATICS LISTING <DOCUMENT
 *
 * `LISTING` has a line for each file of an image: time in seconds since the
 * epoch, size in bytes, path; as `find -printf '%T@ %s %p\n'` writes it.
 *
 * @module
 */

import {
  type ArtifactFile,
  type BootTriple,
  BUILT_IN_ROLES,
  chooseTriple,
  type Document,
  findTriples,
  foldHosts,
  parseDocument,
  parseStatics,
  type Problem,
  type Role,
  roleOf,
  ShapeError,
  type StaticBmc,
  VERSION,
  type Wish,
} from "@pitboot/pitboot";

const ANY: Wish = { release: null, stream: null, arch: null };

/** A line for each role: its nodes and the image that they would boot. */
function rolesOf(bmcs: readonly StaticBmc[], files: readonly ArtifactFile[]): string[] {
  return BUILT_IN_ROLES.map((role: Role) => {
    const nodes = bmcs.map(({ node }) => node).filter((node) =>
      roleOf(node, BUILT_IN_ROLES) === role
    );
    const triple: BootTriple | null = chooseTriple(findTriples(role, files).triples, ANY, "x86_64");
    const image = triple ? `${triple.release}, kernel ${triple.kernelVersion}` : "none";
    return `${role.name}: ${foldHosts(nodes)}: ${image}`;
  });
}

/** A line for each thing that an administrator should know. */
function problemsOf({ problems }: Document): string[] {
  return problems.map(({ stage, message, hint }: Problem) =>
    `${stage}: ${message}${hint === null ? "" : ` (${hint})`}`
  );
}

function readListing(text: string): ArtifactFile[] {
  return [...text.matchAll(/^(\S+) (\d+) (.+)$/gm)].map(([, time, bytes, path = ""]) => ({
    path,
    bytes: Number(bytes),
    modified: Number(time) * 1000,
  }));
}

const [staticsFile = "", listing = ""] = Deno.args;
try {
  const { bmcs, faults } = parseStatics(Deno.readTextFileSync(staticsFile));
  for (const { line, message } of faults) console.error(`line ${line}: ${message}`);
  const document = parseDocument(await new Response(Deno.stdin.readable).text());
  const states = (document.bmcs ?? []).map(({ name, state }) => `${name}: ${state}`);
  console.log([
    `pitboot ${VERSION}`,
    ...rolesOf(bmcs, readListing(Deno.readTextFileSync(listing))),
    ...states,
    ...problemsOf(document),
  ].join("\n"));
} catch (error) {
  if (error instanceof ShapeError) console.error(`${error.path}: not ${error.expected}`);
  else throw error;
  Deno.exit(1);
}

/**
 * Finds the node among the systems of a BMC.
 *
 * @module
 */

import { type Entrance, findRoot, logIn, type Visit } from "./log_in.ts";
import { managerResource } from "./manager.ts";
import { type PatientService, WalkEnd } from "./patient_service.ts";
import { membersOf } from "./payload.ts";
import type { ServiceRoot } from "./probe.ts";
import { type SystemResource, systemResource } from "./system.ts";

/** A system, and its path. */
interface FoundSystem extends SystemResource {
  readonly path: string;
}

/** Nobody has more. */
const MOST_SYSTEMS = 8;
const MOST_BMCS = 8;

/**
 * Finds the node: the only system; else the only machine; else the only one that a BMC with a
 * network interface manages.
 *
 * @param visit The service.
 * @param entrance Who comes in.
 * @returns Its path.
 * @throws {WalkEnd} If it cannot be told from others: nothing is done then.
 */
export async function findSystem(visit: Visit, entrance: Entrance): Promise<string> {
  const root = entrance.root ?? await findRoot(visit, entrance);
  const paths = membersOf((await logIn(visit, root.systems, entrance)).json);
  const [only, second] = paths;
  if (only === undefined) throw new WalkEnd("no-system", "it names no system");
  if (second === undefined) return only;
  const systems: FoundSystem[] = [];
  for (const path of paths.slice(0, MOST_SYSTEMS)) {
    const { json } = await visit.patient.read(path);
    systems.push({ path, ...systemResource(path, json) });
  }
  return await tellApart(visit.patient, root, systems);
}

async function tellApart(
  patient: PatientService,
  { managers }: ServiceRoot,
  systems: readonly FoundSystem[],
): Promise<string> {
  const machines = systems.filter(({ isMachine, reset }) => isMachine && reset !== null);
  const [machine, another] = machines;
  if (machine && !another) return machine.path;
  const bmcs = machine ? await findBmcs(patient, managers) : [];
  const managed = machines.filter((each) => each.managers.some((path) => bmcs.includes(path)));
  const [system, other] = managed;
  if (system && !other) return system.path;
  const names = systems.map(({ name }) => name).join(", ");
  throw new WalkEnd("no-system", `cannot tell its node from other systems: ${names}`);
}

async function findBmcs(patient: PatientService, managers: string): Promise<readonly string[]> {
  const bmcs: string[] = [];
  for (const path of membersOf((await patient.read(managers)).json).slice(0, MOST_BMCS)) {
    if (managerResource((await patient.read(path)).json)) bmcs.push(path);
  }
  return bmcs;
}

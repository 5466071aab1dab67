/**
 * The resources of a Redfish service, as one of that kind has answered.
 *
 * @module
 */

/** An answer. */
export type Resource = Record<string, unknown>;

/** By path, without a slash at its end. */
export type Tree = Map<string, Resource>;

const DUMPS = new URL("../../testdata/redfish/", import.meta.url).pathname;

/**
 * Reads all answers of a service.
 *
 * @param dump Its directory.
 * @returns A tree of one's own.
 */
export function readTree(dump: string): Tree {
  const read = (path: string): [string, Resource][] =>
    [...Deno.readDirSync(`${DUMPS}${dump}${path}`)].flatMap(({ name, isDirectory }) =>
      isDirectory ? read(`${path}/${name}`) : [[
        `/redfish/v1${path}`,
        JSON.parse(Deno.readTextFileSync(`${DUMPS}${dump}${path}/${name}`)),
      ]]
    );
  return new Map(read(""));
}

/**
 * Renames a part of all paths.
 *
 * @param tree The resources.
 * @param from A part of paths, for instance `/NetworkProtocol`.
 * @param to What it is to be called.
 * @returns The resources, with the links to them.
 */
export function renamed(tree: Tree, from: string, to: string): Tree {
  const text = JSON.stringify([...tree]);
  return new Map(
    JSON.parse(text.replaceAll(`${from}/`, `${to}/`).replaceAll(`${from}"`, `${to}"`)),
  );
}

/**
 * Reads a value.
 *
 * @param resource Where.
 * @param key Names with dots between.
 * @returns The value; `undefined` where there is none.
 */
export function at(resource: unknown, key: string): unknown {
  return key.split(".").reduce<unknown>(
    (part, name) => (part as Resource | null | undefined)?.[name],
    resource,
  );
}

/**
 * Writes a value.
 *
 * @param resource Where.
 * @param key Names with dots between; all but the last are made if they are not there.
 * @param value The value.
 */
export function put(resource: Resource, key: string, value: unknown): void {
  const names = key.split(".");
  const last = names.pop() ?? "";
  const place = names.reduce<Resource>((part, name) => (part[name] ??= {}) as Resource, resource);
  place[last] = value;
}

/**
 * Lists what an object holds.
 *
 * @param resource The object.
 * @param before Set before each key.
 * @returns Each value that is no object, by its key with dots between.
 */
export function leaves(resource: Resource, before = ""): [key: string, value: unknown][] {
  return Object.entries(resource).flatMap(([name, value]): [string, unknown][] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? leaves(value as Resource, `${before}${name}.`)
      : [[before + name, value]]
  );
}

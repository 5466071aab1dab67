/** Stand-in for jsr:@std/path, as far as it goes without node:path, which takes its time to load. */

export function join(...parts: string[]): string {
  const path = parts.filter((part) => part !== "").join("/");
  const names = namesOf(path);
  const inside = path.startsWith("/") ? names.filter((name) => name !== "..") : names;
  const end = path.endsWith("/") && inside.length > 0 ? "/" : "";
  return `${path.startsWith("/") ? "/" : ""}${inside.join("/")}${end}` || ".";
}

export function relative(from: string, to: string): string {
  const [here, there] = [namesOf(from), namesOf(to)];
  const different = here.findIndex((name, i) => name !== there[i]);
  const common = different < 0 ? here.length : different;
  return [...here.slice(common).map(() => ".."), ...there.slice(common)].join("/");
}

export function basename(path: string): string {
  return /[^/]+(?=\/*$)/.exec(path)?.[0] ?? (path.startsWith("/") ? "/" : "");
}

export function dirname(path: string): string {
  const [, directory = path.startsWith("/") ? "/" : "."] = /^(.*?[^/]|)\/+[^/]+\/*$/.exec(path) ??
    [];
  return directory || "/";
}

/** The names on a path; `..` stays where there is nothing to leave. */
function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === ".." && names.length > 0 && names.at(-1) !== "..") names.pop();
    else names.push(name);
  }
  return names;
}

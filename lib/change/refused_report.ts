/**
 * Which nodes the web server refuses what they boot: what is set up for them is of no use.
 *
 * @module
 */

import type { Report } from "../document/problems.ts";
import type { BootRequest } from "../progress/boot_request.ts";
import { foldHosts } from "../text/host_range.ts";

const FORBIDDEN = 403;
/** What a PIT's Apache grants by a rule of its own. */
const GRANTED = /^ncn-/;
/** How a site grants another. */
const GRANT =
  "grant the path in /etc/apache2 as for ^/ncn- (LocationMatch), then: systemctl reload apache2";

/**
 * Names nodes whose last answer of the web server was 403.
 *
 * @param names The nodes that are set up.
 * @param requests By node: what it asked for itself.
 */
export function refusedProblems(
  names: readonly string[],
  requests: ReadonlyMap<string, readonly BootRequest[]>,
): Report[] {
  const refused = names.flatMap((name) => {
    const last = lastRequest(requests.get(name) ?? []);
    return last?.status === FORBIDDEN ? [{ name, ...last }] : [];
  });
  const byRule = Map.groupBy(refused, ({ name }) => GRANTED.test(name));
  return [...byRule].flatMap(([isGranted, group]) => {
    const nodes = group.map(({ name }) => name).sort();
    const range = foldHosts(nodes);
    const [first] = group;
    if (!first) return [];
    const when = new Date(first.at).toISOString().slice(11, 19);
    return [
      ["web-refused", {
        message: `the web server refused files to ${range}: 403 for ${first.path} at ${when} UTC`,
        hint: (typed) => {
          const check = typed.command("check", "--nodes", range);
          return isGranted ? `${check} says why` : `${GRANT}; ${check} says whether that helps`;
        },
        nodes,
      }] satisfies Report,
    ];
  });
}

function lastRequest(requests: readonly BootRequest[]): BootRequest | null {
  return requests.reduce<BootRequest | null>(
    (last, request) => last && last.at > request.at ? last : request,
    null,
  );
}

/**
 * Violations that are alike, together.
 *
 * @module
 */

/** What went wrong somewhere. */
interface Bad {
  readonly violations: readonly string[];
}

/**
 * Lists violations, those that are alike together.
 *
 * @param outcomes What became of something.
 * @param again How to see an outcome again.
 * @returns Lines, each with how often.
 */
export function groupViolations<T extends Bad>(
  outcomes: readonly T[],
  again: (outcome: T) => string,
): string[] {
  const groups = new Map<string, T[]>();
  for (const outcome of outcomes) {
    for (const violation of new Set(outcome.violations)) {
      groups.set(violation, [...groups.get(violation) ?? [], outcome]);
    }
  }
  return [...groups].map(([violation, some]) =>
    `${String(some.length).padStart(5)}x ${violation}\n       ${some.slice(0, 1).map(again)}`
  );
}

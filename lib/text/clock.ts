/**
 * Lengths of time as clocks show them.
 *
 * @module
 */

/**
 * Writes a length of time as a clock does, for instance `13:41`.
 *
 * @param milliseconds What is begun of a second counts.
 */
export function clock(milliseconds: number): string {
  const seconds = Math.max(Math.ceil(milliseconds / 1000), 0);
  const two = (number: number): string => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const front = hours > 0 ? `${hours}:${two(minutes % 60)}` : `${minutes}`;
  return `${front}:${two(seconds % 60)}`;
}

/**
 * A wrong password, tried at a hundred BMCs, locks out the user at a hundred
 * BMCs: the first few are asked before the crowd.
 *
 * @module
 */

/** So many that refuse, and none that lets us in, are enough. */
const FEW = 3;

/** The results so far, and the speed that was asked for. */
export interface Trial {
  /** How many BMCs have let us in: the password is right. */
  readonly letIn: number;
  /** How many have refused the password. */
  readonly refused: number;
  /** The most at once. */
  readonly fanout: number;
  /** Whether to go on although the first ones refuse the password. */
  readonly keepGoing: boolean;
}

/** Tells whether those that refused are all that answered, and enough. */
export function isRefused({ letIn, refused, keepGoing }: Trial): boolean {
  return !keepGoing && letIn === 0 && refused >= FEW;
}

/**
 * Tells how many BMCs may be asked at once, those that are being asked among them.
 *
 * @param trial The results so far.
 * @param silent How many of these have not answered for a while: they say
 * nothing of the password, so others are asked in their place.
 */
export function mostAtOnce(trial: Trial, silent: number): number {
  const { letIn, refused, fanout, keepGoing } = trial;
  if (isRefused(trial)) return 0;
  if (keepGoing) return fanout;
  // With one that lets us in the password is right, and the crowd may come, but
  // not all at once: what overloads this machine makes all BMCs look slow.
  const few = letIn > 0 ? FEW + letIn : FEW - refused;
  return Math.min(few + silent, fanout);
}

/**
 * Tells whether one more BMC may be told the password that has been silent so far.
 *
 * @param trial The results so far.
 * @param trying How many of these are told it now.
 */
export function mayTryMore(trial: Trial, trying: number): boolean {
  const { letIn, refused, keepGoing } = trial;
  return keepGoing || letIn > 0 || trying < FEW - refused;
}

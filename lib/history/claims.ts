/**
 * Claims what a command works on, so that no other one works on the same.
 *
 * @module
 */

import { type Advice, guarded } from "../io/failures.ts";
import { HeldFile } from "../io/held_file.ts";
import { LOCK_WAIT_MS } from "../io/lock.ts";
import { pause } from "../io/within.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { type Claim, type ClaimedWork, commonWork } from "./claim.ts";
import { callerWords, claimedFailure } from "./claim_words.ts";
import { checkState, type StateFlags, type TurnHost, Turns, UNWRITABLE } from "./lock_state.ts";
import { type ClaimFile, readClaimFiles } from "./read_claims.ts";
import { claimPath } from "./state_paths.ts";

/** How long to wait before the claims of others are looked at again. */
const LOOK_AGAIN_MS = 50;

/** A command among others: its turns, and what it works on. */
export class Claims implements Disposable {
  readonly #host: TurnHost;
  readonly #state: string;
  readonly #root: WritableRoot;
  readonly #turns: Turns;
  /** The turn that it has from the beginning. */
  #first: Disposable | null = null;
  #file: HeldFile | null = null;
  /** The number of its file. */
  #number = 0;
  /** What there was when its turn began; until that ends nobody begins anything. */
  #files: readonly ClaimFile[] = [];
  readonly #generations = new Set<number>();
  /** What it has given back. */
  readonly #done = { nodes: new Set<string>(), bmcs: new Set<string>() };

  /**
   * @param state The state directory.
   * @param host The file system, who is told, and which command it is.
   */
  constructor(state: string, host: TurnHost) {
    this.#state = state;
    this.#host = host;
    this.#root = new WritableRoot(host.root);
    this.#turns = new Turns(state, host);
  }

  /** Takes the turn that the command has from the beginning. */
  async enter(): Promise<void> {
    this.#first ??= await this.turn();
  }

  /**
   * Claims what the command works on. It has its turn when this returns.
   *
   * @param wish Tells what that is; asked again after others have changed something.
   * @throws {Failure} If another command works on a part of it, and goes on with that.
   */
  async claim(wish: () => ClaimedWork | Promise<ClaimedWork>): Promise<void> {
    const { reporter, context } = this.#host;
    for (let waited = 0;; waited += LOOK_AGAIN_MS) {
      await this.enter();
      const work = await wish();
      const other = this.#others().find((claim) => isAny(commonWork(claim, work)));
      if (!other) return this.#make(work);
      if (waited >= LOCK_WAIT_MS) {
        throw claimedFailure(other, commonWork(other, work), context.now());
      }
      if (waited === 0) {
        reporter.say(`${callerWords(other)} is running: waiting for it a moment`);
      }
      this.endTurn();
      await pause(LOOK_AGAIN_MS, context.signal);
    }
  }

  /** Ends the turn that the command has had from the beginning. */
  endTurn(): void {
    this.#first?.[Symbol.dispose]();
    this.#first = null;
  }

  /** Whether the command has had its turn since the beginning: nobody else changed anything. */
  get keepsTurn(): boolean {
    return this.#first !== null;
  }

  /** Takes a turn, or goes on with the one that the command has. */
  async turn(): Promise<Disposable> {
    const turn = await this.#turns.take();
    try {
      this.#files = await readClaimFiles(this.#root, this.#state, this.#number);
      return turn;
    } catch (error) {
      turn[Symbol.dispose]();
      throw unreadableState(this.#state, error, this.advice);
    }
  }

  /** Gives back what is over: others may work on it now. */
  free({ nodes = [], bmcs = [] }: Partial<ClaimedWork>): void {
    for (const name of nodes) this.#done.nodes.add(name);
    for (const name of bmcs) this.#done.bmcs.add(name);
    try {
      this.#tell({ nodes, bmcs });
    } catch {
      // It stays ours until the end: others wait for longer than they need.
    }
  }

  /** Whether a node was given back. */
  isFree(node: string): boolean {
    return this.#done.nodes.has(node);
  }

  /**
   * Finds who works on a node that was given back. In a turn of ours nobody begins.
   *
   * @returns `null` if nobody does.
   */
  otherAt(node: string): Claim | null {
    return this.#others().find(({ nodes }) => nodes.includes(node)) ?? null;
  }

  /**
   * Tells which generation is being made, before it is.
   *
   * @throws {Failure} If that cannot be told: others would take it for interrupted, and
   * undo it with what they undo.
   */
  begin(generation: number): void {
    this.#tell({ generation });
    this.#generations.add(generation);
  }

  /** Lists the generations that are being made. */
  generations(): ReadonlySet<number> {
    return new Set([
      ...this.#generations,
      ...this.#others().flatMap(({ generations }) => generations),
    ]);
  }

  /** What is so if nothing can be recorded now, and what to do. */
  get advice(): typeof UNWRITABLE {
    return this.#turns.advice;
  }

  /** From here on nodes are changed: nobody is told any more that none was. */
  beginChanges(): void {
    this.#turns.beginChanges();
  }

  /** All that was claimed is free, and the turn of the command ends. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = null;
    this.endTurn();
  }

  #others(): Claim[] {
    return this.#files.flatMap(({ claim }) => claim ?? []);
  }

  #make(work: ClaimedWork): void {
    const files = this.#files;
    for (const { path, claim } of files) if (!claim) this.#root.removeIfThere(path, UNWRITABLE);
    this.#number = 1 + Math.max(0, ...files.map(({ number, claim }) => claim ? number : 0));
    const text = `${JSON.stringify({ ...this.#turns.caller, ...work })}\n`;
    const path = claimPath(this.#state, this.#number);
    this.#file = new HeldFile(this.#root, path, { text, advice: UNWRITABLE });
  }

  #tell(news: Partial<ClaimedWork> & { readonly generation?: number }): void {
    this.#file?.add(`${JSON.stringify(news)}\n`, this.advice);
  }
}

/** Names the directory that could not be read. */
function unreadableState(state: string, error: unknown, advice: Advice): unknown {
  try {
    return guarded(state, advice, () => {
      throw error;
    });
  } catch (failure) {
    return failure;
  }
}

function isAny({ nodes, bmcs }: ClaimedWork): boolean {
  return nodes.length + bmcs.length > 0;
}

/**
 * Claims what a command works on, before anything is read that another one may change.
 *
 * @param flags Where the state directory is; with `--dry-run` nothing is claimed.
 * @param host The file system.
 * @param wish Tells what to claim; left out, that is claimed later.
 * @returns `null` with `--dry-run`.
 * @throws {Failure} As {@linkcode Claims.claim} does.
 */
export async function claimWork(
  flags: StateFlags,
  host: TurnHost,
  wish?: () => ClaimedWork | Promise<ClaimedWork>,
): Promise<Claims | null> {
  if (flags["dry-run"]) {
    checkState(flags, host);
    await wish?.();
    return null;
  }
  const claims = new Claims(flags.state, host);
  try {
    await (wish ? claims.claim(wish) : claims.enter());
    return claims;
  } catch (error) {
    claims[Symbol.dispose]();
    throw error;
  }
}

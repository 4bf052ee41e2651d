/**
 * What each client of the page may take: connections, event streams, and guesses of the token. A client is an address;
 * the clients behind one proxy are one. No client takes more than half, so that another one always finds a place.
 */

/** The part of all places that one client may have. */
const PART = 1 / 2;
/** Wrong tokens of a client that are answered at once; each further one waits. */
const FREE_GUESSES = 5;
/** How long, in milliseconds, the answer to a further guess waits, and after how long guesses are forgotten. */
export const GUESS_WAIT_MS = 2_000;
const FORGOTTEN_MS = 60_000;
/** The guessing clients that are remembered; beyond that, the oldest is forgotten. */
const MOST_GUESSING = 1_000;

/** Counts the places (connections, or event streams) that are taken: all of them, and those of each client. */
export class Places {
  readonly #most: number;
  readonly #used = new Map<string, number>();
  #all = 0;

  /** `most`: places of all clients together. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there is a place for this client: false when all are taken, or it has its part. */
  isFree(client: string): boolean {
    const own = this.#used.get(client) ?? 0;
    return this.#all < this.#most && own < Math.ceil(this.#most * PART);
  }

  /** Takes a place. */
  take(client: string): void {
    this.#used.set(client, (this.#used.get(client) ?? 0) + 1);
    this.#all++;
  }

  /** Gives a taken place back. */
  free(client: string): void {
    const own = (this.#used.get(client) ?? 0) - 1;
    if (own > 0) this.#used.set(client, own);
    else this.#used.delete(client);
    this.#all--;
  }
}

/** Remembers wrong tokens. Times are in milliseconds of a clock that never goes back. */
export class Guesses {
  readonly #seen = new Map<string, { count: number; first: number }>();

  /** Notes a wrong token. `waitMs`: how long its answer waits; `told`: whether this guess is one to be told of. */
  wrong(client: string, now: number): { readonly waitMs: number; readonly told: boolean } {
    const before = this.#seen.get(client);
    const seen =
      before === undefined || now - before.first > FORGOTTEN_MS ? { count: 0, first: now } : before;
    seen.count++;
    this.#seen.delete(client);
    this.#seen.set(client, seen);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= MOST_GUESSING) break;
      this.#seen.delete(oldest);
    }
    return { waitMs: seen.count > FREE_GUESSES ? GUESS_WAIT_MS : 0, told: seen.count === FREE_GUESSES + 1 };
  }
}

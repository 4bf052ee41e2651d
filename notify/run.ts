/**
 * Tells people what needs them. Every five seconds it compares the problems of now with those that it has told
 * (changes.ts); each destination then gets what is new as one message, at most one a minute. It runs beside the
 * pipeline, which waits for none of it: no failure of it reaches the pipeline.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { type Language, Settings } from "#shared/runtime/settings.ts";
import { instantOf } from "#shared/runtime/time.ts";
import { afterFailure, afterSent, changesOf, isDue, toldOf, withChanges } from "./changes.ts";
import { type Seen, seeDatabase } from "./database.ts";
import type { Destination } from "./destination.ts";
import { type Change, EMPTY_OUTBOX, type Memory, type Outbox, readMemory, writeMemory } from "./memory.ts";
import type { Message, Send } from "./send.ts";
import { type Sentences, sentencesIn, textOf, titleOf } from "./sentences.ts";
import { type Limits, type Observed, verdictsOf } from "./verdicts.ts";

/** How often it compares: some reads by rowid, and the states in memory. */
const CHECK_EVERY_MS = 5_000;
const SEND_EVERY_MS = 500;

export interface Failure {
  /** The destination as people may see it. */
  readonly shown: string;
  readonly reason: string;
  /** Changes that are not sent any more, but for problems that last; 0: all of them are tried again. */
  readonly lost: number;
}

export interface NotifierOptions {
  readonly destinations: readonly Destination[];
  readonly limits: Limits;
  readonly observe: () => Observed;
  readonly send: Send;
  /** A text without secrets and control characters. */
  readonly safe: (text: string) => string;
  /** Called at the first send of several that fails, and whenever changes are lost. */
  readonly onFailure: (failure: Failure) => void;
}

/** Runs until it is interrupted. Reads DIR/ventes.db and writes DIR/notified.json. */
export const runNotifier = (options: NotifierOptions): Effect.Effect<never, never, Settings> =>
  Effect.gen(function* () {
    const settings = yield* Settings;
    const clock = yield* Clock.Clock;
    const notifier = new Notifier(options, settings.data, sentencesIn(settings), settings.language);
    const checks = Effect.sync(() => notifier.check(instantOf(clock))).pipe(
      Effect.andThen(Effect.sleep(CHECK_EVERY_MS)),
      Effect.forever,
    );
    const sends = options.destinations.map((destination) =>
      notifier.sendDue(destination).pipe(Effect.andThen(Effect.sleep(SEND_EVERY_MS)), Effect.forever),
    );
    return yield* Effect.all([checks, ...sends], { concurrency: "unbounded", discard: true }).pipe(
      Effect.andThen(Effect.never),
    );
  });

class Notifier {
  readonly #options: NotifierOptions;
  readonly #dir: string;
  readonly #said: Sentences;
  readonly #language: Language;
  readonly #ids: readonly string[];
  #memory: Memory;
  /** What the file has, as far as this process wrote it. */
  #written = "";

  constructor(options: NotifierOptions, dir: string, said: Sentences, language: Language) {
    this.#options = options;
    this.#dir = dir;
    this.#said = said;
    this.#language = language;
    this.#ids = options.destinations.map(({ id }) => id);
    this.#memory = readMemory(dir);
  }

  /** Puts what is new into the outboxes. */
  check(now: Date): void {
    const { limits, observe } = this.#options;
    const seen = this.#seen();
    const verdicts = verdictsOf(observe(), seen, limits, this.#said, now);
    const { known, changes, open } = changesOf(this.#memory.known, verdicts, now, limits.afterMs);
    const all = [...changes, ...this.#salesIn(seen, now)].map((change) => this.#safe(change));
    const lasting = new Map([...open].map(([key, change]) => [key, this.#safe(change)]));
    this.#keep({
      v: 1,
      known,
      outboxes: withChanges(this.#memory.outboxes, this.#ids, { known, changes: all, open: lasting }, now),
      sale: seen === null ? this.#memory.sale : seen.sale,
    });
  }

  /** Sends what is due to a destination. */
  sendDue(destination: Destination): Effect.Effect<void> {
    const { send, onFailure } = this.#options;
    const { id, shown } = destination;
    const outboxNow = (): Outbox => this.#memory.outboxes[id] ?? EMPTY_OUTBOX;
    const put = (outbox: Outbox): void =>
      this.#keep({ ...this.#memory, outboxes: { ...this.#memory.outboxes, [id]: outbox } });
    return Effect.gen({ self: this }, function* () {
      const clock = yield* Clock.Clock;
      const outbox = outboxNow();
      if (outbox.changes.length === 0 || !isDue(outbox, instantOf(clock))) return;
      const sent = yield* Effect.result(send(destination, this.#messageOf(outbox, instantOf(clock))));
      const now = instantOf(clock);
      if (Result.isSuccess(sent)) return put(afterSent(outboxNow(), outbox, now));
      const { reason, hopeless } = sent.failure;
      const after = afterFailure(outboxNow(), outbox, now, hopeless, toldOf(this.#memory.known));
      put(after.outbox);
      if (outbox.tries === 0 || after.lost > 0) onFailure({ shown, reason, lost: after.lost });
    });
  }

  /** Null also while the database cannot be read: the components report that. */
  #seen(): Seen | null {
    try {
      return seeDatabase(this.#dir, this.#options.limits.sale, this.#memory.sale);
    } catch {
      return null;
    }
  }

  #salesIn(seen: Seen | null, now: Date): readonly Change[] {
    if (seen === null) return [];
    const at = now.toISOString();
    const says = [
      ...seen.sales.map((sale) => this.#said.sale(sale)),
      ...(seen.moreSales > 0 ? [this.#said.moreSales(seen.moreSales)] : []),
    ];
    return says.map((says) => ({ event: "sale", kind: "sale", subject: "", says, since: at, at }));
  }

  #safe(change: Change): Change {
    const { safe } = this.#options;
    return { ...change, subject: safe(change.subject), says: safe(change.says) };
  }

  #messageOf({ changes, dropped }: Outbox, now: Date): Message {
    return {
      title: titleOf(changes, this.#language),
      text: textOf(changes, dropped, this.#language),
      isProblem: changes.some(({ event }) => event === "problem"),
      at: now.toISOString(),
      changes,
    };
  }

  /** Where the file cannot be written, the memory of the process must do. */
  #keep(memory: Memory): void {
    this.#memory = memory;
    const text = JSON.stringify(memory);
    if (text === this.#written) return;
    try {
      writeMemory(this.#dir, text);
      this.#written = text;
    } catch {
      // A disk that is full, for example: the next check tries again.
    }
  }
}

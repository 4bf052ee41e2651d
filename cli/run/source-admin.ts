/**
 * What the page does with sources, for a browser with a session: the same functions as the commands. On a page that only
 * this machine reaches, an address may be what one on the command line may: a path, a private address. On others it may
 * reach only public addresses, and files under VENTES_FILES (invariant 10).
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { sentenceOf } from "#shared/contract/sentences.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { SqlFailure } from "#shared/database/guarded-sql/run.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Withdrawal } from "#shared/database/withdrawal.ts";
import { masked, maskedIn } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { InspectAnswer } from "../../analyzer/api/writes.ts";
import { NotDone } from "../../analyzer/server/not-done.ts";
import type { SourceActs, SourceAdmin } from "../../analyzer/server/source-admin.ts";
import {
  askReread,
  confirmCatalogue,
  confirmSource,
  type Inspection,
  inspectSource,
  namedDoubts,
  nameSource,
  noteSentence,
  registerSource,
  restoreSource,
  revokeDecisions,
  type SourceError,
  sourceError,
} from "../../producer/admin/index.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { findHeld, findRegistered } from "./held.ts";
import { inLanguage } from "./in-language.ts";
import { withKnownDoubts } from "./known-doubts.ts";
import { addressOf, isNamedBy, parsed } from "./register.ts";
import { plannedApart, removalSentence, removeNamed } from "./removal.ts";
import { inScratch } from "./scratch.ts";
import { readSourceEntries } from "./source-list.ts";

type Failure = WrongUsage | SourceError | DatabaseError | PublishFailure | SqlFailure;

/** HTTP status by refusal code; all others are 422. */
const STATUS: Readonly<Record<string, 403 | 404>> = {
  "source.not_allowed": 403,
  "source.private_address": 403,
  "source.not_registered": 404,
};

const notDone = (error: Failure): NotDone => {
  if (error._tag === "SourceError")
    return new NotDone({ status: STATUS[error.code] ?? 422, sentence: error.sentence });
  const isLater = error._tag === "LogUnavailable" || error._tag === "SqlFailure";
  const status = error._tag === "WrongUsage" ? 422 : isLater ? 503 : 500;
  return new NotDone({ status, sentence: error.message });
};

/** How many files are downloaded at once. What needs none does not wait for them. */
const AT_ONCE = 2;
/** Characters of a rejected line that are shown. */
const MOST_RAW = 500;
/** The last removed sources that can be followed again as they were. */
const KEPT_REMOVED = 50;

export interface AdminOptions {
  /** What an address that is typed on the page may be. */
  readonly reaches: "all" | "public";
  /** The statuses that the page shows: a person decides about what it shows. */
  readonly shown: () => readonly SourceStatus[];
}

export const makeSourceAdmin = Effect.fnUntraced(function* (
  run: Invocation,
  options: AdminOptions,
): Effect.fn.Return<SourceAdmin, never, TopicLog | Scope.Scope> {
  const log = yield* TopicLog;
  const scope = yield* Effect.scope;
  const downloads = yield* Semaphore.make(AT_ONCE);
  // Each count is a process.
  const counts = yield* Semaphore.make(1);
  const turns = yield* Semaphore.make(1);
  // One after the other, because each reads a registration and writes it again: of two at once one would be lost. And to
  // its end, also when the browser leaves: otherwise a part of the rows would be deleted, and nobody told.
  const whole =
    <Request, A>(act: (request: Request) => Effect.Effect<A, NotDone>) =>
    (request: Request) =>
      turns.withPermit(act(request)).pipe(Effect.forkIn(scope), Effect.flatMap(Fiber.join));
  const removed = new Map<string, Registration>();
  return (language) => {
    const spoken = inLanguage(run, language);
    const acts = actsOf(spoken, options, removed);
    /** The act on the log and with the settings of this page; its errors as answers. */
    const here =
      <Request, A>(act: (request: Request) => Effect.Effect<A, Failure, TopicLog | Settings>) =>
      (request: Request) =>
        act(request).pipe(
          Effect.mapError(notDone),
          Effect.provideService(TopicLog, log),
          Effect.provideService(Settings, spoken.settings),
        );
    const [inspect, add, withdrawal] = [here(acts.inspect), here(acts.add), here(acts.withdrawal)];
    return {
      inspect: (request) => downloads.withPermit(inspect(request)),
      add: (request) => downloads.withPermit(add(request)),
      rename: whole(here(acts.rename)),
      confirm: whole(here(acts.confirm)),
      revoke: whole(here(acts.revoke)),
      retry: whole(here(acts.retry)),
      withdrawal: (request) => counts.withPermit(withdrawal(request)),
      remove: whole(here(acts.remove)),
      restore: whole(here(acts.restore)),
    };
  };
});

type Request<Name extends keyof SourceActs> = Parameters<SourceActs[Name]>[0];

const actsOf = (run: Invocation, { reaches, shown }: AdminOptions, removed: Map<string, Registration>) => {
  const { texts, settings } = run;
  const discovered = reaches === "public";
  return {
    inspect: Effect.fnUntraced(function* ({ url, entities }: Request<"inspect">) {
      const source = yield* parsed(url, run, () => addressOf(url));
      const found = yield* inScratch(run, inspectSource(source, { entities, discovered }));
      const [{ doubts = [] } = {}] = yield* withKnownDoubts(settings.data, [found]);
      return shownInspection({ ...found, doubts }, settings.language);
    }),
    add: (request: Request<"add">) => addShown(request, discovered, run),
    rename: Effect.fnUntraced(function* ({ source, name }: Request<"rename">) {
      const { id } = yield* findRegistered(source, run);
      const named = yield* nameSource(id, name);
      return done(id, texts.renamed(masked(id), named.name), true);
    }),
    confirm: Effect.fnUntraced(function* ({ source, decisions }: Request<"confirm">) {
      const held = yield* findHeld(source, run, shown());
      const doubts = yield* namedDoubts(held.id, held.doubts, decisions);
      yield* held.registration === undefined
        ? confirmCatalogue(held.id, doubts)
        : confirmSource(held.id, doubts);
      return done(held.id, texts.acceptedNow(doubts.length), true);
    }),
    revoke: Effect.fnUntraced(function* ({ source, decisions }: Request<"revoke">) {
      const { id } = yield* findRegistered(source, run);
      yield* revokeDecisions(id, decisions);
      return done(id, texts.revokedApply());
    }),
    retry: Effect.fnUntraced(function* ({ source }: Request<"retry">) {
      const { id } = yield* findRegistered(source, run);
      const { asked } = yield* askReread([id]);
      if (asked.length === 0)
        return yield* sourceError("source.not_registered", { source: id }, settings.language);
      return done(id, texts.rereadAsked(masked(id)));
    }),
    withdrawal: Effect.fnUntraced(function* ({ source }: Request<"withdrawal">) {
      const { sources, withdrawal } = yield* Effect.scoped(plannedApart(source, run));
      return { sources: sources.map(masked), rows: withdrawal, currency: settings.currency };
    }),
    remove: (request: Request<"remove">) => removeShown(request, removed, run),
    restore: Effect.fnUntraced(function* ({ source }: Request<"restore">) {
      // Of several that are shown alike, the one that was removed last: its removal is the act that the page undoes.
      const registration = [...removed.values()].findLast((one) => isNamedBy(one.source, source));
      if (registration === undefined)
        return yield* new WrongUsage({ message: texts.notRemovedHere(masked(source)) });
      yield* restoreSource(registration);
      removed.delete(registration.source);
      return done(registration.source, texts.sourceRestored(masked(registration.source)));
    }),
  };
};

const addShown = Effect.fnUntraced(function* (
  { url, entities, name }: Request<"add">,
  discovered: boolean,
  run: Invocation,
) {
  const { texts } = run;
  const source = yield* parsed(url, run, () => addressOf(url));
  const isKnown = (yield* readSourceEntries)
    .sources(() => false)
    .some(({ registration }) => isNamedBy(registration.source, source));
  const registered = yield* registerSource(source, { entities, name, discovered });
  const [shown, kinds] = [masked(registered.source), registered.entities.join(", ")];
  return isKnown
    ? done(source, texts.sourceFollowed(shown, kinds))
    : done(source, texts.sourceAdded(shown, kinds), true);
});

const removeShown = Effect.fnUntraced(function* (
  { source, withdraw, shown }: Request<"remove">,
  removed: Map<string, Registration>,
  run: Invocation,
) {
  if (withdraw && shown !== undefined) yield* assertShown(source, shown, run);
  const { registration } = yield* findRegistered(source, run).pipe(
    // removeNamed also takes what is not registered: an entry that its catalogue refuses, a record that is not valid.
    Effect.catchTag("SourceError", () => Effect.succeed({ registration: undefined })),
  );
  // Prices that were set by hand come from no file, so following them again would not bring them back.
  const isKept = registration !== undefined && registration.source !== HAND_PRICES;
  // Before the removal, because a removal that fails may have happened all the same.
  if (isKept) remember(removed, registration);
  const gone = yield* removeNamed(source, withdraw, run);
  return done(gone.source, removalSentence(gone, withdraw, run), isKept);
});

const done = (source: string, sentence: string, undo = false) => ({
  source: masked(source),
  sentence,
  undo,
});

/** As for a version (rule 10): a file may grow by a little while a person reads. */
const FEW_ROWS = 10;
const SMALL_PART = 0.2;

const rowsOf = ({ ventes, orphelins, produits, magasins }: Withdrawal): number =>
  ventes + orphelins + produits + magasins;

/** Fails when the source has far more rows to withdraw than a person was shown. */
const assertShown = Effect.fnUntraced(function* (source: string, shown: number, run: Invocation) {
  const { withdrawal } = yield* Effect.scoped(plannedApart(source, run));
  const now = withdrawal === null ? 0 : rowsOf(withdrawal);
  const more = now - shown;
  if (more > FEW_ROWS && more > SMALL_PART * now)
    return yield* new WrongUsage({
      message: run.texts.moreThanShown(masked(source), run.texts.count(now), run.texts.count(shown)),
    });
});

/** Keeps the registration of a source that was removed; of too many, forgets the oldest. */
function remember(removed: Map<string, Registration>, registration: Registration): void {
  removed.delete(registration.source);
  removed.set(registration.source, registration);
  for (const oldest of removed.keys()) {
    if (removed.size <= KEPT_REMOVED) break;
    removed.delete(oldest);
  }
}

/** The inspection as JSON, without secrets and without the ids of rows. */
function shownInspection(found: Inspection, language: Language): InspectAnswer {
  return maskedIn({
    source: found.source,
    entities: found.entities,
    delimiter: found.delimiter,
    records: found.records,
    columns: found.mapping.map(({ entity, field, column, name, format }) => ({
      entity,
      field,
      column,
      name,
      format: format ?? null,
    })),
    rows: found.rows.map(({ entity, line, row }) => ({ entity, line, values: { ...row } })),
    rejects: found.rejects.map(({ code, count, first: { line, raw, details } }) => ({
      code,
      count,
      line,
      raw: raw.slice(0, MOST_RAW),
      sentence: sentenceOf(code, details, language),
    })),
    notes: found.notes.map((note) => noteSentence(note, language)),
    doubts: found.doubts.map(({ rows: _, ...doubt }) => doubt),
  });
}

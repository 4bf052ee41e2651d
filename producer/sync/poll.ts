/**
 * One poll of one source (docs/rules.md, rules 19 to 21). Its steps: take the source over, unless this producer made
 * its last announcement and left no send unfinished; download; read and diff; announce the version; emit its events;
 * save the state. A producer may die at any step. The next poll, of any producer, reads the sent events back and sends
 * the rest, so the topics then state the same rows as if no producer had died.
 */
import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import type { Registration } from "#shared/contract/source-records.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { type Attributes, spanned, versionText } from "#shared/runtime/spans.ts";
import { type Fetched, spoolPath, type Validators } from "../download/index.ts";
import { SourceError, SourceRefusal, trustOf } from "../source/index.ts";
import type { Tail } from "../version/index.ts";
import type { PollFailure } from "./failure.ts";
import { isWholeLine, type PollOptions, type PollPlan, planPoll, remembering } from "./plan.ts";
import type { Producer } from "./producer.ts";
import { publishVersion } from "./publish-version.ts";
import {
  NOT_CONTINUED,
  NOTHING,
  OVERTAKEN,
  type PollResult,
  unchangedCounts,
  type VersionOutcome,
} from "./result.ts";
import { isOwn, takeOver } from "./takeover.ts";

/** The longest random pause of a producer that another one overtook. */
const STEP_ASIDE_MS = 2_000;

/** A downloaded content: the whole, or the part that was appended. */
type Content = Exclude<Fetched, { kind: "unchanged" }>;

/**
 * Polls a source and publishes its new version, if it has one. Fails with SourceError when the source cannot be read
 * or its version is refused or held back.
 */
export const pollSource = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  { mode }: PollOptions,
): Effect.fn.Return<PollResult, PollFailure> {
  const { source } = registration;
  const poll = pollOnce(producer, registration, mode).pipe(
    spanned(
      "ventes.poll",
      () => ({ "ventes.source": masked(source) }),
      (result) => foundBy(source, result),
    ),
  );
  // When two producers poll one source, one of them overtakes the other, and the other begins again.
  for (;;) {
    const result = yield* poll;
    if (result !== OVERTAKEN) return result;
    // The pause is random: with equal pauses the two would overtake each other again and again.
    yield* Effect.sleep((yield* Random.next) * STEP_ASIDE_MS);
  }
});

/** A poll that published a version has it, so that the transactions that apply its events are found. */
const foundBy = (source: string, result: PollResult | typeof OVERTAKEN): Attributes =>
  result === OVERTAKEN
    ? { "ventes.overtaken": true }
    : {
        "ventes.announced": result.announced,
        ...(result.version === null || !result.announced
          ? {}
          : { "ventes.versions": [versionText(source, result.version)] }),
      };

const pollOnce = Effect.fnUntraced(function* (
  producer: Producer,
  planned: Registration,
  mode: PollOptions["mode"],
): Effect.fn.Return<PollResult | typeof OVERTAKEN, PollFailure> {
  const { registry, gate } = producer;
  const { source } = planned;
  yield* registry.refresh(registry.partition(source));
  // The registration may have changed since the poll was planned: `sources add --rekey` asks for new ids of sales
  // under new options, and with the options of before this poll would compute the ids of before.
  const registration = registry.registration(source);
  // An operator removed the source since, and may be deleting its rows. This poll must not publish them again.
  if (registration === undefined) {
    const version = registry.last(source)?.offset ?? null;
    const { entities } = planned;
    return { counts: NOTHING, version, announced: false, entities, attention: [], freshMs: null };
  }
  const own = isOwn(producer, source);
  const takenFrom = own ? undefined : registry.last(source)?.value.producer;
  if (!own) yield* takeOver(producer, registration).pipe(gate.withPermit);
  const plan = planPoll(producer, registration, mode, own, yield* Clock.currentTimeMillis);
  producer.onProgress({ source, phase: "download", done: 0, share: null, rejected: 0 });
  const fetched = yield* fetch(producer, registration, plan.known, plan.continued?.end.byte ?? null);
  if (fetched.kind === "unchanged") return yield* unchanged(producer, registration, plan, fetched);
  const result = yield* publishContent(producer, registration, plan, { first: fetched, takenFrom });
  const { unproven } = fetched.validators;
  const kept = producer.state.source(source).validators as Validators | null;
  if (result === OVERTAKEN || mode !== "once" || unproven !== true || kept?.left !== true) return result;
  // Nobody polls again, so a person must know that a line is missing.
  return yield* new SourceRefusal("source.unproven_end").toError(source, producer.settings.language);
});

const fetch = (
  { client, settings, registry, fetch }: Producer,
  registration: Registration,
  known: Validators | null,
  resumeFrom: number | null,
) =>
  fetch({
    client,
    settings,
    source: registration.source,
    known,
    resumeFrom,
    goOn: true,
    ...trustOf(settings, registration, registry.catalogue(registration.catalogue ?? "")),
  }).pipe(
    spanned(
      "ventes.download",
      () => ({}),
      ({ kind }) => ({ "ventes.answer": kind }),
    ),
  );

/** The source still has the content that was read last. A version that was refused stays refused, and is not read. */
const unchanged = (
  { state, registry }: Producer,
  registration: Registration,
  { refused, last }: PollPlan,
  { validators, freshMs }: Fetched,
): Effect.Effect<PollResult, SourceError> => {
  const { source, entities } = registration;
  if (refused !== null) {
    const { code, sentence, doubts } = refused;
    return Effect.fail(
      new SourceError({ source, code, sentence, ...(doubts === undefined ? {} : { doubts }) }),
    );
  }
  return Effect.sync(() => {
    state.save(state.source(source), { validators: remembering(validators, registration) });
    const announced = registry.last(source);
    return {
      counts: unchangedCounts(last?.counts ?? announced?.value.counts ?? null),
      version: announced?.offset ?? null,
      announced: false,
      entities,
      attention: last?.attention ?? [],
      freshMs,
    };
  });
};

/** Publishes a content: from its appended part where that tells all that changed, else from the whole content. */
const publishContent = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  { continued, complete, before }: PollPlan,
  { first, takenFrom }: { readonly first: Content; readonly takenFrom: string | undefined },
): Effect.fn.Return<PollResult | typeof OVERTAKEN, PollFailure> {
  const publish = (content: Content, tail: Tail | null): Effect.Effect<VersionOutcome, PollFailure> =>
    publishVersion(producer, registration, content, {
      complete: complete && isWholeLine(before, content.validators),
      tail,
      takenFrom,
    }).pipe(
      spanned("ventes.publish", () => ({})),
      producer.gate.withPermit,
      Effect.ensuring(Effect.sync(() => rmSync(content.file, { force: true }))),
    );
  let fetched: Fetched = first;
  let result: VersionOutcome = NOT_CONTINUED;
  if (fetched.kind === "grown" && continued !== null)
    result = yield* publish(yield* onlyTail(producer.settings, fetched), continued);
  if (result === NOT_CONTINUED) {
    if (fetched.kind === "grown") fetched = yield* fetch(producer, registration, null, null);
    if (fetched.kind === "unchanged") return yield* Effect.die(new Error("unchanged without validators"));
    result = yield* publish(fetched, null);
  }
  // A whole read is never "not continued"; if it were, the poll would begin again.
  if (result === OVERTAKEN || result === NOT_CONTINUED) return OVERTAKEN;
  return { ...result, freshMs: fetched.freshMs };
});

/** Copies the part of the downloaded file that is new into a file of its own. */
const onlyTail = Effect.fnUntraced(function* (
  settings: SettingsShape,
  fetched: Extract<Fetched, { kind: "grown" }>,
): Effect.fn.Return<Extract<Fetched, { kind: "grown" }>, never> {
  if (fetched.start === 0) return fetched;
  const file = yield* spoolPath(settings.data);
  yield* Effect.promise((signal) =>
    pipeline(createReadStream(fetched.file, { start: fetched.start }), createWriteStream(file), { signal }),
  ).pipe(
    Effect.onError(() => Effect.sync(() => rmSync(file, { force: true }))),
    Effect.ensuring(Effect.sync(() => rmSync(fetched.file, { force: true }))),
  );
  return { ...fetched, file, start: 0 };
});

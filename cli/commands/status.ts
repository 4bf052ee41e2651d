/** `ventes status`: the state of every part. When somebody must act, it says what is wrong and exits with 1. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { doubtLines } from "../output/doubts.ts";
import { print, printJson, say } from "../output/stdout.ts";
import { forgetStates, LOOP_FIGURE, readStates } from "../run/component-state.ts";
import { answeringDirectory } from "../run/database.ts";
import { databaseJson, databaseLines } from "../run/database-status.ts";
import { onLog } from "../run/log.ts";
import { followsNow } from "../run/source-list.ts";
import { collect, type Found, LONG_LOOP_MS, pagesOf, STATUS_WAIT_MS } from "../run/status.ts";
import { Failed, type WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";

export interface StatusInput {
  /** The id of a component that is gone for good, or its kind and its id. */
  readonly forget: string | undefined;
  readonly watch: boolean;
}

export const status = (
  { forget, watch }: StatusInput,
  run: Invocation,
): Effect.Effect<void, Failed | WrongUsage | DatabaseError | PublishFailure> => {
  if (forget !== undefined) return forgetComponent(forget, run);
  return watch ? Effect.flatMap(watching, ({ watchStatus }) => watchStatus(run)) : show(run);
};

const watching = Effect.promise(() => import("./status-watch.ts"));

/** Fails when no component has this name, and when it still runs. */
const forgetComponent = (name: string, run: Invocation) =>
  onLog(
    run,
    STATUS_WAIT_MS,
  )(
    Effect.gen(function* () {
      const { texts } = run;
      const all = yield* readStates;
      const named = all.filter(({ component, id }) => name === id || name === `${component} ${id}`);
      if (named.length === 0) {
        const known = all.map(({ component, id }) => `${component} ${id}`);
        return yield* new Failed({ message: texts.noSuchComponent(name, known.join(", ")) });
      }
      const follows = yield* followsNow;
      const running = named.find(follows);
      if (running !== undefined)
        return yield* new Failed({ message: texts.componentRuns(`${running.component} ${running.id}`) });
      yield* forgetStates(named);
      for (const { component, id } of named) print(texts.componentForgotten(`${component} ${id}`));
    }),
  );

const show = (run: Invocation): Effect.Effect<void, Failed | DatabaseError> =>
  Effect.gen(function* () {
    const dir = answeringDirectory(run.settings.data);
    const isDemo = dir !== run.settings.data;
    if (isDemo) say(`ventes: ${run.texts.demoDatabase(dir)}`);
    const found = yield* collect(run, dir, isDemo);
    if (run.json) printJson(asJson(found, dir));
    else print(asText(found, dir, run));
    if (found.problems.length > 0) return yield* new Failed({ message: found.problems.join("; ") });
  });

const asJson = ({ database, ...found }: Found, dir: string) => ({
  ok: found.problems.length === 0,
  data: dir,
  ...found,
  database: database === null ? null : databaseJson(database),
});

function asText(found: Found, dir: string, run: Invocation): string {
  const { texts } = run;
  const { database, log } = found;
  const lines = [texts.statusDirectory(dir, texts.runs(found.running))];
  for (const { component, id, state, lost, detail, at, figures } of found.components) {
    // Embedded, there is one component of each kind: its id tells nothing.
    const where = run.settings.kafka === null ? [] : [id];
    const busy = figures[LOOP_FIGURE] ?? 0;
    const stood = busy > LONG_LOOP_MS ? [texts.loopBusy(texts.count(busy))] : [];
    const parts = [component, lost ? texts.lost() : state, at, ...where, detail, ...stood];
    lines.push(`  ${parts.filter((part) => part !== "").join("  ")}`);
  }
  lines.push(...pagesOf(found).map((url) => texts.statusPage(url)));
  if (log !== null) lines.push(texts.statusLog(log.where, texts.count(log.events)));
  if (database === null) lines.push(texts.noDatabase());
  else lines.push(...databaseLines(database, texts));
  for (const { producer, at, sources } of found.stale)
    lines.push(texts.sourcesStale(texts.count(sources), at, run.settings.kafka === null ? "" : producer));
  for (const s of found.sources)
    lines.push(
      [
        `  ${s.source}`,
        s.state,
        texts.count(s.records),
        ...(s.defects === undefined ? [] : [texts.defects(texts.count(s.defects))]),
        ...(s.reason === "" || s.doubts !== undefined ? [] : [s.reason]),
      ].join("  "),
      ...(s.doubts ?? [])
        .flatMap((doubt) => doubtLines(doubt, texts, run.settings.currency))
        .map((line) => `    ${line}`),
    );
  for (const c of found.catalogues) {
    const reason = c.reason === "" ? "" : `  ${c.reason}`;
    lines.push(`  ${c.catalogue}  ${c.state}  ${texts.count(c.taken)}/${texts.count(c.listed)}${reason}`);
  }
  return lines.map(visibleSource).join("\n");
}

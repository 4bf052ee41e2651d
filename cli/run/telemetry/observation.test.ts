/** What /readyz says of a pipeline, over a real log and a real database. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ComponentState } from "#shared/contract/status.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { refreshAll } from "../../../analyzer/run.ts";
import { textsIn } from "../../texts/texts.ts";
import { newView } from "../view.ts";
import { makeObservation } from "./observation.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "ventes-observation-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const run = <A, E>(effect: Effect.Effect<A, E, TopicLog | Settings>): Promise<A> =>
  Effect.runPromise(
    effect.pipe(Effect.provide(layerTopicLog), Effect.provideService(Settings, embeddedSettings(data))),
  );

const state = (
  component: ComponentState["component"],
  more: Partial<ComponentState> = {},
): ComponentState => ({
  v: 1,
  component,
  id: "here",
  database: null,
  state: "running",
  detail: "",
  since: new Date().toISOString(),
  at: new Date().toISOString(),
  figures: {},
  ...more,
});

const unready = (states: readonly ComponentState[]) =>
  run(
    Effect.gen(function* () {
      const view = { ...newView({ dir: data, demo: false }), states };
      return yield* (yield* makeObservation(view, textsIn("en"))).unready;
    }),
  );

const LONG_AGO = new Date(Date.now() - 60_000).toISOString();

it("without a database it is not ready", async () => {
  expect(await unready([])).toEqual([
    "there is no database yet, or it cannot be read",
    "the figures do not have all events of the topics yet",
  ]);
});

it("with all events in the analyses, it is as ready as its components", async () => {
  openVentes(data, "a").close();
  await run(refreshAll);
  const running = [state("producer"), state("consumer"), state("analyzer")];
  expect(await unready(running)).toEqual([]);
  const silent = state("consumer", { at: LONG_AGO });
  expect(await unready([silent])).toEqual(["no consumer runs: the last one failed or is silent"]);
  expect(await unready([state("analyzer", { state: "failed" })])).toEqual([
    "no analyzer runs: the last one failed or is silent",
  ]);
});

it("a component that is silent or failed matters no more when another one of its kind runs, and one that was stopped never", async () => {
  openVentes(data, "a").close();
  await run(refreshAll);
  const other = state("producer", { id: "there", at: LONG_AGO });
  expect(await unready([other, state("producer")])).toEqual([]);
  expect(await unready([state("producer", { state: "stopped", at: LONG_AGO })])).toEqual([]);
});

it("events that no consumer has read make it not ready", async () => {
  openVentes(data, "a").close();
  await run(refreshAll);
  await run(Effect.flatMap(TopicLog, (log) => log.publish("ventes", [{ key: "v1", value: "{}" }])));
  expect(await unready([])).toEqual(["the figures do not have all events of the topics yet"]);
});

it("a database with tables that nobody foresaw is not readable, and ends nothing", async () => {
  const db = openVentes(data, "a");
  db.exec("DROP TABLE commits");
  db.close();
  expect(await unready([])).toEqual([
    "there is no database yet, or it cannot be read",
    "the figures do not have all events of the topics yet",
  ]);
});

it("a replay, which reads events again that the figures have, leaves it ready", async () => {
  const db = openVentes(data, "a");
  await run(refreshAll);
  const ends = await run(
    Effect.flatMap(TopicLog, (log) =>
      Effect.andThen(log.publish("ventes", [{ key: "v1", value: "{}" }]), log.bounds(["ventes"])),
    ),
  );
  const put = db.prepare(
    "INSERT INTO positions (topic, partition, position, high_watermark) VALUES (?, ?, 0, ?)",
  );
  for (const { topic, partition, end } of ends) put.run(topic, partition, end);
  db.close();
  expect(await unready([])).toEqual([]);
});

/** Shared by the producer's tests: a data directory with an embedded log, faults, and the claims of the events. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { PipelineEvent } from "#shared/contract/event.ts";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { embeddedSettings, Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { PublishUncertain } from "#shared/topic-log/errors.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { type ListedSource, listedSources } from "../admin/list.ts";
import { producerFile } from "../diff/state/producer-db.ts";
import { type Image, mergeImage } from "../log/image.ts";
import { claimOf } from "../log/source-events.ts";
import { Registry } from "../source/registry.ts";

/** The n-th publish from now fails in this way. `stored`: the log has stored its records nevertheless. */
export interface Fault {
  after: number;
  readonly kind: "uncertain" | "killed";
  readonly stored: boolean;
}

export class Killed extends Error {}

export interface Pipeline {
  readonly dir: string;
  /** The path of a file in the folder `files` of `dir`. */
  readonly pathOf: (name: string) => string;
  /** Writes that file, and its folder, with a line break after each line. */
  readonly write: (name: string, ...lines: readonly string[]) => void;
  readonly run: <A, E>(work: Effect.Effect<A, E, TopicLog | Settings>) => Promise<A>;
  /** Deletes the producer's state, which is a cache of the topics. */
  readonly loseState: () => void;
  /** The next fault, until it has happened. */
  fault: Fault | undefined;
  readonly close: () => Promise<void>;
}

/** A new data directory. Each run opens the log again, as a new process does. */
export async function openPipeline(more: Partial<SettingsShape> = {}): Promise<Pipeline> {
  const dir = mkdtempSync(join(tmpdir(), "ventes-producer-"));
  const settings = embeddedSettings(join(dir, "data"), more);
  const pipeline: { fault: Fault | undefined } = { fault: undefined };
  const faulty = Layer.effect(
    TopicLog,
    Effect.gen(function* () {
      const log = yield* TopicLog;
      return TopicLog.of({
        ...log,
        publish: (topic, records) =>
          Effect.gen(function* () {
            const { fault } = pipeline;
            if (fault === undefined || fault.after-- > 0) return yield* log.publish(topic, records);
            pipeline.fault = undefined;
            if (fault.stored) yield* log.publish(topic, records);
            if (fault.kind === "killed") return yield* Effect.die(new Killed());
            return yield* new PublishUncertain({ topic, message: "no answer" });
          }),
      });
    }),
  ).pipe(Layer.provide(layerTopicLog));
  const layer = faulty.pipe(Layer.provideMerge(Layer.succeed(Settings, settings)));
  const pathOf = (name: string) => join(dir, "files", name);
  mkdirSync(pathOf(""), { recursive: true });
  return Object.assign(pipeline, {
    dir,
    pathOf,
    write: (name: string, ...lines: readonly string[]) => {
      mkdirSync(dirname(pathOf(name)), { recursive: true });
      writeFileSync(pathOf(name), [...lines, ""].join("\n"));
    },
    loseState: () => {
      for (const end of ["", "-wal", "-shm"]) rmSync(producerFile(join(dir, "data")) + end, { force: true });
    },
    run: <A, E>(work: Effect.Effect<A, E, TopicLog | Settings>) =>
      Effect.runPromise(work.pipe(Effect.provide(layer))),
    close: async () => rmSync(dir, { recursive: true, force: true }),
  });
}

export interface SeenEvent {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly event: PipelineEvent;
}

/** Every event of the topics, fences included. */
export const allEvents = Effect.gen(function* () {
  const log = yield* TopicLog;
  const events: SeenEvent[] = [];
  for (const topic of EVENT_TOPICS)
    yield* log.read(
      Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition, offset: 0 })),
      (batch) =>
        Effect.sync(() => {
          for (const { key, value, offset } of batch.records)
            events.push({
              topic,
              partition: batch.partition,
              offset,
              key: key ?? "",
              event: JSON.parse(value?.toString() ?? "null"),
            });
        }),
    );
  return events;
});

export const rowsOf = (events: readonly SeenEvent[]): SeenEvent[] =>
  events.filter((e) => e.event.kind !== "fence");

/** `topic key dated` -> image: the claims of a source as a consumer computes them (rules 8, 15 and 20). */
export function claimsOf(events: readonly SeenEvent[], source: string): Map<string, Image> {
  const claims = new Map<string, Image>();
  const newest = new Map<string, number>();
  for (const { topic, partition, key, event } of events) {
    if (event.source !== source) continue;
    const place = `${topic}/${partition}`;
    if (event.version < (newest.get(place) ?? -1)) continue;
    newest.set(place, event.version);
    if (event.kind === "fence") continue;
    const { dated } = claimOf(topic, key, event.row);
    const name = `${topic} ${key} ${dated}`;
    if (event.kind === "delete") {
      claims.delete(name);
      continue;
    }
    const old = claims.get(name);
    for (const other of [...claims.keys()])
      if (other.startsWith(`${topic} ${key} `) && (other === `${topic} ${key} `) !== (dated === ""))
        claims.delete(other);
    const { row, extras } = event;
    claims.set(name, old === undefined ? { row, extras } : mergeImage(old, { row, extras }));
  }
  return claims;
}

/** The registered sources with their announcements, as of now. */
export const listSources: Effect.Effect<readonly ListedSource[], LogFailure, TopicLog> = Effect.gen(
  function* () {
    const registry = new Registry(yield* TopicLog);
    yield* registry.refresh();
    return listedSources(registry);
  },
);

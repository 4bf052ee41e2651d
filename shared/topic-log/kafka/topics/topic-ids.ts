/**
 * Notices a topic that was deleted and created again. A broker gives each topic an id when it creates it; a topic that was
 * created again under the same name has another id. Positions in the old topic mean nothing in the new one: once the new
 * topic is longer than a position, reading would go on in the middle of it and skip the events before. So each
 * connection compares the ids when it connects and when a leader has moved, and opening the log compares them with the
 * log's identity.
 */
import { EVENT_TOPICS, type TopicName } from "../../../contract/topics.ts";
import { LogMismatch } from "../../errors.ts";
import type { FoundTopic } from "../protocol/metadata.ts";
import type { TopicNames } from "./names.ts";

/** The topics in which somebody has a position. `commits` and `status` may be created again: no position is in them. */
export const WATCHED_TOPICS: readonly TopicName[] = [...EVENT_TOPICS, "sources"];

/** Milliseconds after which a topic that no broker knows counts as deleted. A broker that just came back may not know it yet. */
const DELETED_AFTER_MS = 10_000;

const UNKNOWN_TOPIC = 3;

/** The id that a cluster without KRaft may give until its upgrade is complete. It is equal to every id. */
const NO_ID = "0".repeat(32);

/** True when both ids are known and differ. */
export const isAnother = (before: string | undefined, now: string | undefined): boolean =>
  before !== undefined && now !== undefined && before !== NO_ID && now !== NO_ID && before !== now;

/** The ids of one open log, shared by its connections. */
export class TopicIds {
  readonly #names: TopicNames;
  readonly #goneAfter: number;
  #ids: ReadonlyMap<TopicName, string> | undefined;
  #missingSince: number | undefined;

  constructor(names: TopicNames, goneAfter = DELETED_AFTER_MS) {
    this.#names = names;
    this.#goneAfter = goneAfter;
  }

  /** The ids as they were when the log was opened; empty before its first connection. */
  get ids(): ReadonlyMap<TopicName, string> {
    return this.#ids ?? new Map();
  }

  /** The full names of the topics whose ids a connection asks for. */
  get watched(): readonly string[] {
    return WATCHED_TOPICS.map(this.#names.full);
  }

  /**
   * Compares the topics that a broker knows with those of before. Throws LogMismatch when one was created again or deleted,
   * and a connection error, after which the caller tries again, while a topic is not known yet.
   */
  verify(found: readonly FoundTopic[]): void {
    const ids = new Map<TopicName, string>();
    for (const { topic, errorCode, id } of found) {
      const name = this.#names.logical(topic);
      if (name !== undefined && errorCode !== UNKNOWN_TOPIC) ids.set(name, id);
    }
    const missing = WATCHED_TOPICS.find((name) => !ids.has(name));
    if (missing !== undefined) this.#isMissing(missing);
    this.#missingSince = undefined;
    this.#ids ??= ids;
    for (const name of WATCHED_TOPICS)
      if (isAnother(this.#ids.get(name), ids.get(name))) throw madeAnew(this.#names.full(name));
  }

  #isMissing(name: TopicName): never {
    const full = this.#names.full(name);
    this.#missingSince ??= performance.now();
    if (performance.now() - this.#missingSince < this.#goneAfter)
      throw Object.assign(new Error(`no broker knows the topic ${full} now`), {
        name: "KafkaJSConnectionError",
        type: "UNKNOWN_TOPIC_OR_PARTITION",
      });
    throw new LogMismatch({
      message: `the topic ${full} is gone, and with it the events that were read from it: restore it, or ${STARTING_OVER}`,
    });
  }
}

const STARTING_OVER =
  "start over with another --namespace and --data: the sources are then published again from their files";

export const madeAnew = (full: string): LogMismatch =>
  new LogMismatch({
    message: `the topic ${full} was deleted and created again: what it held is lost, and positions mean nothing in it; ${STARTING_OVER}`,
  });

/**
 * Which topics these are: a broker gives each an id when it is made, and a topic that is deleted and made anew under
 * the same name has another. Offsets say nothing across that: once the new one is longer than a position, reading
 * would go on in the middle of it and skip what comes before. So the ids are compared whenever a connection is made
 * or has lost a leader, and with the log's identity when it is opened.
 */
import { EVENT_TOPICS, type TopicName } from "../../topics.ts";
import { LogMismatch } from "../errors.ts";
import type { TopicNames } from "./names.ts";
import type { FoundTopic } from "./requests.ts";

/** What holds rows or tells whose they are. `commits` and `etat` may be made anew: nobody's position is in them. */
export const WATCHED_TOPICS: readonly TopicName[] = [...EVENT_TOPICS, "sources"];

/** A topic is gone when brokers have not known it for so long; one that just came back may not know it yet. */
const GONE_AFTER_MS = 10_000;

const UNKNOWN_TOPIC = 3;

/** What a cluster without KRaft may answer until it was upgraded: nothing is told by it. */
const NO_ID = "0".repeat(32);

export const isAnother = (before: string | undefined, now: string | undefined): boolean =>
  before !== undefined && now !== undefined && before !== NO_ID && now !== NO_ID && before !== now;

/** The ids of one open log, shared by its connections. */
export class TopicIds {
  readonly #names: TopicNames;
  readonly #goneAfter: number;
  #ids: ReadonlyMap<TopicName, string> | undefined;
  #missingSince: number | undefined;

  constructor(names: TopicNames, goneAfter = GONE_AFTER_MS) {
    this.#names = names;
    this.#goneAfter = goneAfter;
  }

  /** As they were when the log was opened; empty before its first connection. */
  get ids(): ReadonlyMap<TopicName, string> {
    return this.#ids ?? new Map();
  }

  /** What a broker is asked for. */
  get watched(): readonly string[] {
    return WATCHED_TOPICS.map(this.#names.full);
  }

  /**
   * Holds the topics that a broker knows against those of before. Throws LogMismatch when one was made anew or is gone,
   * and what waiting may mend while one is merely not known.
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
    message: `the topic ${full} was deleted and made anew: what it held is lost, and positions mean nothing in it; ${STARTING_OVER}`,
  });

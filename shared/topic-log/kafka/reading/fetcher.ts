/**
 * Fetches for cursors directly from the leaders of their partitions, without a consumer of kafkajs. It keeps at most one
 * fetch in flight for each broker. It does not retry: after an error its owner decides.
 */
import { LogUnavailable, pastTheEnd } from "../../errors.ts";
import type { Connection } from "../cluster/connection.ts";
import { refusedAnswer } from "../cluster/failures.ts";
import type { FetchedPartition } from "../protocol/fetch.ts";
import { BrokenAnswer } from "../protocol/wire.ts";
import type { PartitionCursor } from "./cursor.ts";

const OFFSET_OUT_OF_RANGE = 1;
/** How long a broker holds a fetch while there is nothing new. */
const LONG_POLL_MS = 500;

export class Fetcher {
  readonly #connection: Connection;
  readonly #address: string;
  readonly #inFlight = new Map<string, Promise<void>>();

  constructor(connection: Connection, address: string) {
    this.#connection = connection;
    this.#address = address;
  }

  /**
   * Fetches for the drained cursors of each broker that has no fetch in flight; a long poll where all cursors of the
   * broker are drained. The set of cursors may differ from call to call. Resolves when one of the fetches has answered,
   * rejects when one fails.
   */
  async more(cursors: Iterable<PartitionCursor>): Promise<void> {
    const groups = await this.#connection.byLeader([...cursors]);
    for (const [leader, group] of groups) {
      if (this.#inFlight.has(leader)) continue;
      const drained = group.filter((c) => c.drained);
      if (drained.length === 0) continue;
      const wait = drained.length === group.length ? LONG_POLL_MS : 0;
      const fetch = this.#fetch(leader, drained, wait).finally(() => this.#inFlight.delete(leader));
      this.#inFlight.set(leader, fetch);
    }
    if (this.#inFlight.size > 0) await Promise.race(this.#inFlight.values());
  }

  async #fetch(leader: string, cursors: readonly PartitionCursor[], maxWaitMs: number): Promise<void> {
    // A broker gives the first batch of the first partition whole, and may cut all others.
    const inOrder = cursors.toSorted((a, b) => Number(b.cut) - Number(a.cut));
    const asked = inOrder.map((cursor) => ({ cursor, era: cursor.era, offset: cursor.position }));
    const answers = await this.#connection.fetch(
      leader,
      asked.map(({ cursor, offset }) => ({ topic: cursor.topic, partition: cursor.partition, offset })),
      maxWaitMs,
    );
    if (answers.length < asked.length) throw new BrokenAnswer();
    for (const answer of answers) {
      const ask = asked.find(
        ({ cursor }) => cursor.topic === answer.topic && cursor.partition === answer.partition,
      );
      if (ask === undefined || ask.cursor.era !== ask.era) continue;
      if (answer.errorCode === 0) ask.cursor.accept(answer.batches, answer.highWatermark, ask === asked[0]);
      else await this.#refused(ask.cursor, answer);
    }
  }

  async #refused(cursor: PartitionCursor, { errorCode }: FetchedPartition): Promise<void> {
    const place = `${cursor.topic} partition ${cursor.partition}`;
    if (errorCode !== OFFSET_OUT_OF_RANGE) {
      const refusal = refusedAnswer(errorCode, this.#address, place);
      // Most often the leader has moved.
      if (refusal._tag === "LogUnavailable") await this.#connection.refresh();
      throw refusal;
    }
    const [bounds] = await this.#connection.boundsOfRead([
      { topic: cursor.topic, partition: cursor.partition, offset: cursor.position },
    ]);
    if (bounds !== undefined && cursor.position > bounds.end)
      throw pastTheEnd(cursor, cursor.position, bounds.end);
    if (bounds !== undefined && cursor.position < bounds.start) cursor.seek(bounds.start);
    else
      throw new LogUnavailable({
        address: this.#address,
        message: `the broker refuses offset ${cursor.position} of ${place}, although its bounds hold it`,
      });
  }
}

/**
 * The log of a simulation: it survives every crash of its users, holds every acknowledged record, and otherwise
 * misbehaves as topic-log.ts allows and Kafka does: it is slow, away for a while, ends a read early, leaves gaps
 * between offsets, gives short batches, gives a batch again after a reconnect, moves partitions between followers at
 * any point (two may hold one for a moment), and a publish may be left without an answer: stored, in part, not at
 * all, or only much later.
 */
import * as Effect from "effect/Effect";
import { partitionOf } from "#shared/contract/partitioner.ts";
import type { TopicName } from "#shared/contract/topics.ts";
import { partitionKey } from "#shared/topic-log/by-partition.ts";
import { LogMismatch, LogUnavailable, PublishUncertain } from "#shared/topic-log/errors.ts";
import { MAX_RECORD_BYTES } from "#shared/topic-log/record-size.ts";
import type {
  FollowOptions,
  LogBatch,
  LogRecord,
  NewRecord,
  Position,
  Published,
  TopicLog,
  TopicPartition,
} from "#shared/topic-log/topic-log.ts";
import type { Kernel, Process } from "./kernel.ts";

export const PARTITIONS = 2;
const PARTITIONS_OF: Readonly<Record<TopicName, number>> = {
  produits: PARTITIONS,
  magasins: PARTITIONS,
  ventes: PARTITIONS,
  rejets: PARTITIONS,
  sources: 3,
  commits: 1,
  status: 1,
};

export interface StoredRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer | null;
}

interface Partition {
  readonly records: StoredRecord[];
  end: number;
}

interface Member {
  readonly process: Process;
  readonly topics: readonly TopicName[];
  assigned: TopicPartition[];
  /** Set when the assignment, or what it may read, changed. */
  rebalanced: boolean;
  wake: (() => void) | undefined;
}

/** The records of an unanswered publish that are still on their way. */
interface InFlight {
  readonly topic: TopicName;
  readonly records: readonly NewRecord[];
}

/** The fate of one send, and an action during it. */
export interface Trap {
  readonly isFor: (process: Process, topic: TopicName, records: readonly NewRecord[]) => boolean;
  /** At that moment. `late`: it gets no answer, and is left on its way. */
  readonly strike: (process: Process, records: readonly NewRecord[]) => "late" | "waits";
}

export type LogCount =
  | "published"
  | "publishes without answer"
  | "landed late"
  | "rebalances"
  | "batches given again"
  | "reads that ended early"
  | "gaps in offsets"
  | "reconnects";

/** How often each fault happens; with all zero the log is perfect. */
export interface LogFaults {
  readonly uncertain: number;
  readonly gap: number;
  readonly again: number;
  readonly endsEarly: number;
  readonly slowMs: number;
  readonly mostRecords: number;
}

export const CALM: LogFaults = {
  uncertain: 0,
  gap: 0,
  again: 0,
  endsEarly: 0,
  slowMs: 2,
  mostRecords: 40,
};

export class SimulatedLog {
  readonly #kernel: Kernel;
  readonly #count: (what: LogCount) => void;
  readonly #partitions = new Map<string, Partition>();
  readonly #groups = new Map<string, Set<Member>>();
  readonly #inFlight: InFlight[] = [];
  readonly #waitingForUp = new Set<() => void>();
  #isUp = true;
  /** For one send. */
  trap: Trap | undefined;
  faults: LogFaults;

  constructor(kernel: Kernel, faults: LogFaults, count: (what: LogCount) => void) {
    this.#kernel = kernel;
    this.faults = faults;
    this.#count = count;
    for (const [topic, partitions] of Object.entries(PARTITIONS_OF))
      for (let partition = 0; partition < partitions; partition++)
        this.#partitions.set(partitionKey({ topic, partition }), { records: [], end: 0 });
  }

  // ---- what the simulation does to it

  partition(topic: TopicName, partition: number): Partition {
    return this.#partitions.get(partitionKey({ topic, partition })) as Partition;
  }

  /** Every record in the topics, in the order of partitions and offsets. `place`: topic/partition. */
  forEachRecord(each: (place: string, record: StoredRecord) => void): void {
    for (const [place, { records }] of this.#partitions) for (const record of records) each(place, record);
  }

  setUp(isUp: boolean): void {
    this.#isUp = isUp;
    if (!isUp) return;
    for (const wake of [...this.#waitingForUp]) wake();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Stores any record, as a foreign program may. */
  append(topic: TopicName, partition: number, key: string | null, value: Buffer | null): number {
    const log = this.partition(topic, partition);
    if (this.#kernel.random.chance(this.faults.gap)) {
      log.end += 1 + this.#kernel.random.below(3);
      this.#count("gaps in offsets");
    }
    const offset = log.end++;
    log.records.push({ offset, key, value });
    for (const members of this.#groups.values())
      for (const member of members) if (member.topics.includes(topic)) this.#wake(member);
    return offset;
  }

  /** Sends that are still on their way arrive now, or are lost. */
  land(chance: number): void {
    for (const { topic, records } of this.#inFlight.splice(0))
      if (this.#kernel.random.chance(chance)) {
        this.#store(topic, records);
        this.#count("landed late");
      }
  }

  /** Deals the partitions of every group again. For a moment, two may hold one. */
  rebalance(overlapping = 0): void {
    for (const members of this.#groups.values()) this.#deal(members, overlapping);
  }

  #deal(members: Set<Member>, overlapping = 0): void {
    const { random } = this.#kernel;
    for (const member of [...members]) if (!member.process.alive) members.delete(member);
    const all = [...members];
    if (all.length === 0) return;
    if (all.length > 1) this.#count("rebalances");
    for (const member of all) {
      member.assigned = [];
      member.rebalanced = true;
    }
    for (const topic of (all[0] as Member).topics)
      for (let partition = 0; partition < PARTITIONS_OF[topic]; partition++) {
        random.pick(all).assigned.push({ topic, partition });
        if (random.chance(overlapping)) {
          const other = random.pick(all);
          if (!other.assigned.some((p) => p.topic === topic && p.partition === partition))
            other.assigned.push({ topic, partition });
        }
      }
    for (const member of all) this.#wake(member);
  }

  #wake(member: Member): void {
    const { wake } = member;
    member.wake = undefined;
    if (wake !== undefined) member.process.post(wake);
  }

  #store(topic: TopicName, records: readonly NewRecord[]): Published[] {
    const landed = new Map<number, { partition: number; firstOffset: number; count: number }>();
    for (const { key, value, partition: wanted } of records) {
      const partition = wanted ?? partitionOf(key, PARTITIONS_OF[topic]);
      const offset = this.append(topic, partition, key, value === null ? null : Buffer.from(value, "utf8"));
      const before = landed.get(partition);
      if (before === undefined) landed.set(partition, { partition, firstOffset: offset, count: 1 });
      else before.count++;
    }
    this.#count("published");
    return [...landed.values()].sort((a, b) => a.partition - b.partition);
  }

  // ---- what its users see

  /** As one process has it. */
  for(process: Process): TopicLog["Service"] {
    const kernel = this.#kernel;
    const { random } = kernel;
    const slowly = Effect.suspend(() => process.wait(random.next() * this.faults.slowMs));

    const whenUp = Effect.callback<void>((resume) => {
      if (this.#isUp) {
        resume(Effect.void);
        return;
      }
      const wake = () => {
        this.#waitingForUp.delete(wake);
        process.post(() => resume(Effect.void));
      };
      this.#waitingForUp.add(wake);
      return Effect.sync(() => this.#waitingForUp.delete(wake));
    });

    const away = () => new LogUnavailable({ address: "sim", message: "no broker answers" });
    const reach = Effect.andThen(
      slowly,
      Effect.suspend(() => (this.#isUp ? Effect.void : Effect.fail(away()))),
    );

    const publish: TopicLog["Service"]["publish"] = (topic, records) =>
      Effect.gen({ self: this }, function* () {
        if (records.length === 0) return [];
        yield* slowly;
        yield* whenUp;
        if (this.trap?.isFor(process, topic, records) === true) {
          const { strike } = this.trap;
          this.trap = undefined;
          if (strike(process, records) === "late") {
            this.#count("publishes without answer");
            this.#inFlight.push({ topic, records });
            return yield* new PublishUncertain({ topic, message: "no answer" });
          }
          yield* process.wait(0);
          yield* whenUp;
        }
        if (!random.chance(this.faults.uncertain)) {
          // A process that dies from here on does not know that it is there.
          const published = this.#store(topic, records);
          yield* slowly;
          return published;
        }
        this.#count("publishes without answer");
        const fate = random.below(4);
        if (fate === 0) this.#store(topic, records);
        if (fate === 1) this.#inFlight.push({ topic, records });
        if (fate === 2) {
          // Some partitions took it, others did not.
          const taken = random.below(PARTITIONS_OF[topic]);
          const isTaken = (r: NewRecord) =>
            (r.partition ?? partitionOf(r.key, PARTITIONS_OF[topic])) === taken;
          this.#store(topic, records.filter(isTaken));
        }
        yield* slowly;
        return yield* new PublishUncertain({ topic, message: "no answer" });
      });

    const bounds: TopicLog["Service"]["bounds"] = (topics) =>
      Effect.map(reach, () =>
        topics.flatMap((topic) =>
          Array.from({ length: PARTITIONS_OF[topic] }, (_, partition) => ({
            topic,
            partition,
            start: 0,
            end: this.partition(topic, partition).end,
          })),
        ),
      );

    const read: TopicLog["Service"]["read"] = (from, onBatch) =>
      Effect.gen({ self: this }, function* () {
        yield* reach;
        const parts = from.map((position) => ({
          at: Math.max(0, position.offset),
          place: position,
          end: this.partition(position.topic, position.partition).end,
        }));
        for (const { place, at, end } of parts) if (at > end) return yield* pastTheEnd(place, end);
        for (const part of parts)
          for (;;) {
            const batch = this.#take(part.place, part.at, part.end);
            if (batch === undefined) break;
            if (random.chance(this.faults.endsEarly)) {
              this.#count("reads that ended early");
              return yield* away();
            }
            yield* onBatch(batch);
            wipe(batch);
            part.at = batch.next;
          }
      });

    const follow = <E, R>(options: FollowOptions<E, R>) =>
      Effect.scoped(
        Effect.gen({ self: this }, function* () {
          const member: Member = {
            process,
            topics: options.topics,
            assigned: [],
            rebalanced: false,
            wake: undefined,
          };
          const members = this.#groups.get(options.group) ?? new Set<Member>();
          yield* slowly;
          yield* Effect.acquireRelease(
            Effect.sync(() => {
              this.#groups.set(options.group, members.add(member));
              this.#deal(members);
            }),
            () =>
              Effect.sync(() => {
                members.delete(member);
                this.#deal(members);
              }),
          );
          let moved = false;
          if (options.moved !== undefined)
            yield* options.moved.pipe(
              Effect.andThen(
                Effect.sync(() => {
                  moved = true;
                  this.#wake(member);
                }),
              ),
              Effect.forever,
              Effect.forkScoped,
            );

          const cursors = new Map<string, { readonly place: TopicPartition; at: number }>();
          const last = new Map<string, LogBatch>();
          const settle = (): LogMismatch | undefined => {
            const { assigned } = member;
            const names = new Set(assigned.map(partitionKey));
            for (const name of cursors.keys()) if (!names.has(name)) cursors.delete(name);
            // Kafka asks for all of them again, the embedded log for those that are new.
            const asked =
              moved || (member.rebalanced && random.chance(0.5))
                ? assigned
                : assigned.filter((p) => !cursors.has(partitionKey(p)));
            moved = false;
            member.rebalanced = false;
            if (asked.length === 0) return undefined;
            const wanted = new Map(options.positions(asked).map((p) => [partitionKey(p), p.offset]));
            for (const place of asked) {
              const at = Math.max(0, wanted.get(partitionKey(place)) ?? 0);
              const { end } = this.partition(place.topic, place.partition);
              if (at > end) return pastTheEnd({ ...place, offset: at }, end);
              cursors.set(partitionKey(place), { place, at });
            }
            return undefined;
          };

          for (;;) {
            yield* slowly;
            if (!this.#isUp) {
              options.onState?.({ state: "waiting", reason: "no broker answers" });
              yield* whenUp;
              options.onState?.({ state: "ok" });
              this.#count("reconnects");
              if (random.chance(0.5)) cursors.clear();
            }
            if (moved || member.rebalanced || cursors.size < member.assigned.length) {
              const failure = settle();
              if (failure !== undefined) return yield* failure;
            }
            const ready = [...cursors.values()].filter(
              ({ place, at }) => this.partition(place.topic, place.partition).end > at,
            );
            if (ready.length === 0) {
              yield* Effect.callback<void>((resume) => {
                member.wake = () => resume(Effect.void);
                return Effect.sync(() => {
                  member.wake = undefined;
                });
              });
              continue;
            }
            const cursor = random.pick(ready);
            const { place } = cursor;
            const name = partitionKey(place);
            let batch = this.#take(place, cursor.at, Number.POSITIVE_INFINITY);
            if (batch === undefined) continue;
            const before = last.get(name);
            // Given again it may be, but never does a batch begin beyond the position that is wanted.
            const mayBeAgain = before !== undefined && (before.records[0]?.offset ?? 0) <= cursor.at;
            if (mayBeAgain && random.chance(this.faults.again)) {
              this.#count("batches given again");
              batch = copyOf(before);
            }
            last.set(name, copyOf(batch));
            const next = yield* options.onBatch(batch);
            wipe(batch);
            const isOurs = !moved && !member.rebalanced && cursors.get(name) === cursor;
            if (isOurs) {
              const { end } = this.partition(place.topic, place.partition);
              if (next > end) return yield* pastTheEnd({ ...place, offset: next }, end);
              cursor.at = Math.max(0, next);
            }
          }
        }),
      );

    return {
      kind: "kafka",
      identity: "simulated log",
      partitions: (topic) => PARTITIONS_OF[topic],
      maxRecordBytes: () => MAX_RECORD_BYTES,
      fullName: (topic) => `ventes.${topic}`,
      publish,
      bounds,
      read,
      follow,
    };
  }

  /** A batch of what lies at a position, of any size up to the most; it may jump over a gap behind it. */
  #take(place: TopicPartition, at: number, end: number): LogBatch | undefined {
    const { random } = this.#kernel;
    const log = this.partition(place.topic, place.partition);
    const first = firstAtOrAfter(log.records, at);
    const most = 1 + random.below(this.faults.mostRecords);
    const stored: StoredRecord[] = [];
    for (let i = first; i < log.records.length && stored.length < most; i++) {
      const record = log.records[i] as StoredRecord;
      if (record.offset >= end) break;
      stored.push(record);
    }
    const lastRecord = stored.at(-1);
    if (lastRecord === undefined) return undefined;
    const following = log.records[first + stored.length]?.offset ?? Math.min(log.end, end);
    const next = random.chance(0.5)
      ? lastRecord.offset + 1
      : Math.max(lastRecord.offset + 1, Math.min(following, end));
    return copyOf({ topic: place.topic, partition: place.partition, records: stored, next });
  }
}

const pastTheEnd = ({ topic, partition, offset }: Position, end: number): LogMismatch =>
  new LogMismatch({ message: `position ${offset} of ${topic}/${partition} lies past its end ${end}` });

const copyOf = (batch: LogBatch): LogBatch => ({
  ...batch,
  records: batch.records.map((record) => ({
    ...record,
    value: record.value === null ? null : Buffer.from(record.value),
  })),
});

/** Values are views of a buffer that is used again, so that code which keeps a view fails. */
function wipe({ records }: LogBatch): void {
  for (const { value } of records as readonly LogRecord[]) value?.fill(0);
}

function firstAtOrAfter(records: readonly StoredRecord[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle] as StoredRecord).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

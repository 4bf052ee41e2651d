/**
 * The source index: the offset ranges that hold the events of each source, exact to some thousand offsets. With it, a
 * producer that takes over hundreds of sources reads the topics once, and then only the ranges of each source. A
 * producer that restarts scans only the new records. It is a cache of one process. It holds ranges, never events.
 */
import * as Effect from "effect/Effect";
import { partitionKey } from "#shared/topic-log/by-partition.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogBatch, OffsetRange, Position, TopicLog } from "#shared/topic-log/topic-log.ts";

/** Events that are at most this many offsets apart are one range. One read takes about as many records anyway. */
const NEAR = 5_000;

/** The beginning of an event as our producers write it. A record with another beginning may be of any source. */
const BEGINNING = /^\{"v":1,"kind":"(?:row|delete|fence)","source":("(?:[^"\\]|\\.)*")/;

/** Long enough for the beginning of an event whose source is a long URL. */
const BEGINNING_BYTES = 4_096;

/** The key of records that may be of any source. */
const ANY = "";

interface Range {
  readonly from: number;
  to: number;
}

export interface SourcePlaces {
  readonly ranges: readonly OffsetRange[];
  /** The positions up to which the topics were scanned. */
  readonly reached: readonly Position[];
}

export class SourceIndex {
  readonly #log: TopicLog["Service"];
  /** The scanned range of each partition. */
  readonly #scanned = new Map<string, Range>();
  /** Partition -> source as JSON -> ranges, in order of offsets. */
  readonly #ranges = new Map<string, Map<string, Range[]>>();

  constructor(log: TopicLog["Service"]) {
    this.#log = log;
  }

  /** The ranges of a source, from these positions to the present ends of the topics. Make one call at a time. */
  readonly find = Effect.fnUntraced(
    { self: this },
    function* (
      this: SourceIndex,
      source: string,
      from: readonly Position[],
    ): Effect.fn.Return<SourcePlaces, LogFailure> {
      yield* this.#scan(from);
      const named = JSON.stringify(source);
      const ranges = from.flatMap((position): OffsetRange[] => {
        // The position is behind the end, so it is of another log. The read of this range will fail and say so.
        if (position.offset > (this.#scanned.get(partitionKey(position))?.to ?? 0)) return [position];
        const ranges = this.#ranges.get(partitionKey(position));
        return joined([...(ranges?.get(named) ?? []), ...(ranges?.get(ANY) ?? [])])
          .filter(({ to }) => to > position.offset)
          .map((range) => ({ ...position, offset: Math.max(range.from, position.offset), until: range.to }));
      });
      const reached = from.map((position) => ({
        ...position,
        offset: Math.max(position.offset, this.#scanned.get(partitionKey(position))?.to ?? 0),
      }));
      return { ranges, reached };
    },
  );

  /** Scans each partition from where the last scan ended. If an earlier position is wanted, scans it from the start. */
  #scan(wanted: readonly Position[]): Effect.Effect<void, LogFailure> {
    const from = wanted.map((position) => {
      const name = partitionKey(position);
      const scanned = this.#scanned.get(name);
      if (scanned !== undefined && scanned.from <= position.offset)
        return { ...position, offset: scanned.to };
      const offset = scanned === undefined ? position.offset : 0;
      this.#scanned.set(name, { from: offset, to: offset });
      this.#ranges.delete(name);
      return { ...position, offset };
    });
    return this.#log.read(from, (batch) => Effect.sync(() => this.#note(batch)));
  }

  #note(batch: LogBatch): void {
    const name = partitionKey(batch);
    const ranges = this.#ranges.get(name) ?? new Map<string, Range[]>();
    this.#ranges.set(name, ranges);
    // Many events of one source follow each other. Comparing bytes is faster than running the pattern on each.
    let beginning = Buffer.alloc(0);
    let last: Range[] | undefined;
    for (const { value, offset } of batch.records) {
      if (value === null) continue;
      const same =
        last !== undefined &&
        value.length >= beginning.length &&
        beginning.compare(value, 0, beginning.length) === 0;
      if (!same) {
        const found = BEGINNING.exec(value.toString("utf8", 0, BEGINNING_BYTES));
        const source = found?.[1] ?? ANY;
        last = ranges.get(source) ?? [];
        ranges.set(source, last);
        beginning = Buffer.from(found?.[0] ?? "");
        if (found === null) {
          extend(last, offset);
          last = undefined;
          continue;
        }
      }
      extend(last as Range[], offset);
    }
    const scanned = this.#scanned.get(name);
    if (scanned !== undefined) scanned.to = batch.next;
  }
}

function extend(ranges: Range[], offset: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && offset - last.to <= NEAR) last.to = Math.max(last.to, offset + 1);
  else ranges.push({ from: offset, to: offset + 1 });
}

function joined(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last !== undefined && from - last.to <= NEAR) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

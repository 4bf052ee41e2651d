/**
 * The state of a component as records of the topic `status`. The statuses of thousands of sources do not fit one
 * record: the first has what fits, under the key of the component, and further ones have the rest.
 */
import type { CatalogueStatus, ComponentState, SourceStatus } from "#shared/contract/status.ts";
import { RECORD_OVERHEAD } from "#shared/topic-log/record-size.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";

const keyOf = ({ component, id, part = 0 }: ComponentState): string =>
  part === 0 ? `${component} ${id}` : `${component} ${id} part ${part}`;

/** The keys of all records of a state. */
export const keysOf = (state: ComponentState): readonly string[] =>
  Array.from({ length: state.parts ?? 1 }, (_, part) => keyOf({ ...state, part }));

const recordOf = (state: ComponentState): NewRecord => ({ key: keyOf(state), value: JSON.stringify(state) });

interface Part {
  readonly sources: SourceStatus[];
  readonly catalogues: CatalogueStatus[];
}

/**
 * The records of a state, the first one last: a reader that sees it finds the others. `most`: the bytes that one record
 * may take. A single status is far smaller (producer/source/bounds.ts).
 */
export function recordsOf(state: ComponentState, most: number): readonly NewRecord[] {
  const whole = recordOf(state);
  if (sizeOf(whole) <= most) return [whole];
  const { sources = [], catalogues = [], ...head } = state;
  const numbered = { ...head, sources: [], catalogues: [], part: LARGE, parts: LARGE };
  const room = most - sizeOf(recordOf(numbered));
  const parts: Part[] = [];
  let left = 0;
  const partFor = (status: SourceStatus | CatalogueStatus): Part => {
    const bytes = Buffer.byteLength(JSON.stringify(status)) + 1;
    if (bytes > left || parts.length === 0) {
      parts.push({ sources: [], catalogues: [] });
      left = room;
    }
    left -= bytes;
    return parts.at(-1) as Part;
  };
  for (const source of sources) partFor(source).sources.push(source);
  for (const catalogue of catalogues) partFor(catalogue).catalogues.push(catalogue);
  return parts
    .map((part, n) => recordOf({ ...head, ...part, ...(n === 0 ? {} : { part: n }), parts: parts.length }))
    .reverse();
}

/** As many digits as a number of parts has at most. */
const LARGE = 99_999;

const sizeOf = ({ key, value }: NewRecord): number =>
  RECORD_OVERHEAD + Buffer.byteLength(key) + Buffer.byteLength(value ?? "");

/**
 * The states of these records. A part of an earlier run of the component, or one that its state no longer has, is left
 * out.
 */
export function statesOf(records: readonly ComponentState[]): readonly ComponentState[] {
  const byKey = new Map(records.map((record) => [keyOf(record), record]));
  return records
    .filter(({ part }) => part === undefined)
    .map((first) => {
      if (first.parts === undefined) return first;
      const all = keysOf(first).flatMap((key) => byKey.get(key) ?? []);
      const own = all.filter(({ since }) => since === first.since);
      return {
        ...first,
        sources: own.flatMap(({ sources = [] }) => sources),
        catalogues: own.flatMap(({ catalogues = [] }) => catalogues),
      };
    });
}

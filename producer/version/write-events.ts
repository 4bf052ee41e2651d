/** The second pass over a version: makes the events of the records that the diff decided to emit. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Details, RejectCode } from "#shared/contract/sentences.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import {
  type EntityDiff,
  keyOfClaim,
  MIXED,
  rejectStem,
  type VersionDiff,
  withOrdinal,
} from "../diff/index.ts";
import type { EventWriter } from "../log/index.ts";
import { fittingReject } from "../source/index.ts";
import { recordsOf } from "./records-of.ts";
import type { Version } from "./version.ts";

/** The events of a version, in one queue for each topic. */
export interface WrittenEvents {
  readonly rows: ReadonlyMap<EntityName, NewRecord[]>;
  readonly rejects: NewRecord[];
}

/** Appends the events to the queues of `to`. Yields between blocks. */
export function* writeEvents(
  version: Version,
  diff: VersionDiff,
  writer: EventWriter,
  to: WrittenEvents,
): Generator<void, void> {
  const { source } = version.options;
  const { decisions: rejected } = diff.rejects;
  const pairs = version.decoders.map((decoder) => ({
    decoder,
    decisions: (diff.of(decoder.entity.name) as EntityDiff).decisions,
    keyColumn: decoder.entity.key,
    rows: to.rows.get(decoder.entity.name) as NewRecord[],
  }));
  const reject = (
    n: number,
    entity: EntityName,
    line: number,
    raw: string,
    fields: readonly string[] | undefined,
    code: RejectCode,
    details: Details,
  ) => {
    const key = withOrdinal(rejectStem(source, raw), rejected.ordinal(n));
    const shown = version.leftOut.masked(raw, fields);
    const row = fittingReject(version.room, { entity, raw: shown, code, details: { ...details } });
    to.rejects.push({ key, value: writer.reject(line, row) });
  };
  yield* recordsOf(version.newReader(), version.newFilter(), {
    record: (n, fields, line, raw) => {
      const isRejected = rejected.isEmitted(n);
      if (!isRejected && !pairs.some(({ decisions }) => decisions.isEmitted(n))) return;
      const failed = version.decoders.find((decoder) => !decoder.decode(fields, raw));
      if (failed !== undefined) {
        const { code, details } = failed.problem;
        return reject(n, failed.entity.name, line, raw, fields, code, details);
      }
      for (const { decoder, decisions, keyColumn, rows } of pairs) {
        const { decoded } = decoder;
        if (isRejected && decisions.isExcluded(n)) {
          reject(n, decoder.entity.name, line, raw, fields, MIXED, { value: decoded.key });
        } else if (decisions.isEmitted(n)) {
          const ordinal = decoded.derived ? decisions.ordinal(n) : decoded.ordinal;
          const key = keyOfClaim({ key: decoded.key, ordinal });
          rows.push({ key, value: writer.row(keyColumn, key, line, decoded.rest) });
        }
      }
    },
    bad: (n, code, value, line, raw, more) => {
      const { name } = version.main.entity;
      if (rejected.isEmitted(n)) reject(n, name, line, raw, undefined, code, { value, more });
    },
  });
}

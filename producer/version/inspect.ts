/** Reads a version to show it to a person: its first rows, and its rejects. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Values } from "#shared/contract/event.ts";
import type { Details, RejectCode } from "#shared/contract/sentences.ts";
import { keyOfClaim } from "../diff/index.ts";
import { recordsOf } from "./records-of.ts";
import type { Version } from "./version.ts";

export interface InspectedRow {
  readonly entity: EntityName;
  readonly line: number;
  readonly row: Values;
  readonly extras: Values;
}

export interface InspectedReject {
  readonly line: number;
  readonly raw: string;
  readonly code: RejectCode;
  readonly details: Details;
}

export interface InspectSink {
  /** How many of the first records are shown as rows. */
  readonly rows: number;
  readonly row: (row: InspectedRow) => void;
  readonly reject: (reject: InspectedReject) => void;
}

/** Decodes every record, and counts them in the version. Yields between blocks. */
export function* inspectVersion(version: Version, sink: InspectSink): Generator<void, void> {
  const bad = (line: number, raw: string, code: RejectCode, details: Details) => {
    version.records++;
    version.gaps.rejected(line, raw, { code, details });
    sink.reject({ line, raw, code, details });
  };
  const reader = version.newReader();
  version.filtered = yield* recordsOf(reader, version.newFilter(), {
    record: (_, fields, line, raw) => {
      const failed = version.decoders.find((decoder) => !decoder.decode(fields, raw));
      if (failed !== undefined) return bad(line, raw, failed.problem.code, failed.problem.details);
      version.records++;
      version.meanings.add(fields);
      for (const { rounded } of version.decoders) version.rounded += rounded;
      if (version.records > sink.rows) return;
      for (const decoder of version.decoders) {
        const { row, extras } = decoder.rowOf();
        const { key, derived, ordinal } = decoder.decoded;
        const id = keyOfClaim({ key, ordinal: derived ? 1 : ordinal });
        sink.row({ entity: decoder.entity.name, line, row: { [decoder.entity.key]: id, ...row }, extras });
      }
    },
    bad: (_, code, value, line, raw, more) => bad(line, raw, code, { value, more }),
  });
  version.notice(reader);
}

/** The ids of the first rows of its main entity, at most `most`. Yields between blocks. */
export function* firstIds(version: Version, most: number): Generator<void, readonly string[]> {
  const ids: string[] = [];
  const { name, key } = version.main.entity;
  const work = inspectVersion(version, {
    rows: most,
    row: ({ entity, row }) => {
      if (entity === name) ids.push(row[key] ?? "");
    },
    reject: () => {},
  });
  while (ids.length < most && work.next().done !== true) yield;
  return ids.slice(0, most);
}

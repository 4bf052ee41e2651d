/** What is asked of the search for a dialect, and what its steps hand on. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingDecisions } from "#shared/contract/source-records.ts";
import type { Mapping, ReadAs } from "../../header/index.ts";
import type { TextSurvey } from "../encoding/text-survey.ts";
import type { ReadingNote } from "../notes.ts";
import type { Cut, Dialect } from "../records/dialect.ts";
import type { Head, HeadRecord } from "./head.ts";

/** A file in UTF-8. */
export interface Text {
  readonly fd: number;
  /** In bytes. */
  readonly size: number;
  /** How many bytes of a byte order mark come before the text. */
  readonly mark: number;
  readonly survey: TextSurvey;
}

export interface DialectRequest {
  /** What the operator fixed. */
  readonly options: ReadAs;
  /** The entities that the header may publish; undefined: any one. */
  readonly entities: readonly EntityName[] | undefined;
  /** How the version before was read, and its header. */
  readonly before: { readonly reading: ReadingDecisions; readonly header: readonly string[] } | null;
}

export interface FoundDialect {
  readonly dialect: Dialect;
  readonly notes: readonly ReadingNote[];
}

/** A header, found under one cut. */
export interface Candidate {
  readonly cut: Cut;
  /** The record that is the header; null: the file has none, and the operator gave the columns. */
  readonly record: HeadRecord | null;
  readonly header: readonly string[];
  /** What the header publishes. */
  readonly mappings: readonly Mapping[];
}

/** A candidate, and the dialect that it makes of the file. */
export interface Choice {
  readonly candidate: Candidate;
  readonly dialect: Dialect;
}

/** What all steps of one search look at. */
export interface Search {
  readonly text: Text;
  readonly head: Head;
  readonly request: DialectRequest;
}

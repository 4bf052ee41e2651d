/**
 * What kind of file this is, from its beginning: HTML, empty, or a CSV whose delimiter is the one under which an
 * entity's key columns are found.
 */
import { readSync } from "node:fs";
import { recognizeEntities } from "#shared/entities/header.ts";
import type { EntityName } from "#shared/entities/index.ts";
import type { ReadingOptions } from "#shared/event.ts";
import { notRecognized } from "../columns/options.ts";
import { SourceRefusal } from "../source-error.ts";
import { type Delimiter, RecordReader } from "./record-reader.ts";

export interface Dialect {
  readonly delimiter: Delimiter;
  /** The header as published, or as the operator gave it. */
  readonly header: readonly string[];
  /** Records before the data: the header, where there is one. */
  readonly skipped: number;
  /** What it publishes, parents first. */
  readonly entities: readonly EntityName[];
}

const DELIMITERS: readonly Delimiter[] = [",", ";", "\t", "|"];
const LOOKED_AT = 1024;
const HTML = /^\s*(<!doctype|<html|<\?xml|<head|<body|<)/i;

/** `said`: what the operator said it is. Throws SourceRefusal. */
export function readDialect(
  fd: number,
  said: readonly EntityName[] | undefined,
  options: ReadingOptions = {},
): Dialect {
  const start = Buffer.alloc(LOOKED_AT);
  const beginning = start
    .subarray(0, readSync(fd, start, 0, LOOKED_AT, 0))
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  if (HTML.test(beginning)) throw new SourceRefusal("source.html");

  const headers = DELIMITERS.filter((d) => d === (options.delimiter ?? d)).map((delimiter) => {
    const first = headerOf(fd, delimiter);
    const { columns } = options;
    return columns !== undefined && columns.length === first.length
      ? { delimiter, header: columns, skipped: 0 }
      : { delimiter, header: columns === undefined ? first : [], skipped: 1 };
  });
  const longest = headers.reduce((a, b) => (b.header.length > a.header.length ? b : a));
  if (longest.header.length === 0) throw new SourceRefusal("source.empty");

  const best = (entities: readonly EntityName[] | undefined) =>
    headers
      .flatMap((one) => {
        const found = recognizeEntities(one.header, entities, options);
        return found === undefined || found.missing.length > 0 ? [] : [{ ...one, ...found }];
      })
      .sort((a, b) => b.named - a.named)[0];
  const wide = said !== undefined && said.length > 1;
  const found = best(wide ? said : undefined);
  if (found !== undefined) {
    const [is = "produits"] = found.entities;
    if (!wide && said?.[0] !== undefined && said[0] !== is)
      throw new SourceRefusal("source.wrong_entity", said[0], is);
    return found;
  }
  // A list of bare references is a file of products when the operator says so.
  const bare = said === undefined ? undefined : best(said);
  if (bare !== undefined) return bare;
  throw notRecognized(longest.header, said, options);
}

function headerOf(fd: number, delimiter: Delimiter): readonly string[] {
  const reader = new RecordReader({ fd, delimiter, keepOpen: () => true });
  let header: readonly string[] | undefined;
  const sink = {
    record: (_: number, fields: string[]) => {
      header ??= fields;
    },
    bad: () => {
      header ??= [];
    },
  };
  while (header === undefined && reader.next(sink));
  return header ?? [];
}

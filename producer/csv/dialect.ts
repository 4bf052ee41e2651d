/**
 * What kind of file this is, from its beginning: HTML, empty, or a CSV whose delimiter is the one under which an
 * entity's key columns are found.
 */
import { readSync } from "node:fs";
import { type Mapping, mapHeader, recognizeHeader } from "#shared/entities/header.ts";
import { type EntityName, entityNamed } from "#shared/entities/index.ts";
import { SourceRefusal } from "../source-error.ts";
import { type Delimiter, RecordReader } from "./record-reader.ts";

export interface Dialect {
  readonly delimiter: Delimiter;
  /** The header as published. */
  readonly header: readonly string[];
  readonly entity: EntityName;
}

const DELIMITERS: readonly Delimiter[] = [",", ";", "\t"];
const LOOKED_AT = 1024;
const HTML = /^\s*(<!doctype|<html|<\?xml|<head|<body|<)/i;

/** `entity`: what the operator said it is. Throws SourceRefusal. */
export function readDialect(fd: number, entity: EntityName | undefined): Dialect {
  const start = Buffer.alloc(LOOKED_AT);
  const beginning = start
    .subarray(0, readSync(fd, start, 0, LOOKED_AT, 0))
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  if (HTML.test(beginning)) throw new SourceRefusal("source.html");

  const headers = DELIMITERS.map((delimiter) => ({ delimiter, header: headerOf(fd, delimiter) }));
  const longest = headers.reduce((a, b) => (b.header.length > a.header.length ? b : a));
  if (longest.header.length === 0) throw new SourceRefusal("source.empty");

  const named = (mapping: Mapping) => mapping.fields.filter((f) => "column" in f).length;
  const found = headers
    .flatMap(({ delimiter, header }) => {
      const mapping = recognizeHeader(header);
      return mapping === undefined ? [] : [{ delimiter, header, mapping }];
    })
    .sort((a, b) => named(b.mapping) - named(a.mapping))[0];
  if (found !== undefined) {
    const is = found.mapping.entity;
    if (entity !== undefined && entity !== is) throw new SourceRefusal("source.wrong_entity", entity, is);
    return { delimiter: found.delimiter, header: found.header, entity: is };
  }
  // A list of bare references is a file of products when the operator says so.
  const said = entity === undefined ? undefined : mapHeader(longest.header, entityNamed(entity));
  if (said !== undefined && said.missing.length === 0) return { ...longest, entity: said.entity };

  throw new SourceRefusal(
    "source.no_key_columns",
    longest.header.join(", "),
    said === undefined
      ? (["produits", "magasins", "ventes"] as const)
          .map((name) => `${name} (${mapHeader(longest.header, entityNamed(name)).missing.join(", ")})`)
          .join(" / ")
      : said.missing.join(", "),
  );
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

/**
 * Every event that the producer writes is one that the consumer decodes, and says what the file and the options say: for
 * any text in fields, names of columns, constants, scopes and ids.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import fc from "fast-check";
import { expect, it } from "vitest";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { type Decoded, makeEventDecoder } from "../consumer/decode.ts";
import { registerSource, sourceOptions } from "../producer/admin/index.ts";
import { readSourcesOnce } from "../producer/run.ts";
import { openPipeline, type Pipeline } from "../producer/testing/pipeline.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** Text that a file in UTF-8 may hold. A CR alone would be a line end, and a backslash before a quote an escape. */
const inFile = fc
  .oneof(
    fc.string({ maxLength: 8 }),
    fc.string({ maxLength: 6, unit: "binary" }),
    fc.constantFrom("\t", "\\", '"', "'", "a\tb", "\\n", "\u0001", "\u007f", "\u2028", "\u00a0", "e\u0301"),
    fc.constantFrom('","id_produit":"y', "\\u0022", "{}", "\n", ";", ",", "|"),
  )
  .map((text) => text.toWellFormed().replaceAll(/[\r\0]|\\+(?=")/g, ""));
/** Text that a command or a request may give. */
const given = fc.oneof(inFile, fc.string({ maxLength: 4, unit: "binary" }), fc.constant("\ud800"));
/** So that no text is empty, trimmed, or one that stands for nothing. */
const within = (text: fc.Arbitrary<string>) => text.map((some) => `x${some}x`);

const NAMES = ["__proto__", "constructor", "heure", "heure (date)", "nom (2)", "v", "row"];

const cases = fc.record({
  delimiter: fc.constantFrom(...DELIMITERS),
  extra: fc.oneof(within(inFile), fc.constantFrom(...NAMES)),
  another: fc.oneof(within(inFile), fc.constantFrom(...NAMES)),
  shop: within(given),
  scope: fc.option(within(given), { nil: undefined }),
  city: within(given),
  records: fc.array(
    fc.record({ product: within(inFile), a: within(inFile), b: within(inFile), hour: fc.boolean() }),
    { minLength: 1, maxLength: 4 },
  ),
  numbered: fc.boolean(),
});
type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never;

const canonical = (text: string) => text.toWellFormed().normalize("NFC");

const quoted = (text: string, delimiter: string) =>
  text.includes(delimiter) || /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

function fileOf({ delimiter, extra, another, records, numbered }: Case): string {
  const header = ["date_vente", "id_produit", "quantité", extra, another, ...(numbered ? ["id_vente"] : [])];
  const rows = records.map(({ product, a, b, hour }, i) => [
    `2026-03-02${hour ? " 10:15" : ""}`,
    product,
    "1",
    a,
    b,
    ...(numbered ? [`${product}${i}`] : []),
  ]);
  return [header, ...rows]
    .map((fields) => `${fields.map((text) => quoted(text, delimiter)).join(delimiter)}\n`)
    .join("");
}

/** What the consumer makes of each record of the topics, from these positions on. */
const decodedRows = Effect.gen(function* () {
  const log = yield* TopicLog;
  const found: Decoded[] = [];
  const decode = makeEventDecoder();
  for (const topic of EVENT_TOPICS)
    yield* log.read(
      Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition, offset: 0 })),
      (batch) =>
        Effect.sync(() => {
          for (const record of batch.records) found.push(decode(topic, record));
        }),
    );
  return found;
});

/** The rows that are published of one file. Each file has topics of its own: the same sale may be in two of them. */
const published = async (one: Case) => {
  const pipeline = await openPipeline();
  try {
    return await publishedIn(pipeline, one);
  } finally {
    await pipeline.close();
  }
};

const publishedIn = async (pipeline: Pipeline, one: Case) => {
  const path = join(pipeline.dir, "ventes.csv");
  writeFileSync(path, fileOf(one));
  const { shop, city, scope, delimiter } = one;
  // As a catalogue or a request gives them.
  const { reading, idScope } = sourceOptions({
    set: { id_magasin: shop, ville: city },
    ...(scope === undefined ? {} : { idScope: scope }),
    delimiter,
  });
  const rows = await pipeline.run(
    Effect.gen(function* () {
      const options = { entities: ["magasins", "ventes"] as const, reading, idScope };
      const { source } = yield* registerSource(path, options);
      yield* readSourcesOnce({ only: new Set([source]) });
      const all = yield* decodedRows;
      for (const one of all) expect(one).not.toHaveProperty("reject");
      return all.flatMap((one) =>
        "event" in one && one.event.source === source && one.event.kind === "row" ? [one.event] : [],
      );
    }),
  );
  return rows;
};

it("any text is in the database what it is in the file and in the options", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const rows = await published(one);
      const shops = rows.filter(({ row }) => "ville" in row);
      expect(shops.map(({ row }) => row)).toEqual([
        { id_magasin: canonical(one.shop), ville: canonical(one.city) },
      ]);
      const sales = rows.filter(({ row }) => "quantité" in row);
      const sorted = (texts: readonly (readonly (string | null | undefined)[])[]) =>
        texts.map((text) => JSON.stringify(text)).sort();
      const withTime = one.records.some(({ hour }) => hour);
      expect(
        sorted(
          sales.map(({ row, extras }) => {
            const { id_produit, id_magasin, prix } = row;
            const values = [...Object.values(extras), ...(prix == null ? [] : [prix])];
            return [id_produit, id_magasin, ...values.filter((value) => value !== "10:15:00").sort()];
          }),
        ),
      ).toEqual(
        sorted(
          one.records.map(({ product, a, b }) => [
            canonical(product),
            canonical(one.shop),
            ...[canonical(a), canonical(b)].sort(),
          ]),
        ),
      );
      expect(sales.filter(({ extras }) => Object.values(extras).includes("10:15:00")).length).toBe(
        withTime ? one.records.filter(({ hour }) => hour).length : 0,
      );
    }),
    { numRuns: 150, examples: [] },
  );
});

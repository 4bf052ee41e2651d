import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventTopic } from "#shared/contract/topics.ts";
import { makeEventDecoder } from "./decode.ts";
import { KnownShape } from "./known-shape.ts";

const texts = fc.oneof(
  fc.constantFrom("1", "", "null", "é", "😀", '"', "\\", "\u0001", "\ud800", "x".repeat(40), "__proto__"),
  fc.string(),
);
const extras = fc.uniqueArray(fc.tuple(texts, fc.option(texts)), {
  maxLength: 3,
  selector: ([name]) => name,
});

const sales = fc.record({
  topic: fc.constant<EventTopic>("ventes"),
  row: fc.record(
    {
      id_vente: fc.constantFrom("1", "2", 'a"b'),
      id_produit: texts,
      id_magasin: texts,
      date_vente: fc.constantFrom("2026-01-01", "2026-12-31", "2026-13-01", "26-01-01"),
      quantité: fc.constantFrom("1", "-2.5", "01", "1e3", ""),
      prix: fc.constantFrom("1.5", null, "x"),
      chiffre_affaires: fc.constantFrom("3", null, "1.0000001"),
    },
    { requiredKeys: ["id_vente"] },
  ),
});
const shops = fc.record({
  topic: fc.constant<EventTopic>("magasins"),
  row: fc.record({ id_magasin: fc.constantFrom("1", "2"), ville: texts }),
});

/** An event as a producer writes it. */
const textOf = (source: string, version: number, line: string, row: object, extra: readonly unknown[]) =>
  `{"v":1,"kind":"row","source":${JSON.stringify(source)},"version":${version},"line":${line},"published":"2026-01-02T00:00:00.000Z","day":"2026-01-02","row":${JSON.stringify(row)},"extras":${JSON.stringify(Object.fromEntries(extra as [string, unknown][]))}}`;

const events = fc
  .record({
    of: fc.oneof(sales, shops),
    source: fc.constantFrom("file:///a.csv", "file:///b.csv", "file:///\ud800"),
    version: fc.constantFrom(1, 2),
    line: fc.constantFrom("2", "3", "0", "01", "-1", "1.0", "1e2", "", "999999999999999", "9999999999999999"),
    extras,
  })
  .map(({ of, source, version, line, extras }) => ({
    topic: of.topic,
    text: textOf(source, version, line, of.row, extras),
    key: "id_vente" in of.row ? of.row.id_vente : (of.row as { id_magasin: string }).id_magasin,
  }));

/** What may happen to a text on its way: a piece of it is lost, comes twice, or is another one. */
const damages = fc.array(
  fc.record({
    at: fc.nat(400),
    length: fc.nat(3),
    by: fc.constantFrom("", " ", '"', "\\", "\n", "0", "}", ",", '"x":1,', "null", "\u0000"),
  }),
  { maxLength: 2 },
);

describe("decoded events", () => {
  test("are the same, whatever events the decoder has seen before", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(events, fc.constantFrom(1, 3), fc.option(damages)), { minLength: 1, maxLength: 8 }),
        (sent) => {
          const experienced = makeEventDecoder();
          for (const [{ topic, text, key }, times, damaged] of sent) {
            let value = text;
            for (const { at, length, by } of damaged ?? [])
              value = value.slice(0, at) + by + value.slice(at + length);
            for (let i = 0; i < times; i++) {
              const record = { offset: 1, key, value: Buffer.from(value) };
              const expected = makeEventDecoder()(topic, record);
              expect(JSON.stringify(experienced(topic, record))).toBe(JSON.stringify(expected));
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("of one version are read by their shape, also with extras and an empty price", () => {
    const row = {
      id_vente: "1",
      id_produit: "p",
      id_magasin: "m",
      date_vente: "2026-01-01",
      quantité: "1",
      prix: null,
    };
    const text = textOf("file:///é.csv", 7, "2", row, [
      ["caisse", "3"],
      ["note", null],
    ]);
    const next = textOf("file:///é.csv", 7, "31", { ...row, id_vente: "2", prix: "1.5" }, [
      ["caisse", null],
      ["note", "a b"],
    ]);
    const isRight = () => true;
    const shape = KnownShape.of(
      JSON.parse(text),
      text,
      new Map(Object.keys(row).map((name) => [name, isRight])),
    );
    expect(shape?.read(next)).toEqual(JSON.parse(next));
    expect(JSON.stringify(shape?.read(next))).toBe(next);
    // Escapes are left to JSON.parse.
    expect(shape?.read(next.replace("a b", "a\\nb"))).toBeUndefined();
  });
});

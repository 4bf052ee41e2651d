/** A delimiter too many or too few in a line of any table: the line is read as it was, or it is set aside. */
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { decide, makeFiles, readAll } from "./testing/files.ts";

const files = makeFiles();
afterAll(files.remove);

const cell = fc.constantFrom("", "", "7", "10", "2026-01-02", "ok", "a b", '"ça; là, où"', '"x ""y"""');
const table = fc
  .record({
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    width: fc.integer({ min: 2, max: 6 }),
    trailing: fc.constantFrom(0, 0, 1, 2),
    inHeader: fc.boolean(),
  })
  .chain((how) =>
    fc.record({
      how: fc.constant(how),
      rows: fc.array(fc.array(cell, { minLength: how.width - 2, maxLength: how.width - 2 }), {
        minLength: 1,
        maxLength: 12,
      }),
    }),
  )
  // Too few lines show no trailing delimiters of their own: then the header has them too.
  .map(({ how, rows }) => ({ how: { ...how, inHeader: how.inHeader || rows.length < 5 }, rows }));

const values = (fields: readonly string[]) =>
  fields.map((text) => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text));

it("moves no value to another column, and changes no other line", () => {
  fc.assert(
    fc.property(table, fc.nat(), fc.nat(), fc.boolean(), ({ how, rows }, which, where, more) => {
      const { delimiter, width, trailing, inHeader } = how;
      const all = rows.map((row, i) => [`m${i}`, "Paris", ...row]);
      const end = delimiter.repeat(trailing);
      const header = ["id_magasin", "ville", "note", "vendeur", "heure", "caisse"].slice(0, width);
      const lines = all.map((row) => row.join(delimiter) + end);
      const at = which % lines.length;
      const line = lines[at] as string;
      const places = [...line].flatMap((c, i) => (c === delimiter ? [i] : []));
      const place = places[where % places.length] as number;
      const cut = where % (line.length + 1);
      lines[at] = more
        ? line.slice(0, cut) + delimiter + line.slice(cut)
        : line.slice(0, place) + line.slice(place + 1);
      const text = [header.join(delimiter) + (inHeader ? end : ""), ...lines].join("\n");
      const reading = decide(files, files.write(`${text}\n`));
      const { records } = readAll(reading.file, reading.dialect);
      expect(reading.dialect.header).toEqual(header);
      for (const [i, row] of all.entries()) {
        const found = records.find((record) => record.line === i + 2)?.fields;
        if (i !== at) expect(found).toEqual(values(row));
        // A delimiter may come into a quoted text or go from it: all other values stand where they stood.
        else if (found !== undefined) {
          const other = values(row).filter((value, n) => found[n] !== value);
          expect(found.length).toBe(width);
          expect(other.length).toBeLessThanOrEqual(1);
          for (const value of other) expect(value).toMatch(/^ça|^x "/);
        }
      }
    }),
    { numRuns: Number(process.env.VENTES_TEST_SEEDS ?? 1_000) },
  );
});

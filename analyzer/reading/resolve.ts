/**
 * A filter as numbers of columns.db, and its periods as numbers of days. Throws BadFilter when it names a thing that
 * does not exist.
 */
import { masked } from "#shared/runtime/masked.ts";
import type { Filter } from "../api/filters.ts";
import { dayNumber, dayText, yearBefore } from "../columns/days.ts";
import type { Days, Wanted } from "../columns/scan.ts";
import { BadFilter } from "./reading.ts";
import type { Snapshot } from "./snapshot.ts";

interface Resolved {
  readonly wanted: Wanted;
  /** The days with a sale, whatever the filter; undefined: there is no sale. */
  readonly known: Days | undefined;
  /** The days of the question; undefined: it names none, and there is no sale. */
  readonly period: Days | undefined;
  /** As many days, just before; undefined when the question has no `from`, or they would be before the year 0000. */
  readonly before: Days | undefined;
  readonly yearBefore: Days | undefined;
}

/** Days are texts with a year of four digits, so none comes before this one. */
const FIRST_DAY = dayNumber("0000-01-01");
const SECOND_YEAR = dayNumber("0001-01-01");

export function resolve(snapshot: Snapshot, filter: Filter): Resolved {
  const { from, to } = filter;
  const known = knownDays(snapshot);
  const period = periodOf(known, from, to);
  const compared = from === undefined ? undefined : period;
  const length = compared === undefined ? 0 : compared.last - compared.first + 1;
  return {
    wanted: wantedBy(snapshot, filter),
    known,
    period,
    before:
      compared === undefined || compared.first - length < FIRST_DAY
        ? undefined
        : { first: compared.first - length, last: compared.first - 1 },
    yearBefore:
      compared === undefined || compared.first < SECOND_YEAR
        ? undefined
        : { first: yearBefore(compared.first), last: yearBefore(compared.last) },
  };
}

export const asPeriod = (days: Days | undefined) => ({
  from: days === undefined ? null : dayText(days.first),
  to: days === undefined ? null : dayText(days.last),
});

function knownDays({ columns }: Snapshot): Days | undefined {
  const { first, last } = columns
    .prepare("SELECT MIN(first_day) AS first, MAX(last_day) AS last FROM chunks")
    .get() as { first: number | null; last: number | null };
  return first === null || last === null ? undefined : { first, last };
}

function periodOf(
  known: Days | undefined,
  from: string | undefined,
  to: string | undefined,
): Days | undefined {
  if (from !== undefined && to !== undefined && from > to)
    throw new BadFilter({
      fr: `from (${from}) est après to (${to}) : échangez les deux jours`,
      en: `from (${from}) is after to (${to}): swap the two days`,
    });
  const first = from === undefined ? known?.first : dayNumber(from);
  const last = to === undefined ? known?.last : dayNumber(to);
  if (first === undefined || last === undefined) {
    const only = first ?? last;
    return only === undefined ? undefined : { first: only, last: only };
  }
  // The one day that the question names may lie outside of the days with sales.
  return from === undefined ? { first: Math.min(first, last), last } : { first, last: Math.max(first, last) };
}

function wantedBy({ columns, ventes }: Snapshot, { city, shop, product, source }: Filter): Wanted {
  const isIn = (table: string, column: string, value: string) =>
    ventes.prepare(`SELECT EXISTS (SELECT 1 FROM ${table} WHERE ${column} = ?)`).pluck().get(value) === 1;
  const numbers = (sql: string, ...values: (string | null)[]) =>
    columns
      .prepare(sql)
      .pluck()
      .all(...values) as number[];

  if (city !== undefined && !isIn("magasins", "ville", city)) throw unknown("city", city, "/api/overview");
  if (shop !== undefined && !isIn("magasins", "id_magasin", shop))
    throw unknown("shop", shop, "/api/overview");
  if (product !== undefined && !isIn("produits", "id_produit", product))
    throw unknown("product", product, "/api/products");
  const shops =
    city === undefined && shop === undefined
      ? undefined
      : new Set(
          numbers(
            "SELECT n FROM shops WHERE city = IFNULL(?, city) AND id = IFNULL(?, id)",
            city ?? null,
            shop ?? null,
          ),
        );
  return {
    shops,
    product:
      product === undefined ? undefined : (numbers("SELECT n FROM products WHERE id = ?", product)[0] ?? -1),
    source: source === undefined ? undefined : sourceNumbers({ columns }, source),
  };
}

/** People see ids of sources without secrets: a masked id stands for each source that it masks. */
export function sourceNumbers({ columns }: Pick<Snapshot, "columns">, source: string): ReadonlySet<number> {
  const all = columns.prepare("SELECT n, id FROM sources").all() as { n: number; id: string }[];
  const found = all.filter(({ id }) => id === source || masked(id) === source).map(({ n }) => n);
  if (found.length === 0) throw unknown("source", source, "/api/sources");
  return new Set(found);
}

const WORDS = {
  city: { fr: "aucun magasin n'est dans la ville", en: "no shop is in the city" },
  shop: { fr: "il n'y a pas de magasin", en: "there is no shop" },
  product: { fr: "il n'y a pas de produit", en: "there is no product" },
  source: { fr: "aucune vente ne vient de la source", en: "no sale comes from the source" },
} as const;

const unknown = (what: keyof typeof WORDS, value: string, where: string) =>
  new BadFilter({
    fr: `${WORDS[what].fr} « ${value} » : ${where} donne ceux qui existent`,
    en: `${WORDS[what].en} "${value}": ${where} lists those that exist`,
  });

/**
 * The sales behind a figure, the newest day first, paged by the day and the row id of the last sale of the page before.
 */

import { masked } from "#shared/runtime/masked.ts";
import type { SaleAnswer, SalesAnswer } from "../api/figures.ts";
import type { Filter } from "../api/filters.ts";
import { dayNumber, dayText } from "../columns/days.ts";
import { type Days, prepareScan, type Wanted } from "../columns/scan.ts";
import { Sums } from "../columns/sums.ts";
import { prepareLines } from "./lines.ts";
import { BadFilter, NoSuchSale, type SaleLine, type SalesQuestion } from "./reading.ts";
import { asPeriod, resolve } from "./resolve.ts";
import type { Snapshot } from "./snapshot.ts";
import { figuresOf } from "./units.ts";

const DEFAULT_LIMIT = 50;

interface Found {
  readonly day: number;
  readonly rowId: number;
}

const newestFirst = (a: Found, b: Found): number => b.day - a.day || b.rowId - a.rowId;

export function readSales(
  snapshot: Snapshot,
  question: SalesQuestion,
): Pick<SalesAnswer, "period" | "total" | "rows" | "next"> {
  const { limit = DEFAULT_LIMIT } = question;
  const after = question.after === undefined ? undefined : parseKey(question.after);
  const { wanted, period } = resolve(snapshot, question);
  const total = new Sums();
  const page = new Newest(limit + 1);
  if (period !== undefined)
    prepareScan(snapshot.columns).each(period, wanted, (chunk, i, rowId) => {
      total.add(0, chunk, i);
      const day = chunk.day[i] as number;
      if (after === undefined || day < after.day || (day === after.day && rowId < after.rowId))
        page.offer(day, rowId);
    });
  const found = page.first();
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const lineAt = prepareLines(snapshot);
  return {
    period: asPeriod(period),
    total: figuresOf(total.of(0)),
    rows: shown.flatMap(({ rowId }) => lineAt(rowId)?.line ?? []),
    next: found.length > limit && last !== undefined ? `${dayText(last.day)}.${last.rowId}` : null,
  };
}

function parseKey(text: string): Found {
  const [, day = "", rowId = ""] = /^(\d{4}-\d{2}-\d{2})\.(\d{1,15})$/.exec(text) ?? [];
  if (rowId === "")
    throw new BadFilter({
      fr: `after (${text}) n'est pas la valeur next d'une page : redemandez la première page`,
      en: `after (${text}) is not the next of a page: ask for the first page again`,
    });
  return { day: dayNumber(day), rowId: Number(rowId) };
}

/** Keeps the newest `most` of any number of sales, with memory for four times as many. */
class Newest {
  readonly #most: number;
  #found: Found[] = [];
  #worst: Found | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  offer(day: number, rowId: number): void {
    const worst = this.#worst;
    if (worst !== undefined && (day < worst.day || (day === worst.day && rowId < worst.rowId))) return;
    this.#found.push({ day, rowId });
    if (this.#found.length >= 4 * this.#most) this.#worst = this.first().at(-1);
  }

  first(): readonly Found[] {
    this.#found = this.#found.sort(newestFirst).slice(0, this.#most);
    return this.#found;
  }
}

/** All sales that meet a filter, chunk by chunk, in the order of their row ids. A bad filter throws here, at once. */
export function eachSale(snapshot: Snapshot, filter: Filter): Iterable<readonly SaleLine[]> {
  const { wanted, period } = resolve(snapshot, filter);
  return period === undefined ? [] : salesOf(snapshot, wanted, period);
}

function* salesOf(
  snapshot: Snapshot,
  wanted: Wanted,
  period: Days,
): Generator<readonly SaleLine[], void, void> {
  const lineAt = prepareLines(snapshot);
  for (const rowIds of prepareScan(snapshot.columns).rowIds(period, wanted))
    yield rowIds.flatMap((rowId) => lineAt(rowId)?.line ?? []);
}

export function readSale(snapshot: Snapshot, id: string): Pick<SaleAnswer, "sale" | "claims"> {
  const { ventes, commit } = snapshot;
  const rowId = (ventes.prepare("SELECT rowid FROM ventes WHERE id_vente = ?").pluck().get(id) ??
    // Gone since the commit of the figures: its image tells what it was.
    ventes
      .prepare("SELECT row_id FROM old_ventes WHERE commit_id > ? AND id_vente = ? LIMIT 1")
      .pluck()
      .get(commit, id)) as number | undefined;
  const found = rowId === undefined ? undefined : prepareLines(snapshot)(rowId);
  if (found === undefined) throw new NoSuchSale({ id });
  const claims = ventes
    .prepare("SELECT source, line, image FROM claims WHERE entity = 'ventes' AND key = ? ORDER BY source")
    .all(id) as SaleAnswer["claims"];
  return {
    sale: { ...found.line, offset: found.offset, extras: JSON.parse(found.extras) },
    claims: claims.map((claim) => ({ ...claim, source: masked(claim.source) })),
  };
}

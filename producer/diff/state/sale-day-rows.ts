/** The table of the sales of each source by day: see sale-days.ts. */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { type DayPrints, decodeDay, encodeDay, joinDays, linesIn, type SaleDays } from "../sale-days.ts";

/** The day of a source, with the source's URL. */
export interface DayOfSource {
  readonly source: string;
  readonly day: DayPrints;
}

/** How a version changes the days of its source. */
export interface DaysChange {
  /** Its sales come in addition to those of the state; false: those of its days replace them. */
  readonly adds: boolean;
  /** The sales of days that it lacks, from `from` to `to`, are gone; null: they stay. */
  readonly gone: { readonly from: string; readonly to: string } | null;
}

/** What is kept of one more day is at most 4 KB. */
const DAYS_PER_STEP = 500;

export class SaleDayRows {
  readonly #statements;

  constructor(db: Sqlite) {
    this.#statements = {
      get: db.prepare("SELECT prints FROM sale_days WHERE source = ? AND day = ?").pluck(),
      days: db.prepare("SELECT day FROM sale_days WHERE source = ? AND day BETWEEN ? AND ?").pluck(),
      lines: db
        .prepare("SELECT day, length(prints), substr(prints, 1, 1) FROM sale_days WHERE source = ?")
        .raw(),
      onDay: db.prepare(
        `SELECT sources.source, prints FROM sale_days JOIN sources ON sources.id = sale_days.source
         WHERE day = ? AND sale_days.source <> ?`,
      ),
      before: db
        .prepare("SELECT DISTINCT day FROM sale_days WHERE day < ? ORDER BY day DESC LIMIT ?")
        .pluck(),
      put: db.prepare(
        "INSERT INTO sale_days VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET prints = excluded.prints",
      ),
      remove: db.prepare("DELETE FROM sale_days WHERE source = ? AND day = ?"),
      forget: db.prepare("DELETE FROM sale_days WHERE source = ?"),
    };
  }

  /** The day of a source. */
  of(id: number, day: string): DayPrints | undefined {
    const bytes = this.#statements.get.get(id, day) as Buffer | undefined;
    return bytes === undefined ? undefined : decodeDay(bytes);
  }

  /** This day of all sources but one. */
  onDay(day: string, except: number): readonly DayOfSource[] {
    const all = this.#statements.onDay.all(day, except) as { source: string; prints: Buffer }[];
    return all.map(({ source, prints }) => ({ source, day: decodeDay(prints) }));
  }

  /** The last days before this one of which any source has sales, at most `most`, the last first. */
  before(day: string, most: number): readonly string[] {
    return this.#statements.before.all(day, most) as string[];
  }

  /** The days of a source, at most `from` to `to`, both included. */
  daysOf(id: number, from = "", to = "~"): readonly string[] {
    return this.#statements.days.all(id, from, to) as string[];
  }

  /** How many sales each day of a source has; of more than 1,024, about. */
  linesOf(id: number): Map<string, number> {
    const rows = this.#statements.lines.all(id) as [string, number, Buffer][];
    return new Map(rows.map(([day, bytes, shift]) => [day, linesIn(bytes) << (shift[0] as number)]));
  }

  /** Whether the source has other sales on this day than the state knows. */
  differs(id: number, day: string, prints: DayPrints): boolean {
    const known = this.#statements.get.get(id, day) as Buffer | undefined;
    return known === undefined || !known.equals(encodeDay(prints));
  }

  forget(id: number): void {
    this.#statements.forget.run(id);
  }

  /** Writes the sales of a version. Yields between groups of days; `transaction` runs a group. */
  *put(
    id: number,
    sales: SaleDays,
    { adds, gone }: DaysChange,
    transaction: (work: () => void) => void,
  ): Generator<void, void> {
    const { put, remove } = this.#statements;
    const lost = gone === null ? [] : this.daysOf(id, gone.from, gone.to).filter((day) => !sales.has(day));
    for (let i = 0; i < lost.length; i += DAYS_PER_STEP) {
      transaction(() => {
        for (const day of lost.slice(i, i + DAYS_PER_STEP)) remove.run(id, day);
      });
      yield;
    }
    const days = [...sales.days];
    for (let i = 0; i < days.length; i += DAYS_PER_STEP) {
      transaction(() => {
        for (const day of days.slice(i, i + DAYS_PER_STEP)) {
          const known = adds ? this.of(id, day) : undefined;
          const now = sales.of(day);
          put.run(id, day, encodeDay(known === undefined ? now : joinDays(known, now)));
        }
      });
      yield;
    }
  }
}

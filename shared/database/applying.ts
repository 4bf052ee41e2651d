/** The event whose sales are being placed again, in several transactions (the table unfinished). */
import type { Sqlite } from "./sqlite.ts";

export interface Applying {
  readonly entity: "produits" | "magasins";
  /** The product or shop. */
  readonly id: string;
  /** Sales that were looked at, and how many there are to look at. */
  readonly done: number;
  readonly total: number;
}

/**
 * The event; null when there is none, and every table is as of the last commit. The file of a reader may lack the
 * table: no writer has migrated it yet.
 */
export const applyingIn = (db: Sqlite): Applying | null =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'unfinished'").get() === undefined
    ? null
    : ((db.prepare("SELECT parent AS entity, id, done, total FROM unfinished").get() as
        | Applying
        | undefined) ?? null);

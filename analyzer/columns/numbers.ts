/**
 * The numbers of products, shops and sources in columns.db. A sale's product gets its number, name and city when a sale
 * names it for the first time.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";

/** Ids that are remembered with their numbers. Beyond that, they are looked up again. */
const MOST_REMEMBERED = 200_000;

export interface Numbers {
  readonly product: (id: string) => number;
  readonly shop: (id: string) => number;
  readonly source: (id: string) => number;
  /** Reads the names of products and the cities of shops that changed in the commits after `from` up to `to` again. */
  readonly changed: (from: number, to: number) => void;
  /** Call it before each step: another process may have written. */
  readonly begin: () => void;
  /** Call it after a transaction that was rolled back: its numbers do not exist. */
  readonly forget: () => void;
}

/** Prepares the statements. `db`: a connection to ventes.db, inside a transaction at each call. */
export function prepareNumbers(db: Sqlite, columns: Sqlite): Numbers {
  const product = prepareParent(db, columns, {
    table: "products",
    key: "id_produit",
    label: "name",
    old: "old_produits",
    from: "produits",
    column: "nom",
    isExact: false,
  });
  const shop = prepareParent(db, columns, {
    table: "shops",
    key: "id_magasin",
    label: "city",
    old: "old_magasins",
    from: "magasins",
    column: "ville",
    isExact: true,
  });
  const sources = remembering(
    columns.prepare("SELECT n FROM sources WHERE id = ?").pluck(),
    (id) => columns.prepare("INSERT INTO sources (id) VALUES (?)").run(id).lastInsertRowid,
  );
  let version: unknown;
  const forget = () => {
    for (const one of [product, shop, sources]) one.forget();
  };
  return {
    forget,
    product: product.number,
    shop: shop.number,
    source: sources.number,
    changed: (from, to) => {
      product.changed(from, to);
      shop.changed(from, to);
    },
    begin: () => {
      const now = columns.pragma("data_version", { simple: true });
      if (now === version) return;
      version = now;
      forget();
    },
  };
}

function remembering(
  find: { readonly get: (id: string) => unknown },
  add: (id: string) => number | bigint,
): { readonly number: (id: string) => number; readonly forget: (id?: string) => void } {
  const known = new Map<string, number>();
  return {
    number: (id) => {
      const remembered = known.get(id);
      if (remembered !== undefined) return remembered;
      const n = Number((find.get(id) as number | undefined) ?? add(id));
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(id, n);
      return n;
    },
    forget: (id) => {
      if (id === undefined) known.clear();
      else known.delete(id);
    },
  };
}

interface Parent {
  /** The table of columns.db, and its column with the name or city. */
  readonly table: string;
  readonly label: string;
  /** The table of ventes.db, that of its old images, its key, and its column with the name or city. */
  readonly from: string;
  readonly old: string;
  readonly key: string;
  readonly column: string;
  /**
   * True: the label is as of the last commit of the step, because figures depend on it. False: as it stands, which
   * costs no look at the old images, of which a change of all prices leaves many.
   */
  readonly isExact: boolean;
}

function prepareParent(db: Sqlite, columns: Sqlite, parent: Parent) {
  const { table, label, from, old, key, column, isExact } = parent;
  // As of the last commit of the step it is the first image logged after it, or else the row as it stands.
  const later = db
    .prepare(`SELECT ${column} FROM main.${old} WHERE ${key} = ? AND commit_id > ? ORDER BY n LIMIT 1`)
    .raw();
  const stands = db.prepare(`SELECT ${column} FROM main.${from} WHERE ${key} = ?`).raw();
  const anyLater = db.prepare(`SELECT EXISTS (SELECT 1 FROM main.${old} WHERE commit_id > ?)`).pluck();
  const changes = db
    .prepare(`SELECT DISTINCT ${key} FROM main.${old} WHERE commit_id > ? AND commit_id <= ?`)
    .pluck();
  const current = columns.prepare(`SELECT n FROM ${table} WHERE id = ? AND is_old = 0`).pluck();
  const put = columns
    .prepare(
      `INSERT INTO ${table} (id, ${label}) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET ${label} = excluded.${label}, is_old = 0 RETURNING n`,
    )
    .pluck();
  const relabel = columns.prepare(`UPDATE ${table} SET ${label} = ?, is_old = 0 WHERE id = ?`);
  const retire = columns.prepare(`UPDATE ${table} SET is_old = 1 WHERE id = ?`);
  let upTo = 0;
  type Label = readonly unknown[] | undefined;
  const image = (id: string) => (anyLater.get(upTo) === 1 ? (later.get(id, upTo) as Label) : undefined);
  const asItStands = (id: string) => stands.get(id) as Label;
  const labelOf = (id: string): Label =>
    isExact ? (image(id) ?? asItStands(id)) : (asItStands(id) ?? image(id));
  const known = remembering(current, (id) => put.get(id, labelOf(id)?.[0] ?? null) as number);
  return {
    ...known,
    changed: (after: number, to: number) => {
      upTo = to;
      for (const id of changes.all(after, to) as string[]) {
        const found = labelOf(id);
        if (found !== undefined) relabel.run(found[0], id);
        else {
          // Withdrawn: when it comes back, nothing tells that its name or city is another one.
          retire.run(id);
          known.forget(id);
        }
      }
    },
  };
}

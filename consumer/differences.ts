/**
 * Compares the database of a connection, `main`, with one that was filled again from the same topics up to the same
 * positions, attached to it as `fresh`, and makes `main` equal to it. All of it is SQL over whole tables: it costs the
 * table, and memory stays flat.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { IS_REPLAYING } from "./statements.ts";

/** The tables whose rows depend on the topics alone (rule 16), parents first. */
const CANONICAL = [
  "produits",
  "magasins",
  "ventes",
  "orphelins",
  "prix",
  "claims",
  "withdrawals",
  "rejets",
] as const;

/** The fences. They belong to the positions: while a replay in place has set these back, fences are not compared. */
const FENCES = "versions";

/** Counts that follow from these rows. They are compared unless one side is stale (between-sources.ts), and copied whole. */
const COUNTED = ["sale_days", "shared_ids"] as const;

/** Rows whose change is logged as an old image, so that the analyses follow it by delta. */
const WITH_IMAGES: ReadonlySet<string> = new Set(["produits", "magasins", "ventes"]);

/** The list of differences has at most this many of each table. */
const TOLD = 1_000;

/** Columns are as in the table, so amounts, prices and quantities are integers of millionths. */
export interface Difference {
  readonly table: string;
  /** The values of the key, joined by " / ". */
  readonly key: string;
  /** missing: only the new database has the row; extra: only the current one has; changed: some columns differ. */
  readonly kind: "missing" | "extra" | "changed";
  /** The columns that differ; empty unless `kind` is changed. */
  readonly columns: readonly { readonly name: string; readonly is: unknown; readonly should: unknown }[];
}

export interface Comparison {
  /** The rows of each table of the new database that depends on the topics alone. */
  readonly rows: Readonly<Record<string, number>>;
  /** How many rows differ, by table; tables without differences are left out. */
  readonly counts: Readonly<Record<string, number>>;
  /** The differences, at most 1,000 of each table. */
  readonly told: readonly Difference[];
}

interface Table {
  readonly name: string;
  readonly keys: readonly string[];
  readonly columns: readonly string[];
}

const list = (names: readonly string[], of = ""): string => names.map((name) => `${of}"${name}"`).join(", ");

/** A table with its stored columns. Generated columns follow from them. */
function tableOf(db: Sqlite, name: string): Table {
  const found = db.prepare("SELECT name, pk FROM pragma_table_info(?, 'main')").all(name) as {
    name: string;
    pk: number;
  }[];
  return {
    name,
    keys: found.filter(({ pk }) => pk > 0).map((one) => one.name),
    columns: found.filter(({ pk }) => pk === 0).map((one) => one.name),
  };
}

const sameKey = ({ keys }: Table, a: string, b: string): string =>
  keys.map((key) => `${a}."${key}" = ${b}."${key}"`).join(" AND ");

/** The temporary table with the keys of a table's rows that differ. */
const differencesOf = (name: string): string => `temp."differences of ${name}"`;

/** Keys of the rows of one kind of difference. */
const keysOf = (table: Table, kinds: string): string =>
  `(${list(table.keys)}) IN (SELECT ${list(table.keys)} FROM ${differencesOf(table.name)} WHERE kind ${kinds})`;

/** Fills a temporary table with the keys that differ. Returns how many they are. */
function find(db: Sqlite, table: Table): number {
  const { name, keys, columns } = table;
  db.exec(`
    CREATE TABLE ${differencesOf(name)} AS
    SELECT ${list(keys, "m.")}, iif(f."${keys[0]}" IS NULL, 'extra', 'changed') AS kind
    FROM main."${name}" m LEFT JOIN fresh."${name}" f ON ${sameKey(table, "m", "f")}
    WHERE f."${keys[0]}" IS NULL OR (${list(columns, "m.")}) IS NOT (${list(columns, "f.")})
    UNION ALL
    SELECT ${list(keys, "f.")}, 'missing' FROM fresh."${name}" f
    WHERE NOT EXISTS (SELECT 1 FROM main."${name}" m WHERE ${sameKey(table, "m", "f")})`);
  return db
    .prepare(`SELECT COUNT(*) FROM ${differencesOf(name)}`)
    .pluck()
    .get() as number;
}

function tell(db: Sqlite, table: Table): readonly Difference[] {
  const { name, keys, columns } = table;
  const rows = db
    .prepare(`
      SELECT d.kind, ${[...list(keys, "d.").split(", "), ...columns.flatMap((c) => [`m."${c}"`, `f."${c}"`])].join(", ")}
      FROM ${differencesOf(name)} d LEFT JOIN main."${name}" m ON ${sameKey(table, "m", "d")}
        LEFT JOIN fresh."${name}" f ON ${sameKey(table, "f", "d")}
      ORDER BY ${list(keys, "d.")} LIMIT ${TOLD}`)
    .safeIntegers(true)
    .raw(true)
    .all() as unknown[][];
  return rows.map(([kind, ...values]) => ({
    table: name,
    key: values.slice(0, keys.length).join(" / "),
    kind: kind as Difference["kind"],
    columns:
      kind === "changed"
        ? columns
            .map((column, i) => ({
              name: column,
              is: values[keys.length + 2 * i],
              should: values[keys.length + 2 * i + 1],
            }))
            .filter(({ is, should }) => is !== should)
        : [],
  }));
}

/** The fences are then those of the positions that a replay in place has set back. */
const isReplaying = (db: Sqlite): boolean => db.prepare(IS_REPLAYING).pluck().get() === 1;

const areCounted = (db: Sqlite): boolean =>
  db
    .prepare(`
      SELECT COUNT(*) = 2 FROM (SELECT * FROM main.meta UNION ALL SELECT * FROM fresh.meta)
      WHERE key = 'between sources' AND value = 'kept'`)
    .pluck()
    .get() === 1;

/**
 * Compares the tables, inside a transaction of the caller, and leaves the keys that differ in temporary tables, which end
 * with that transaction's rollback or with `forgetDifferences`.
 */
export function compare(db: Sqlite): Comparison {
  const tables = [...CANONICAL, ...(isReplaying(db) ? [] : [FENCES]), ...(areCounted(db) ? COUNTED : [])].map(
    (name) => tableOf(db, name),
  );
  const rows: Record<string, number> = {};
  const counts: Record<string, number> = {};
  const told: Difference[] = [];
  for (const name of CANONICAL)
    rows[name] = db.prepare(`SELECT COUNT(*) FROM fresh."${name}"`).pluck().get() as number;
  for (const table of tables) {
    const differing = find(db, table);
    if (differing === 0) continue;
    counts[table.name] = differing;
    told.push(...tell(db, table));
  }
  return { rows, counts, told };
}

/** Deletes the temporary tables of `compare`. */
export function forgetDifferences(db: Sqlite): void {
  for (const name of [...CANONICAL, FENCES, ...COUNTED])
    db.exec(`DROP TABLE IF EXISTS ${differencesOf(name)}`);
}

/**
 * Makes `main` equal to `fresh` where `compare` found differences, as one commit with old images, so that the analyses
 * follow as they follow any other commit. Runs inside the transaction in which they were compared. `at`: the date of the
 * commit. Returns its number; null when only fences differed.
 */
export function putRight(db: Sqlite, { counts }: Comparison, at: string): number | null {
  const changed = Object.entries(counts).reduce((sum, [name, n]) => (name === FENCES ? sum : sum + n), 0);
  const counter = db.prepare("SELECT value FROM main.counters WHERE name = ?").pluck();
  const setCounter = db.prepare("UPDATE main.counters SET value = ? WHERE name = ?");
  const commit = (counter.get("commit") as number) + 1;
  const row = counter.get("row") as number;
  for (const name of Object.keys(counts)) {
    const table = tableOf(db, name);
    if (WITH_IMAGES.has(name)) logImages(db, table, commit);
    replaceRows(db, table);
  }
  if (changed === 0) return null;
  for (const name of COUNTED)
    db.exec(`DELETE FROM main."${name}"; INSERT INTO main."${name}" SELECT * FROM fresh."${name}"`);
  db.exec(`
    UPDATE main.meta SET value = (SELECT value FROM fresh.meta WHERE key = 'between sources')
    WHERE key = 'between sources'`);
  // The rows of events that the topics no longer have are deleted now, so the database counts these events as missed.
  db.exec(`
    DELETE FROM main.meta WHERE key LIKE 'missed %';
    INSERT INTO main.meta SELECT * FROM fresh.meta WHERE key LIKE 'missed %'`);
  const last = lastRow(db);
  setCounter.run(commit, "commit");
  setCounter.run(last, "row");
  setCounter.run((counter.get("repaired") as number) + changed, "repaired");
  db.prepare(
    "INSERT INTO main.commits (commit_id, row_from, row_to, changed, committed_at) VALUES (?, ?, ?, ?, ?)",
  ).run(commit, row + 1, last, changed, at);
  return commit;
}

function logImages(db: Sqlite, table: Table, commit: number): void {
  const { name, keys, columns } = table;
  const own = list([...keys, ...columns]);
  const [rowId, rowIdValue] = name === "ventes" ? ["row_id, ", "rowid, "] : ["", ""];
  db.prepare(`
    INSERT INTO main."old_${name}" (commit_id, ${rowId}${own})
    SELECT ?, ${rowIdValue}${own} FROM main."${name}" WHERE ${keysOf(table, "<> 'missing'")} ORDER BY rowid`).run(
    commit,
  );
}

/** The last rowid of a sale. A sale that was inserted by hand may have one above the counter. */
const lastRow = (db: Sqlite): number =>
  db
    .prepare(`
      SELECT MAX(value, IFNULL((SELECT MAX(rowid) FROM main.ventes), 0)) FROM main.counters WHERE name = 'row'`)
    .pluck()
    .get() as number;

function replaceRows(db: Sqlite, table: Table): void {
  const { name, keys, columns } = table;
  const own = list([...keys, ...columns]);
  db.exec(`DELETE FROM main."${name}" WHERE ${keysOf(table, "= 'extra'")}`);
  db.exec(`
    UPDATE main."${name}" AS m SET (${list(columns)}) =
      (SELECT ${list(columns, "f.")} FROM fresh."${name}" f WHERE ${sameKey(table, "f", "m")})
    WHERE ${keysOf(table, "= 'changed'")}`);
  const [rowId, rowIdValue] =
    name === "ventes" ? ["rowid, ", `${lastRow(db)} + row_number() OVER (ORDER BY rowid), `] : ["", ""];
  db.exec(`
    INSERT INTO main."${name}" (${rowId}${own})
    SELECT ${rowIdValue}${own} FROM fresh."${name}" WHERE ${keysOf(table, "= 'missing'")}`);
}

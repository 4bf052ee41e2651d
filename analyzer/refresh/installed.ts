/**
 * Brings the database in line with the files of the analyses: the list, and for each analysis its table and its view.
 * What did not change keeps its rows.
 */
import { createHash } from "node:crypto";
import { isRefused, type Sqlite } from "#shared/database/sqlite.ts";
import { ANALYSES, type Analysis, asAnalysis } from "../analyses/analyses.ts";
import { type BadFile, type Definition, isBad } from "../analyses/definition.ts";
import { type Linear, quoted } from "../analyses/query/linear.ts";
import type { Words } from "../analyses/query/not-linear.ts";
import { type Kept, keptReader } from "../delta/readers.ts";
import { tableOf } from "../tables/tables.ts";
import { type ListRow, prepareList, row } from "./list-rows.ts";

interface Installed {
  /** Those whose rows are in the table `analyses`. */
  readonly analyses: readonly Analysis[];
  /** Those with a table of their own that is kept by delta. */
  readonly kept: readonly Kept[];
}

/** Raise it when the same files give other tables or views: those of existing databases are then made again. */
const FORM = 1;

const fingerprint = (one: Definition | BadFile): string =>
  createHash("sha256")
    .update(
      JSON.stringify([FORM, one, ...(isBad(one) ? [] : [one.linear?.core("main"), one.linear?.view("")])]),
    )
    .digest("hex");

/** The fingerprint of each file that is in the list; '' when it was wrong and made nothing: another file may have mended it since. */
const listed = (db: Sqlite): ReadonlyMap<string, string> =>
  new Map(
    db.prepare("SELECT nom, iif(colonnes = '[]', '', definition) FROM main.analyses_liste").raw().all() as [
      string,
      string,
    ][],
  );

/** The plain analyses whose query gives other columns than their table has, as `SELECT *` of a table that got a new one. */
function outdated(db: Sqlite): readonly string[] {
  const plain = db
    .prepare("SELECT nom, sql, colonnes FROM main.analyses_liste WHERE genre = 'plain' AND colonnes <> '[]'")
    .all() as { readonly nom: string; readonly sql: string; readonly colonnes: string }[];
  return plain.filter(({ sql, colonnes }) => !isStill(db, sql, colonnes)).map(({ nom }) => nom);
}

function isStill(db: Sqlite, sql: string, colonnes: string): boolean {
  try {
    return JSON.stringify(columnsOfQuery(db, sql)) === colonnes;
  } catch {
    // A table that it reads is gone: its next run stores that as its error.
    return true;
  }
}

const columnsOfQuery = (db: Sqlite, sql: string): readonly string[] =>
  db
    .prepare(sql)
    .columns()
    .map(({ name }) => name);

/**
 * Runs a transaction when a file differs from the list, or a query gives other columns than before. Call it before temporary
 * tables hide those of the file. Throws the errors of SQLite; after SQLITE_BUSY the caller tries again.
 */
export function install(db: Sqlite, read: readonly (Definition | BadFile)[]): Installed {
  const files = read.map((one) => ({ one, definition: fingerprint(one) }));
  const before = listed(db);
  const isSame =
    files.length === before.size && files.every(({ one, definition }) => before.get(one.nom) === definition);
  if (!isSame) db.transaction(() => change(db, files)).immediate();
  // An analysis may read another one whose table was created again, so its own columns may then differ too.
  for (let left = files.length; left > 0; left--) {
    const old = outdated(db);
    if (old.length === 0) break;
    db.transaction(() => {
      const mark = db.prepare("UPDATE main.analyses_liste SET definition = 'outdated' WHERE nom = ?");
      for (const nom of old) mark.run(nom);
      change(db, files);
    }).immediate();
  }
  const incremental = new Set(
    db
      .prepare("SELECT nom FROM main.analyses_liste WHERE colonnes <> '[]' AND genre = 'incremental'")
      .pluck()
      .all() as string[],
  );
  const good = read.filter((one): one is Definition => !isBad(one) && incremental.has(one.nom));
  return {
    analyses: good.flatMap((one) => asAnalysis(one) ?? []),
    kept: good.flatMap((one) => (asAnalysis(one) === undefined ? keptOf(one) : [])),
  };
}

const keptOf = ({ nom, sql, linear }: Definition): readonly Kept[] =>
  linear === undefined ? [] : [{ nom, sql, linear, table: tableOf(nom) }];

/** The day that analyses take for today: the last one that has a sale whose date was possible when it was published. */
const NOW = `
  CREATE VIEW IF NOT EXISTS main.maintenant AS
    SELECT MAX(jours._k1) AS jour FROM analyse_ventes_par_jour AS jours
    LEFT JOIN (SELECT date_vente, COUNT(*) AS n FROM dates_apres_publication GROUP BY date_vente) AS fausses
      ON fausses.date_vente = jours._k1
    WHERE jours._n > IFNULL(fausses.n, 0)`;

interface File {
  readonly one: Definition | BadFile;
  readonly definition: string;
}

function change(db: Sqlite, files: readonly File[]): void {
  const before = listed(db);
  const isNew = ({ one, definition }: File) => before.get(one.nom) !== definition;
  const same = new Set(files.filter((file) => !isNew(file)).map(({ one }) => one.nom));
  for (const [nom, definition] of before) {
    if (same.has(nom)) continue;
    // A file that is wrong may bear the name of a table that holds the sales.
    if (definition !== "") drop(db, nom);
    db.prepare("DELETE FROM main.analyses_liste WHERE nom = ?").run(nom);
  }
  const put = prepareList(db);
  // A plain analysis may read another one, which then must exist first.
  let waiting: { readonly one: Definition; readonly definition: string }[] = [];
  for (const { one, definition } of files.filter(isNew)) {
    if (isBad(one)) {
      put(row(one, definition));
      continue;
    }
    const made = one.linear === undefined ? one.raison : keepOrRefuse(db, one, definition);
    if (made !== undefined && "nom" in made) put(made);
    else waiting.push({ one: { ...one, linear: undefined, raison: made }, definition });
  }
  if (exists(db, tableOf("ventes_par_jour"))) db.exec(NOW);
  for (let left = Number.POSITIVE_INFINITY; waiting.length < left; ) {
    left = waiting.length;
    waiting = waiting.filter(({ one, definition }) => {
      const made = createPlain(db, one, definition);
      if (made.colonnes.length > 0) put(made);
      return made.colonnes.length === 0;
    });
  }
  for (const { one, definition } of waiting) put(createPlain(db, one, definition));
}

/** Views that are in the schema of the database itself. */
const IN_SCHEMA: ReadonlySet<string> = new Set(ANALYSES.map(({ nom }) => nom));

/** Drops what was made for an analysis. */
function drop(db: Sqlite, nom: string): void {
  if (IN_SCHEMA.has(nom)) return;
  db.exec(`DROP VIEW IF EXISTS main.${quoted(nom)}; DROP TABLE IF EXISTS main.${quoted(tableOf(nom))}`);
  db.prepare("DELETE FROM main.analyses WHERE nom = ?").run(nom);
}

const exists = (db: Sqlite, name: string): boolean =>
  db
    .prepare("SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE)")
    .pluck()
    .get(name) === 1;

/**
 * Creates the analysis as one that is kept by delta. When SQLite refuses that form of the query, removes it again and
 * returns the reason.
 */
function keepOrRefuse(db: Sqlite, one: Definition, definition: string): ListRow | Words {
  try {
    const made = createKept(db, one, definition);
    // Prepares each statement that a refresh runs.
    if (made.colonnes.length > 0 && asAnalysis(one) === undefined)
      for (const kept of keptOf(one)) keptReader(db, kept, () => 0);
    return made;
  } catch (error) {
    if (!isRefused(error)) throw error;
    drop(db, one.nom);
    const said = (error as Error).message;
    return {
      fr: `SQLite refuse la forme sous laquelle elle serait tenue (${said})`,
      en: `SQLite refuses the form in which it would be kept (${said})`,
    };
  }
}

/** Creates the table and the view of an analysis that is kept by delta. Its sales are filled in by refreshes. */
function createKept(db: Sqlite, one: Definition, definition: string): ListRow {
  const linear = one.linear as Linear;
  const why = IN_SCHEMA.has(one.nom) && one.livree ? undefined : problemOf(db, one);
  if (why !== undefined) return row({ ...one, ...why }, definition);
  const table = quoted(tableOf(one.nom));
  if (IN_SCHEMA.has(one.nom)) {
    // Its view is there already.
  } else if (asAnalysis(one) !== undefined) {
    const [key, value] = linear.keyless ? [undefined, linear.columns[0]] : linear.columns;
    const columns = [
      ...(key === undefined ? [] : [`cle AS ${quoted(key)}`]),
      `valeur AS ${quoted(value ?? "valeur")}`,
    ];
    db.exec(`CREATE VIEW main.${quoted(one.nom)} AS
      SELECT ${columns.join(", ")} FROM analyses WHERE nom = '${one.nom}'`);
  } else {
    const columns = [
      ...linear.keys.map((key) => `${key} NOT NULL`),
      ...linear.counts.map((name) => `${name} INTEGER NOT NULL`),
    ];
    db.exec(`
      CREATE TABLE main.${table} (${columns.join(", ")}, PRIMARY KEY (${linear.keys.join(", ")})) WITHOUT ROWID;
      CREATE VIEW main.${quoted(one.nom)} AS ${linear.view(tableOf(one.nom))};`);
    if (linear.keyless)
      db.exec(`INSERT INTO main.${table} VALUES ('', ${linear.counts.map(() => 0).join(", ")})`);
    else db.exec(`CREATE INDEX main.${quoted(`${tableOf(one.nom)}_vide`)} ON ${table} (_n) WHERE _n = 0`);
  }
  const colonnes = columnsOf(db, one.nom);
  const unites =
    one.unites.length > 0 ? one.unites : linear.columns.slice(linear.keyColumns).map(() => "nombre" as const);
  // The analyses of the table `analyses` are filled by the audit; before the first refresh all sales are still to come.
  const start = asAnalysis(one) === undefined && !isBeforeFirstRefresh(db) ? 1 : null;
  return checked({ ...row(one, definition), genre: "incremental", colonnes, unites, a_remplir: start }, one);
}

const isBeforeFirstRefresh = (db: Sqlite): boolean =>
  db.prepare("SELECT commit_id = 0 FROM main.progress").pluck().get() === 1;

/** Creates the table of a plain analysis, empty, and its view. */
function createPlain(db: Sqlite, one: Definition, definition: string): ListRow {
  const why = problemOf(db, one);
  if (why !== undefined) return row({ ...one, ...why }, definition);
  const colonnes = columnsOfQuery(db, one.sql);
  const cells = colonnes.map((_, i) => `c${i + 1}`);
  const shown = colonnes.map((name, i) => `c${i + 1} AS ${quoted(name)}`);
  db.exec(`
    CREATE TABLE main.${quoted(tableOf(one.nom))} (${cells.join(", ")});
    CREATE VIEW main.${quoted(one.nom)} AS SELECT ${shown.join(", ")} FROM ${quoted(tableOf(one.nom))} ORDER BY rowid;`);
  const unites = one.unites.length > 0 ? one.unites : colonnes.slice(1).map(() => "nombre" as const);
  return checked({ ...row(one, definition), colonnes, unites }, one);
}

const columnsOf = (db: Sqlite, view: string): readonly string[] =>
  db.prepare("SELECT name FROM pragma_table_info(?, 'main')").pluck().all(view) as string[];

/** The units are those of the last columns: there cannot be more. */
const checked = (made: ListRow, one: Definition): ListRow =>
  made.unites.length <= made.colonnes.length
    ? { ...made, cles: made.colonnes.length - made.unites.length }
    : {
        ...made,
        cles: 0,
        unites: made.unites.slice(-made.colonnes.length),
        ligne: 1,
        erreur: {
          fr: `${one.unites.length} unités pour ${made.colonnes.length} colonnes : donnez une unité par colonne de valeur`,
          en: `${one.unites.length} units for ${made.colonnes.length} columns: give one unit for each value column`,
        },
      };

/** Why the database refuses the query: a name that is taken, a table or column that does not exist. */
function problemOf(db: Sqlite, one: Definition): Pick<BadFile, "erreur" | "ligne"> | undefined {
  if (exists(db, one.nom) || exists(db, tableOf(one.nom)))
    return {
      ligne: null,
      erreur: {
        fr: `le nom ${one.nom} est déjà celui d'une table ou d'une vue : renommez le fichier`,
        en: `the name ${one.nom} is that of a table or view already: rename the file`,
      },
    };
  try {
    const statement = db.prepare(one.sql);
    if (statement.reader && statement.readonly) return undefined;
    return { ligne: one.ligne, erreur: { fr: "écrivez un SELECT", en: "write one SELECT" } };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const name = /(?:no such (?:column|table|function): |near ")([^"\s]+)/.exec(said)?.[1]?.split(".").at(-1);
    const line = name === undefined ? -1 : one.sql.split("\n").findIndex((text) => text.includes(name));
    return {
      ligne: one.ligne + Math.max(line, 0),
      erreur: {
        fr: `${said} : corrigez la requête (les tables et colonnes : ventes schema)`,
        en: `${said}: correct the query (the tables and columns: ventes schema)`,
      },
    };
  }
}

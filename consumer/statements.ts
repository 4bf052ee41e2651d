/**
 * Every SQL statement that a batch runs. Statements made by `exact` read integers as bigint, because they read
 * millionths. Each statement searches by a primary key or an index, except for `salesNamingProduct` and
 * `salesNamingShop`: they scan `ventes`, and run only when a parent is withdrawn.
 */
import { PRICE_POINTS } from "#shared/database/price-points.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";

/** Rows of one page of the sales that name a parent: a parent may have a million sales. */
export const PAGE_ROWS = 1000;

/** Its result is 1 while a replay in place goes on: then a position is below its high watermark. */
export const IS_REPLAYING = "SELECT EXISTS (SELECT 1 FROM main.positions WHERE position < high_watermark)";

/** The table `repairs` keeps this many, the newest. */
const KEPT_REPAIRS = 10_000;

/** Rowids that are looked at for one page of the sales that are parked: some 5 ms. */
export const SCAN_ROWS = 20_000;

export type Statements = ReturnType<typeof prepareStatements>;

const SALE = `id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes,
  prix_millioniemes, extras, source, line, offset`;
const SALE_AND_ORIGIN = SALE.replace("prix_millioniemes,", "prix_millioniemes, origine,");

/** The sales that one statement of `insertSales` takes: 16 at once cost half as much as 16 times one; 100 are no cheaper. */
export const GROUP_SALES = 16;
const SALE_VALUES = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const insertSales = (sales: number) => `
  INSERT INTO ventes (rowid, ${SALE_AND_ORIGIN}) VALUES ${new Array(sales).fill(SALE_VALUES).join(", ")}
  ON CONFLICT (id_vente) DO NOTHING`;

/** One page of the sales or orphans that name a parent, from a rowid (excluded) on; of sales, up to another rowid. */
const naming = (table: "ventes" | "orphelins", column: "id_produit" | "id_magasin") => `
  SELECT rowid AS rowId, id_vente AS id FROM ${table}
  WHERE ${column} = ? AND rowid > ? ${table === "ventes" ? "AND rowid <= ?" : ""} ORDER BY rowid LIMIT ?`;
const countOrphans = (column: "id_produit" | "id_magasin") =>
  `SELECT COUNT(*) FROM orphelins WHERE ${column} = ?`;

/** One page of the sales priced by the list, in the order of their index, from a day and rowid (excluded) on. */
const PRICED_BY_LIST = `
  SELECT id_vente AS id, rowid AS rowId, date_vente AS day, quantite_millioniemes AS quantity, ca_millioniemes AS revenue
  FROM ventes WHERE id_produit = @idProduit AND origine = 2`;

export function prepareStatements(db: Sqlite) {
  const sql = (text: string) => db.prepare(text);
  const exact = (text: string) => db.prepare(text).safeIntegers(true);
  return {
    // ---- positions, versions, counters, commits
    position: sql(
      "SELECT position, high_watermark AS highWatermark FROM positions WHERE topic = ? AND partition = ?",
    ),
    advance: sql(`
      INSERT INTO positions (topic, partition, position, high_watermark, events, unchanged, superseded, rejected)
      VALUES (@topic, @partition, @position, @position, @events, @unchanged, @superseded, @rejected)
      ON CONFLICT (topic, partition) DO UPDATE SET
        position = excluded.position, high_watermark = MAX(high_watermark, excluded.position), events = events + excluded.events,
        unchanged = unchanged + excluded.unchanged, superseded = superseded + excluded.superseded,
        rejected = rejected + excluded.rejected`),
    passEvent: sql(`
      UPDATE positions SET position = iif(position = @offset, @offset + 1, position),
        high_watermark = MAX(high_watermark, @offset + 1)
      WHERE topic = @topic AND partition = @partition`),
    unfinished: sql(`
      SELECT parent, id, step, row, day, done, total, partition, offset, row_from AS rowFrom, row_next AS rowNext, changed
      FROM unfinished`),
    putUnfinished: sql(`
      INSERT INTO unfinished (one, parent, id, step, row, day, done, total, partition, offset, row_from, row_next, changed)
      VALUES (1, @parent, @id, @step, @row, @day, @done, @total, @partition, @offset, @rowFrom, @rowNext, @changed)
      ON CONFLICT DO UPDATE SET step = excluded.step, row = excluded.row, day = excluded.day, done = excluded.done,
        total = excluded.total, row_next = excluded.row_next, changed = excluded.changed`),
    dropUnfinished: sql("DELETE FROM unfinished"),
    version: sql("SELECT version FROM versions WHERE topic = ? AND partition = ? AND source = ?").pluck(),
    putVersion: sql(`
      INSERT INTO versions (topic, partition, source, version) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET version = excluded.version`),
    counter: sql("SELECT value FROM counters WHERE name = ?").pluck(),
    setCounter: sql("UPDATE counters SET value = ? WHERE name = ?"),
    addToCounter: sql("UPDATE counters SET value = value + ? WHERE name = ?"),
    putCommit: sql(
      "INSERT INTO commits (commit_id, row_from, row_to, changed, committed_at) VALUES (?, ?, ?, ?, ?)",
    ),
    pruneCommits: sql(`
      DELETE FROM commits WHERE commit_id <= ?
        AND commit_id <= (SELECT commit_id FROM progress)
        AND commit_id <= (SELECT value FROM counters WHERE name = 'announced')`),
    putRepair: sql("INSERT INTO repairs (topic, partition, offset, key) VALUES (?, ?, ?, ?)"),
    pruneRepairs: sql(`DELETE FROM repairs WHERE n <= (SELECT MAX(n) FROM repairs) - ${KEPT_REPAIRS}`),
    anyOrphan: sql("SELECT EXISTS (SELECT 1 FROM orphelins)").pluck(),
    anyWithdrawn: sql("SELECT EXISTS (SELECT 1 FROM withdrawals WHERE entity = ?)").pluck(),

    // ---- claims and withdrawals
    claims: sql(
      "SELECT source, date_effet AS dateEffet, image, line, offset FROM claims WHERE entity = ? AND key = ?",
    ),
    claimsSeen: sql(
      "SELECT MAX(offset) AS highest, MAX(source = ?) AS hasSource FROM claims WHERE entity = ? AND key = ?",
    ),
    dropClaim: sql("DELETE FROM claims WHERE entity = ? AND key = ? AND source = ? AND date_effet = ?"),
    dropClaims: sql("DELETE FROM claims WHERE entity = ? AND key = ?"),
    putClaim: sql(
      "INSERT INTO claims (entity, key, source, date_effet, image, line, offset) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    withdrawals: sql(
      "SELECT source, date_effet AS dateEffet, offset FROM withdrawals WHERE entity = ? AND key = ?",
    ),
    putWithdrawal: sql(`
      INSERT INTO withdrawals (entity, key, source, date_effet, offset) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET offset = excluded.offset`),
    dropWithdrawal: sql(
      "DELETE FROM withdrawals WHERE entity = ? AND key = ? AND source = ? AND date_effet = ?",
    ),

    // ---- what sources have in common
    betweenSources: sql("SELECT value FROM meta WHERE key = 'between sources'").pluck(),
    putBetweenSources: sql(
      "INSERT INTO meta VALUES ('between sources', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    ),
    isReplaying: sql(IS_REPLAYING).pluck(),
    addToSaleDay: sql(`
      INSERT INTO sale_days (day, source, sales, prints) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET sales = sales + excluded.sales, prints = prints + excluded.prints`),
    dropEmptySaleDay: sql("DELETE FROM sale_days WHERE day = ? AND source = ? AND sales = 0"),
    dropSaleDays: sql("DELETE FROM sale_days"),
    salesToCount: exact(`
      SELECT date_vente AS day, source, id_produit AS idProduit, id_magasin AS idMagasin, quantite_millioniemes AS quantity
      FROM ventes
      UNION ALL SELECT date_vente, source, id_produit, id_magasin, quantite_millioniemes FROM orphelins`),
    addToSharedIds: sql(`
      INSERT INTO shared_ids (source, other, ids, differing) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET ids = ids + excluded.ids, differing = differing + excluded.differing`),
    dropUnsharedIds: sql("DELETE FROM shared_ids WHERE source = ? AND other = ? AND ids = 0"),
    dropSharedIds: sql("DELETE FROM shared_ids"),
    claimsOfSales: sql("SELECT key, source, image FROM claims WHERE entity = 'ventes' ORDER BY key, source"),

    // ---- products and their prices
    product: exact(`
      SELECT rowid AS rowId, id_produit, nom, prix_millioniemes, date_effet, extras, source, line, offset
      FROM produits WHERE id_produit = ?`),
    hasProduct: sql("SELECT 1 FROM produits WHERE id_produit = ?").pluck(),
    putProduct: sql(`
      INSERT INTO produits (id_produit, nom, prix_millioniemes, date_effet, extras, source, line, offset)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET nom = excluded.nom, prix_millioniemes = excluded.prix_millioniemes,
        date_effet = excluded.date_effet, extras = excluded.extras, source = excluded.source,
        line = excluded.line, offset = excluded.offset`),
    dropProduct: sql("DELETE FROM produits WHERE id_produit = ?"),
    logOldProduct: sql(`
      INSERT INTO old_produits (commit_id, id_produit, nom, prix_millioniemes, date_effet, extras, source, line, offset)
      SELECT ?, id_produit, nom, prix_millioniemes, date_effet, extras, source, line, offset
      FROM produits WHERE id_produit = ?`),
    pricePoints: exact(PRICE_POINTS),
    dropPricePoint: sql("DELETE FROM prix WHERE id_produit = ? AND date_effet = ? AND offset = ?"),
    putPricePoint: sql(`
      INSERT INTO prix (id_produit, date_effet, offset, prix_millioniemes, date_dans_fichier, source)
      VALUES (?, ?, ?, ?, ?, ?)`),

    // ---- shops
    shop: sql(
      "SELECT rowid AS rowId, id_magasin, ville, extras, source, line, offset FROM magasins WHERE id_magasin = ?",
    ),
    hasShop: sql("SELECT 1 FROM magasins WHERE id_magasin = ?").pluck(),
    putShop: sql(`
      INSERT INTO magasins (id_magasin, ville, extras, source, line, offset) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET ville = excluded.ville, extras = excluded.extras, source = excluded.source,
        line = excluded.line, offset = excluded.offset`),
    dropShop: sql("DELETE FROM magasins WHERE id_magasin = ?"),
    logOldShop: sql(`
      INSERT INTO old_magasins (commit_id, id_magasin, ville, extras, source, line, offset)
      SELECT ?, id_magasin, ville, extras, source, line, offset FROM magasins WHERE id_magasin = ?`),

    // ---- sales
    sale: exact(`SELECT rowid AS rowId, origine_ca, ${SALE} FROM ventes WHERE id_vente = ?`),
    hasSale: sql("SELECT 1 FROM ventes WHERE id_vente = ?").pluck(),
    insertSale: sql(insertSales(1)),
    insertSales: sql(insertSales(GROUP_SALES)),
    dropSales: sql("DELETE FROM ventes WHERE rowid >= ? AND rowid < ?"),
    updateSale: sql(`
      UPDATE ventes SET id_produit = ?, id_magasin = ?, date_vente = ?, quantite_millioniemes = ?,
        ca_millioniemes = ?, prix_millioniemes = ?, origine = ?, extras = ?, source = ?, line = ?, offset = ?
      WHERE rowid = ?`),
    updateSaleRevenue: sql("UPDATE ventes SET ca_millioniemes = ? WHERE rowid = ?"),
    dropSale: sql("DELETE FROM ventes WHERE rowid = ?"),
    logOldSale: sql(`
      INSERT INTO old_ventes (commit_id, row_id, ${SALE_AND_ORIGIN})
      SELECT ?, rowid, ${SALE_AND_ORIGIN} FROM ventes WHERE rowid = ?`),
    salesPricedByList: exact(`
      ${PRICED_BY_LIST} AND date_vente = @day AND rowid > @rowId
      UNION ALL ${PRICED_BY_LIST} AND date_vente > @day
      ORDER BY day, rowid LIMIT @limit`),
    countPricedByList: sql("SELECT COUNT(*) FROM ventes WHERE id_produit = ? AND origine = 2").pluck(),
    salesNamingProduct: sql(naming("ventes", "id_produit")),
    salesNamingShop: sql(naming("ventes", "id_magasin")),

    // ---- sales that wait
    orphan: exact(`SELECT ${SALE} FROM orphelins WHERE id_vente = ?`),
    putOrphan: sql(`
      INSERT INTO orphelins (${SALE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET id_produit = excluded.id_produit, id_magasin = excluded.id_magasin,
        date_vente = excluded.date_vente, quantite_millioniemes = excluded.quantite_millioniemes,
        ca_millioniemes = excluded.ca_millioniemes, prix_millioniemes = excluded.prix_millioniemes,
        extras = excluded.extras, source = excluded.source, line = excluded.line, offset = excluded.offset`),
    dropOrphan: sql("DELETE FROM orphelins WHERE id_vente = ?"),
    orphansNamingProduct: sql(naming("orphelins", "id_produit")),
    orphansNamingShop: sql(naming("orphelins", "id_magasin")),
    countOrphansOfProduct: sql(countOrphans("id_produit")).pluck(),
    countOrphansOfShop: sql(countOrphans("id_magasin")).pluck(),

    // ---- rejects
    reject: sql("SELECT entity, source, version, line, raw, code, details, offset FROM rejets WHERE id = ?"),
    putReject: sql(`
      INSERT INTO rejets (id, entity, source, version, line, raw, code, details, offset)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET entity = excluded.entity, source = excluded.source, version = excluded.version,
        line = excluded.line, raw = excluded.raw, code = excluded.code, details = excluded.details,
        offset = excluded.offset`),
    dropReject: sql("DELETE FROM rejets WHERE id = ?"),
  };
}

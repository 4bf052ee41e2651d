/**
 * One batch, one transaction: compare-and-set of the position, rows, claims, orphans, rejects, old images and
 * the commit, all durable together or not at all (invariants 2, 3 and 4).
 *
 * What an event does is rule 17: below the highest offset that its key holds it is superseded, at it equal
 * (compared, and a difference repaired), above it it changes the claim of its source, or is unchanged and moves
 * nothing. Sales are placed by rule 18. Everything is synchronous: no transaction spans an await.
 */
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { EntityName } from "#shared/entities/index.ts";
import type { EventEnvelope, PipelineEvent, RejectRow, Values } from "#shared/event.ts";
import { formatMillionths, multiplyMillionths, parseMillionths } from "#shared/numbers.ts";
import { sentenceOf } from "#shared/sentences.ts";
import type { LogBatch, LogRecord } from "#shared/topic-log/topic-log.ts";
import type { EventTopic } from "#shared/topics.ts";
import { decodeEvent, type NotAnEvent } from "./decode.ts";
import {
  type Claim,
  extrasJson,
  type Image,
  imageOf,
  layClaims,
  mergeImages,
  sameImage,
  sortedJson,
  speaking,
} from "./image.ts";
import { byForce, lastPrice, type PricePoint, priceOn } from "./prices.ts";
import { prepareStatements } from "./statements.ts";

export interface BatchResult {
  /** Where the partition stands now: `batch.next`, or another writer's position when nothing was applied. */
  readonly position: number;
  readonly applied: boolean;
  /** The commit made, or null when no row changed. */
  readonly commit: number | null;
  readonly events: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly superseded: number;
  readonly rejected: number;
  /** Rows that a replay found different from what the topics say, and mended. */
  readonly repaired: number;
}

interface Withdrawal {
  readonly source: string;
  readonly dateEffet: string;
  readonly offset: number;
}

/** What is held of one key. */
interface Held {
  claims: Claim[];
  /** True when `claims` came from the table of that name: several, or one that its row cannot say. */
  stored: boolean;
  withdrawals: readonly Withdrawal[];
}

/** The columns of an image that have a column of their own in the row; the rest is `extras`. */
const IMAGE_COLUMNS: Readonly<Record<EntityName, readonly string[]>> = {
  produits: ["nom", "prix"],
  magasins: ["ville"],
  ventes: ["id_produit", "id_magasin", "date_vente", "quantité", "prix", "chiffre_affaires"],
};

const MAX_INTEGER = 2n ** 63n - 1n;
const KEPT_COMMITS = 1000;
/** Parents and prices remembered between batches, at most. */
const MAX_CACHED = 100_000;

const parseImage = (json: string): Image => JSON.parse(json) as Image;

interface StoredSale {
  readonly rang?: bigint;
  readonly id_produit: string;
  readonly id_magasin: string;
  readonly date_vente: string;
  readonly quantite_millioniemes: bigint;
  readonly ca_millioniemes: bigint | null;
  readonly prix_millioniemes: bigint | null;
  readonly origine_ca?: string;
  readonly extras: string;
  readonly source: string;
  readonly line: bigint;
  readonly offset: bigint;
}

/** A sale as it is to be stored: its revenue is null while it has none, and then it waits. */
interface Sale {
  readonly idProduit: string;
  readonly idMagasin: string;
  readonly day: string;
  readonly quantity: bigint;
  readonly unitPrice: bigint | null;
  readonly ownRevenue: bigint | null;
  readonly extras: string;
  readonly source: string;
  readonly line: number;
  readonly offset: number;
}

const sameSale = (a: Sale, b: Sale): boolean =>
  a.idProduit === b.idProduit &&
  a.idMagasin === b.idMagasin &&
  a.day === b.day &&
  a.quantity === b.quantity &&
  a.unitPrice === b.unitPrice &&
  a.ownRevenue === b.ownRevenue &&
  a.extras === b.extras &&
  a.source === b.source &&
  a.line === b.line &&
  a.offset === b.offset;

export interface BatchApplier {
  /**
   * Applies `batch` if the partition stands where the follower expected it to (`expected`), else nothing.
   * Throws what SQLite throws (SQLITE_BUSY: try again); the transaction is then rolled back.
   */
  readonly apply: (batch: LogBatch, expected: number) => BatchResult;
}

export function makeBatchApplier(db: Sqlite): BatchApplier {
  const sql = prepareStatements(db);

  // ---- what is remembered between batches, while nobody else writes
  let lastCommit = -1;
  const knownProducts = new Set<string>();
  const knownShops = new Set<string>();
  const pointsOf = new Map<string, readonly PricePoint[]>();
  const newestVersion = new Map<string, number>();
  const forget = () => {
    knownProducts.clear();
    knownShops.clear();
    pointsOf.clear();
    newestVersion.clear();
    lastCommit = -1;
  };

  // ---- of the batch in hand
  let topic: EventTopic = "ventes";
  let partition = 0;
  let commit = 0;
  let nextRang = 0;
  let firstRang = 0;
  let haut = 0;
  let orphansExist = false;
  let withdrawnExist = false;
  let events = 0;
  let changed = 0;
  let unchanged = 0;
  let superseded = 0;
  let rejected = 0;
  let repaired = 0;
  const dirtyVersions = new Set<string>();

  const productExists = (id: string): boolean => {
    if (knownProducts.has(id)) return true;
    if (sql.hasProduct.get(id) === undefined) return false;
    if (knownProducts.size >= MAX_CACHED) knownProducts.clear();
    knownProducts.add(id);
    return true;
  };
  const shopExists = (id: string): boolean => {
    if (knownShops.has(id)) return true;
    if (sql.hasShop.get(id) === undefined) return false;
    if (knownShops.size >= MAX_CACHED) knownShops.clear();
    knownShops.add(id);
    return true;
  };
  const pricePoints = (id: string): readonly PricePoint[] => {
    const cached = pointsOf.get(id);
    if (cached !== undefined) return cached;
    const rows = sql.pricePoints.all(id) as {
      dateEffet: string;
      offset: bigint;
      price: bigint;
      dated: bigint;
      source: string;
    }[];
    const points = rows.map((r) => ({ ...r, offset: Number(r.offset), dated: r.dated === 1n }));
    if (pointsOf.size >= MAX_CACHED) pointsOf.clear();
    pointsOf.set(id, points);
    return points;
  };

  // ---- sales

  /** Rule 12: the amount on the line, else quantité × the price on the line, else × the price in force. */
  function revenueOf(sale: Sale): { readonly value: bigint | null; readonly origin: string } {
    if (sale.ownRevenue !== null) return { value: sale.ownRevenue, origin: "ligne" };
    if (sale.unitPrice !== null)
      return { value: product(sale.quantity, sale.unitPrice), origin: "prix de la ligne" };
    const price = priceOn(pricePoints(sale.idProduit), sale.day);
    return { value: price === null ? null : product(sale.quantity, price), origin: "liste" };
  }

  /** null when it does not fit SQLite's INTEGER: such a sale waits for a price that makes sense. */
  function product(a: bigint, b: bigint): bigint | null {
    const { value } = multiplyMillionths(a, b);
    return value > MAX_INTEGER || value < -MAX_INTEGER ? null : value;
  }

  /** Inserts a sale where it belongs, unless its id is in `ventes` already: then false. */
  function insertSale(id: string, sale: Sale): boolean {
    const revenue = revenueOf(sale);
    if (revenue.value === null || !productExists(sale.idProduit) || !shopExists(sale.idMagasin)) {
      if (sql.hasSale.get(id) !== undefined) return false;
      sql.putOrphan.run(
        id,
        sale.idProduit,
        sale.idMagasin,
        sale.day,
        sale.quantity,
        sale.ownRevenue,
        sale.unitPrice,
        sale.extras,
        sale.source,
        sale.line,
        sale.offset,
      );
      orphansExist = true;
      return true;
    }
    const done = sql.insertSale.run(
      nextRang,
      id,
      sale.idProduit,
      sale.idMagasin,
      sale.day,
      sale.quantity,
      revenue.value,
      sale.unitPrice,
      revenue.origin,
      sale.extras,
      sale.source,
      sale.line,
      sale.offset,
    );
    if (done.changes === 0) return false;
    nextRang++;
    return true;
  }

  /** Writes a sale over what stands for its id, in `ventes` or `orphelins`, or removes it (rule 18). */
  function placeSale(id: string, sale: Sale | undefined): void {
    const stored = sql.sale.get(id) as StoredSale | undefined;
    const revenue = sale === undefined ? undefined : revenueOf(sale);
    const stays =
      sale !== undefined &&
      revenue?.value !== null &&
      productExists(sale.idProduit) &&
      shopExists(sale.idMagasin);
    if (stored?.rang !== undefined) {
      logOldSale(stored.rang);
      if (stays && revenue !== undefined) {
        sql.updateSale.run(
          sale.idProduit,
          sale.idMagasin,
          sale.day,
          sale.quantity,
          revenue.value,
          sale.unitPrice,
          revenue.origin,
          sale.extras,
          sale.source,
          sale.line,
          sale.offset,
          stored.rang,
        );
        return;
      }
      sql.dropSale.run(stored.rang);
    } else if (orphansExist) sql.dropOrphan.run(id);
    if (sale !== undefined) insertSale(id, sale);
  }

  /** New rows of this very commit have no old image: they did not exist before it. */
  function logOldSale(rang: bigint): void {
    if (rang < firstRang) sql.logOldSale.run(commit, rang);
  }

  function saleFromImage(image: Image, last: Claim): Sale {
    const amount = (name: string) => {
      const value = image[name];
      return typeof value === "string" ? (parseMillionths(value)?.value ?? null) : null;
    };
    return {
      idProduit: image.id_produit ?? "",
      idMagasin: image.id_magasin ?? "",
      day: image.date_vente ?? "",
      quantity: amount("quantité") ?? 0n,
      unitPrice: amount("prix"),
      ownRevenue: amount("chiffre_affaires"),
      extras: extrasJson(image, IMAGE_COLUMNS.ventes),
      source: last.source,
      line: last.line,
      offset: last.offset,
    };
  }

  function saleOfRow(row: StoredSale): Sale {
    return {
      idProduit: row.id_produit,
      idMagasin: row.id_magasin,
      day: row.date_vente,
      quantity: row.quantite_millioniemes,
      unitPrice: row.prix_millioniemes,
      ownRevenue: row.origine_ca === undefined || row.origine_ca === "ligne" ? row.ca_millioniemes : null,
      extras: row.extras,
      source: row.source,
      line: Number(row.line),
      offset: Number(row.offset),
    };
  }

  /** The image that a stored sale is, when it is its key's only claim. */
  function imageOfSale(row: StoredSale): Image {
    const sale = saleOfRow(row);
    const image: Record<string, string | null> = {
      ...(JSON.parse(row.extras) as Record<string, string | null>),
      id_produit: sale.idProduit,
      id_magasin: sale.idMagasin,
      date_vente: sale.day,
      quantité: formatMillionths(sale.quantity),
    };
    if (sale.unitPrice !== null) image.prix = formatMillionths(sale.unitPrice);
    if (sale.ownRevenue !== null) image.chiffre_affaires = formatMillionths(sale.ownRevenue);
    return image;
  }

  /** The orphans that name a parent which has come, or has a price now: placed again. */
  function promote(ids: readonly string[]): void {
    for (const id of ids) {
      const row = sql.orphan.get(id) as StoredSale | undefined;
      if (row === undefined) continue;
      const sale = saleOfRow(row);
      if (!productExists(sale.idProduit) || !shopExists(sale.idMagasin) || revenueOf(sale).value === null)
        continue;
      sql.dropOrphan.run(id);
      insertSale(id, sale);
      changed++;
    }
  }

  /** The sales that name a withdrawn parent: they wait again. Before the parent goes, for the foreign key. */
  function park(ids: readonly string[]): void {
    for (const id of ids) {
      const row = sql.sale.get(id) as StoredSale | undefined;
      if (row?.rang === undefined) continue;
      logOldSale(row.rang);
      sql.dropSale.run(row.rang);
      const sale = saleOfRow(row);
      sql.putOrphan.run(
        id,
        sale.idProduit,
        sale.idMagasin,
        sale.day,
        sale.quantity,
        sale.ownRevenue,
        sale.unitPrice,
        sale.extras,
        sale.source,
        sale.line,
        sale.offset,
      );
      orphansExist = true;
      changed++;
    }
  }

  /** Sales whose revenue came from the list, after the product's price points changed. */
  function reprice(id: string, points: readonly PricePoint[]): void {
    const sales = sql.salesPricedByList.all(id) as {
      rang: bigint;
      day: string;
      quantity: bigint;
      revenue: bigint;
    }[];
    const homeless: bigint[] = [];
    for (const sale of sales) {
      const price = priceOn(points, sale.day);
      const revenue = price === null ? null : product(sale.quantity, price);
      if (revenue === sale.revenue) continue;
      if (revenue === null) {
        homeless.push(sale.rang);
        continue;
      }
      logOldSale(sale.rang);
      sql.updateSaleRevenue.run(revenue, sale.rang);
      changed++;
    }
    if (homeless.length > 0) {
      const idOf = db.prepare("SELECT id_vente FROM ventes WHERE rowid = ?").pluck();
      park(homeless.map((rang) => idOf.get(rang) as string));
    }
    if (orphansExist) promote(sql.orphansNamingProduct.all(id) as string[]);
  }

  // ---- what is held of a key

  function heldOf(entity: EntityName, key: string): Held {
    const stored = sql.claims.all(entity, key) as (Omit<Claim, "image"> & { image: string })[];
    const withdrawals = withdrawnExist ? (sql.withdrawals.all(entity, key) as Withdrawal[]) : [];
    if (stored.length > 0)
      return { claims: stored.map((c) => ({ ...c, image: parseImage(c.image) })), stored: true, withdrawals };
    const claim = claimOfRow(entity, key);
    return { claims: claim === undefined ? [] : [claim], stored: false, withdrawals };
  }

  function claimOfRow(entity: EntityName, key: string): Claim | undefined {
    if (entity === "ventes") {
      const row = (sql.sale.get(key) ?? (orphansExist ? sql.orphan.get(key) : undefined)) as
        | StoredSale
        | undefined;
      if (row === undefined) return undefined;
      return {
        source: row.source,
        dateEffet: "",
        image: imageOfSale(row),
        line: Number(row.line),
        offset: Number(row.offset),
      };
    }
    if (entity === "magasins") {
      const row = sql.shop.get(key) as
        | { ville: string; extras: string; source: string; line: number; offset: number }
        | undefined;
      if (row === undefined) return undefined;
      return { ...row, dateEffet: "", image: { ...parseImage(row.extras), ville: row.ville } };
    }
    const row = sql.product.get(key) as ProductRow | undefined;
    if (row === undefined) return undefined;
    const image: Record<string, string | null> = { ...parseImage(row.extras) };
    if (row.nom !== null) image.nom = row.nom;
    if (row.prix_millioniemes !== null && !("prix" in image))
      image.prix = formatMillionths(row.prix_millioniemes);
    return {
      source: row.source,
      dateEffet: row.date_effet ?? "",
      image,
      line: Number(row.line),
      offset: Number(row.offset),
    };
  }

  /** Writes the claims of a key: none in the table while its row alone says all of it. */
  function storeClaims(entity: EntityName, key: string, held: Held, row: Claim | undefined): void {
    const only = held.claims[0];
    const derivable =
      held.claims.length === 0 ||
      (held.claims.length === 1 &&
        only !== undefined &&
        row !== undefined &&
        only.source === row.source &&
        only.dateEffet === row.dateEffet &&
        sameImage(only.image, row.image));
    if (held.stored) sql.dropClaims.run(entity, key);
    if (derivable) return;
    for (const c of held.claims)
      sql.putClaim.run(entity, key, c.source, c.dateEffet, sortedJson(c.image), c.line, c.offset);
  }

  // ---- events

  /** What happened to an event; counts follow from it. */
  type Outcome = "changed" | "unchanged" | "superseded" | "equal";

  function applyToKey(entity: EntityName, key: string, offset: number, event: PipelineEvent): Outcome {
    if (event.kind === "mark") return "unchanged";
    const dateEffet = entity === "produits" ? (event.row.date_effet ?? "") : "";
    if (event.kind === "row" && entity === "ventes") {
      // By far the most common: a sale never heard of.
      const unheard =
        (!orphansExist || sql.orphan.get(key) === undefined) &&
        (!withdrawnExist || sql.withdrawals.get(entity, key) === undefined);
      if (unheard && insertSale(key, saleOfEvent(event, offset))) return "changed";
    }
    const held = heldOf(entity, key);
    let highest = -1;
    for (const c of held.claims) if (c.offset > highest) highest = c.offset;
    for (const w of held.withdrawals) if (w.offset > highest) highest = w.offset;
    const mine = held.claims.find((c) => c.source === event.source && c.dateEffet === dateEffet);
    if (offset < highest) {
      // Below its key's highest offset it may still be what its own claim is.
      if (mine?.offset === offset) return repair(entity, key, held, mine, event);
      return held.withdrawals.some((w) => w.offset === offset) ? "equal" : "superseded";
    }
    if (offset === highest) return mine?.offset === offset ? repair(entity, key, held, mine, event) : "equal";

    if (event.kind === "gone") {
      if (mine === undefined) return "unchanged";
      held.claims = held.claims.filter((c) => c !== mine);
      superseded++;
      sql.putWithdrawal.run(entity, key, event.source, dateEffet, offset);
      withdrawnExist = true;
      const points =
        entity === "produits"
          ? pricePoints(key).filter(
              (p) =>
                !(p.dated && p.source === event.source && p.dateEffet === dateEffet) &&
                speaking(held.claims, p.source) !== undefined,
            )
          : [];
      write(entity, key, held, points);
      return "changed";
    }
    const said = imageOf(event.row, event.extras, IMAGE_COLUMNS[entity]);
    const image = mine === undefined ? said : mergeImages(mine.image, said);
    if (mine !== undefined && sameImage(mine.image, image)) return "unchanged";
    const points = entity === "produits" ? pointsAfter(key, offset, event, dateEffet, said, held) : [];
    // When a source turns from undated to dated or back, the new kind takes the old one's place (rule 15).
    const others = held.claims.filter(
      (c) => c !== mine && !(c.source === event.source && (c.dateEffet === "") !== (dateEffet === "")),
    );
    superseded += held.claims.length - others.length;
    held.claims = [...others, { source: event.source, dateEffet, image, line: event.line, offset }];
    if (held.withdrawals.some((w) => w.source === event.source && w.dateEffet === dateEffet)) {
      sql.dropWithdrawal.run(entity, key, event.source, dateEffet);
      superseded++;
    }
    write(entity, key, held, points);
    return "changed";
  }

  /** An event at the offset of its own claim says what the claim and the row say, or the row was tampered with. */
  function repair(entity: EntityName, key: string, held: Held, mine: Claim, event: PipelineEvent): Outcome {
    if (event.kind !== "row") return "equal";
    const image = mergeImages(mine.image, imageOf(event.row, event.extras, IMAGE_COLUMNS[entity]));
    const claims = held.claims.map((c) => (c === mine ? { ...mine, image } : c));
    if (sameImage(mine.image, image) && rowSays(entity, key, claims)) return "equal";
    write(entity, key, { ...held, claims }, entity === "produits" ? pricePoints(key) : []);
    repaired++;
    changed++;
    return "equal";
  }

  /** Whether the stored row of a key is the one that its claims make. */
  function rowSays(entity: EntityName, key: string, claims: readonly Claim[]): boolean {
    const laid = layClaims(claims);
    if (laid === undefined) return true;
    const { image, last } = laid;
    if (entity === "ventes") {
      const sale = saleFromImage(image, last);
      const revenue = revenueOf(sale);
      const belongs = revenue.value !== null && productExists(sale.idProduit) && shopExists(sale.idMagasin);
      const row = (belongs ? sql.sale.get(key) : sql.orphan.get(key)) as StoredSale | undefined;
      if (row === undefined) return false;
      return (
        (!belongs || (row.ca_millioniemes === revenue.value && row.origine_ca === revenue.origin)) &&
        sameSale(saleOfRow(row), sale)
      );
    }
    const row = (entity === "magasins" ? sql.shop.get(key) : sql.product.get(key)) as
      | (ProductRow & { ville?: string })
      | undefined;
    return (
      row !== undefined &&
      (entity === "magasins"
        ? row.ville === image.ville
        : row.nom === (image.nom ?? null) && row.prix_millioniemes === lastPrice(pricePoints(key))) &&
      row.extras === extrasJson(image, IMAGE_COLUMNS[entity]) &&
      row.source === last.source &&
      Number(row.line) === last.line &&
      Number(row.offset) === last.offset
    );
  }

  /** Rule 13: the price points of a product after an event of it. */
  function pointsAfter(
    key: string,
    offset: number,
    event: EventEnvelope,
    dateEffet: string,
    said: Image,
    held: Held,
  ): readonly PricePoint[] {
    const points = pricePoints(key);
    if (!("prix" in said)) return points;
    const text = said.prix ?? null;
    const price = text === null ? null : (parseMillionths(text)?.value ?? null);
    if (dateEffet === "") {
      if (price === null || text === speaking(held.claims, event.source)?.image.prix) return points;
      return [...points, { dateEffet: event.day, offset, price, dated: false, source: event.source }].sort(
        byForce,
      );
    }
    const same = points.find((p) => p.dated && p.source === event.source && p.dateEffet === dateEffet);
    if ((same?.price ?? null) === price) return points;
    const rest = points.filter((p) => p !== same);
    if (price === null) return rest;
    return [...rest, { dateEffet, offset, price, dated: true, source: event.source }].sort(byForce);
  }

  function saleOfEvent(event: EventEnvelope & { row: Values; extras: Values }, offset: number): Sale {
    const { row } = event;
    const amount = (text: string | null | undefined) =>
      text === null || text === undefined ? null : (parseMillionths(text)?.value ?? null);
    let extras = "{}";
    let hasExtras = row.prix === null || row.chiffre_affaires === null;
    for (const _ in event.extras) {
      hasExtras = true;
      break;
    }
    if (hasExtras)
      extras = extrasJson(imageOf(row, event.extras, IMAGE_COLUMNS.ventes), IMAGE_COLUMNS.ventes);
    return {
      idProduit: row.id_produit ?? "",
      idMagasin: row.id_magasin ?? "",
      day: row.date_vente ?? "",
      quantity: amount(row.quantité) ?? 0n,
      unitPrice: amount(row.prix),
      ownRevenue: amount(row.chiffre_affaires),
      extras,
      source: event.source,
      line: event.line,
      offset,
    };
  }

  /** Writes the row, the claims and the price points of a key whose claims changed, and what follows from it. */
  function write(entity: EntityName, key: string, held: Held, points: readonly PricePoint[]): void {
    const laid = layClaims(held.claims);
    if (entity === "ventes") {
      placeSale(key, laid === undefined ? undefined : saleFromImage(laid.image, laid.last));
      // A sale's row holds its whole image: a single claim is always the row.
      storeClaims(entity, key, held, held.claims.length === 1 ? held.claims[0] : undefined);
      return;
    }
    if (entity === "magasins") writeShop(key, laid);
    else writeProduct(key, laid, points);
    storeClaims(entity, key, held, laid === undefined ? undefined : claimOfRow(entity, key));
  }

  function writeShop(key: string, laid: ReturnType<typeof layClaims>): void {
    if (laid === undefined) {
      park(sql.salesNamingShop.all(key) as string[]);
      sql.logOldShop.run(commit, key);
      sql.dropShop.run(key);
      knownShops.delete(key);
      return;
    }
    const isNew = sql.hasShop.get(key) === undefined;
    if (!isNew) sql.logOldShop.run(commit, key);
    const { image, last } = laid;
    sql.putShop.run(
      key,
      image.ville ?? "",
      extrasJson(image, IMAGE_COLUMNS.magasins),
      last.source,
      last.line,
      last.offset,
    );
    if (isNew && orphansExist) promote(sql.orphansNamingShop.all(key) as string[]);
  }

  function writeProduct(
    key: string,
    laid: ReturnType<typeof layClaims>,
    points: readonly PricePoint[],
  ): void {
    const before = pricePoints(key);
    const pointsChanged = before !== points;
    if (pointsChanged) {
      sql.dropPricePoints.run(key);
      for (const p of points)
        sql.putPricePoint.run(key, p.dateEffet, p.offset, p.price, p.dated ? 1 : 0, p.source);
      pointsOf.set(key, points);
    }
    if (laid === undefined) {
      park(sql.salesNamingProduct.all(key) as string[]);
      sql.logOldProduct.run(commit, key);
      sql.dropProduct.run(key);
      knownProducts.delete(key);
      return;
    }
    const isNew = sql.hasProduct.get(key) === undefined;
    if (!isNew) sql.logOldProduct.run(commit, key);
    const { image, last } = laid;
    sql.putProduct.run(
      key,
      image.nom ?? null,
      lastPrice(points),
      last.dateEffet === "" ? null : last.dateEffet,
      extrasJson(image, IMAGE_COLUMNS.produits),
      last.source,
      last.line,
      last.offset,
    );
    if (isNew) {
      if (orphansExist) promote(sql.orphansNamingProduct.all(key) as string[]);
    } else if (pointsChanged) reprice(key, points);
  }

  // ---- rejects: rows like any other, of one source each

  function applyReject(key: string, offset: number, event: PipelineEvent): Outcome {
    if (event.kind === "mark") return "unchanged";
    const row = sql.reject.get(key) as (RejectRow & { source: string; offset: number }) | undefined;
    const withdrawals = withdrawnExist ? (sql.withdrawals.all("rejets", key) as Withdrawal[]) : [];
    const highest = Math.max(row?.offset ?? -1, ...withdrawals.map((w) => w.offset));
    if (offset < highest) return "superseded";
    if (event.kind === "gone") {
      if (offset === highest) return "equal";
      if (row === undefined || row.source !== event.source) return "unchanged";
      sql.dropReject.run(key);
      sql.putWithdrawal.run("rejets", key, event.source, "", offset);
      withdrawnExist = true;
      superseded++;
      return "changed";
    }
    const said = event.row as unknown as RejectRow;
    const same =
      row !== undefined &&
      row.source === event.source &&
      (["entity", "raw", "code", "sentence"] as const).every((c) => row[c] === said[c]);
    if (offset === highest) {
      if (same || row === undefined) return "equal";
      repaired++;
      changed++;
    } else {
      if (same) return "unchanged";
      if (row !== undefined) superseded++;
      if (withdrawals.length > 0) {
        sql.dropWithdrawal.run("rejets", key, event.source, "");
        superseded++;
      }
    }
    sql.putReject.run(
      key,
      said.entity,
      event.source,
      event.version,
      event.line,
      said.raw,
      said.code,
      said.sentence,
      offset,
    );
    return offset === highest ? "equal" : "changed";
  }

  /** A record that is no event is set aside by its place, and its partition goes on. */
  function setAside(record: LogRecord, why: NotAnEvent): void {
    const id = `${topic}/${partition}/${record.offset}`;
    events++;
    rejected++;
    if (sql.reject.get(id) !== undefined) return;
    const raw = record.value === null ? "" : record.value.subarray(0, MAX_RAW_BYTES).toString("utf8");
    // One language for all of them: the row must be the same whoever applies the event.
    const sentence = sentenceOf(why.code, why.details, "fr");
    sql.putReject.run(id, topic, "", null, null, raw, why.code, sentence, record.offset);
    changed++;
  }

  function applyRecord(record: LogRecord): void {
    const decoded = decodeEvent(topic, record);
    if ("reject" in decoded) {
      setAside(record, decoded.reject);
      return;
    }
    const { event, key } = decoded;
    if (event.kind !== "mark") events++;
    // Rule 20: below the newest version of its source in this partition it is superseded.
    const newest = newestOf(event.source);
    if (event.version < newest) {
      if (event.kind !== "mark") superseded++;
      return;
    }
    if (event.version > newest) {
      newestVersion.set(event.source, event.version);
      dirtyVersions.add(event.source);
    }
    if (event.kind === "mark") return;
    const outcome =
      topic === "rejets"
        ? applyReject(key, record.offset, event)
        : applyToKey(topic, key, record.offset, event);
    if (outcome === "changed") {
      changed++;
      if (record.offset < haut) repaired++;
    } else if (outcome === "unchanged") unchanged++;
    else if (outcome === "superseded") superseded++;
  }

  const newestOf = (source: string): number => {
    const known = newestVersion.get(source);
    if (known !== undefined) return known;
    const stored = (sql.version.get(topic, partition, source) as number | undefined) ?? -1;
    newestVersion.set(source, stored);
    return stored;
  };

  const begin = db.prepare("BEGIN IMMEDIATE");
  const end = db.prepare("COMMIT");
  const undo = db.prepare("ROLLBACK");

  function apply(batch: LogBatch, expected: number): BatchResult {
    begin.run();
    try {
      const at = sql.position.get(batch.topic, batch.partition) as
        | { position: number; haut: number }
        | undefined;
      const position = at?.position ?? 0;
      if (position !== expected) {
        undo.run();
        return { ...NOTHING, position };
      }
      const before = sql.counter.get("commit") as number;
      if (before !== lastCommit) forget();
      newestVersion.clear();
      topic = batch.topic as EventTopic;
      partition = batch.partition;
      commit = before + 1;
      haut = at?.haut ?? 0;
      firstRang = (sql.counter.get("rang") as number) + 1;
      nextRang = firstRang;
      orphansExist = sql.anyOrphan.get() === 1;
      withdrawnExist = sql.anyWithdrawn.get(topic) === 1;
      events = changed = unchanged = superseded = rejected = repaired = 0;
      dirtyVersions.clear();

      for (const record of batch.records) if (record.offset >= position) applyRecord(record);

      for (const source of dirtyVersions)
        sql.putVersion.run(topic, partition, source, newestVersion.get(source));
      sql.advance.run({
        topic,
        partition,
        position: batch.next,
        events,
        unchanged,
        superseded,
        rejected,
      });
      if (changed > 0) {
        sql.setCounter.run(commit, "commit");
        if (nextRang > firstRang) sql.setCounter.run(nextRang - 1, "rang");
        sql.putCommit.run(commit, firstRang, nextRang - 1, changed, new Date().toISOString());
        if (commit % KEPT_COMMITS === 0) sql.pruneCommits.run(commit - KEPT_COMMITS);
      }
      if (repaired > 0) sql.addToCounter.run(repaired, "repares");
      end.run();
      lastCommit = changed > 0 ? commit : before;
      return {
        position: batch.next,
        applied: true,
        commit: changed > 0 ? commit : null,
        events,
        changed,
        unchanged,
        superseded,
        rejected,
        repaired,
      };
    } catch (error) {
      if (db.inTransaction) undo.run();
      forget();
      throw error;
    }
  }

  return { apply };
}

const MAX_RAW_BYTES = 10_000;

const NOTHING: Omit<BatchResult, "position"> = {
  applied: false,
  commit: null,
  events: 0,
  changed: 0,
  unchanged: 0,
  superseded: 0,
  rejected: 0,
  repaired: 0,
};

interface ProductRow {
  readonly nom: string | null;
  readonly prix_millioniemes: bigint | null;
  readonly date_effet: string | null;
  readonly extras: string;
  readonly source: string;
  readonly line: bigint;
  readonly offset: bigint;
}

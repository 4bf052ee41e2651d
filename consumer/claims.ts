/**
 * What an event does to its key (rules 8, 15 and 17). Below the highest offset that the key holds it is
 * superseded; at the offset of its own claim it is compared, and a difference repaired; above it it changes the
 * claim of its source, withdraws it, or says nothing new and moves nothing.
 */
import type { EntityName } from "#shared/entities/index.ts";
import type { PipelineEvent } from "#shared/event.ts";
import type { BatchState } from "./batch-state.ts";
import { type Claim, imageOf, layClaims, mergeImages, parseImage, sameImage, sortedJson } from "./image.ts";
import type { PricePoint } from "./prices.ts";
import { makeProducts, PRODUCT_COLUMNS } from "./products.ts";
import { makeSales, SALE_COLUMNS } from "./sales.ts";
import { makeShops, SHOP_COLUMNS } from "./shops.ts";

/** equal: the event is what its key holds already. */
export type Outcome = "changed" | "unchanged" | "superseded" | "equal";

export type RowOrGone = Exclude<PipelineEvent, { readonly kind: "mark" }>;

export interface Withdrawal {
  readonly source: string;
  readonly dateEffet: string;
  readonly offset: number;
}

/** What is held of one key. */
interface Held {
  readonly claims: readonly Claim[];
  /** True when they came from the table `claims`: several, or one that its row cannot say. */
  readonly stored: boolean;
  readonly withdrawals: readonly Withdrawal[];
}

/** The columns of an image that have a column of their own in the row; the rest is `extras`. */
const IMAGE_COLUMNS: Readonly<Record<EntityName, readonly string[]>> = {
  produits: PRODUCT_COLUMNS,
  magasins: SHOP_COLUMNS,
  ventes: SALE_COLUMNS,
};

export function makeClaims(batch: BatchState) {
  const { sql } = batch;
  const sales = makeSales(batch);
  const products = makeProducts(batch, sales);
  const tables = { produits: products, magasins: makeShops(batch, sales), ventes: sales };

  function heldOf(entity: EntityName, key: string): Held {
    const stored = sql.claims.all(entity, key) as (Omit<Claim, "image"> & { image: string })[];
    const withdrawals = batch.withdrawnExist ? (sql.withdrawals.all(entity, key) as Withdrawal[]) : [];
    if (stored.length > 0)
      return { claims: stored.map((c) => ({ ...c, image: parseImage(c.image) })), stored: true, withdrawals };
    const claim = tables[entity].claimOfRow(key);
    return { claims: claim === undefined ? [] : [claim], stored: false, withdrawals };
  }

  /** Writes the row that `claims` make and what follows from it, and the claims that the row cannot say. */
  function write(
    entity: EntityName,
    key: string,
    wereStored: boolean,
    claims: readonly Claim[],
    points: readonly PricePoint[],
  ): void {
    tables[entity].write(key, layClaims(claims), points);
    if (wereStored) sql.dropClaims.run(entity, key);
    const [only] = claims;
    if (only === undefined || (claims.length === 1 && rowIs(entity, key, only))) return;
    for (const c of claims)
      sql.putClaim.run(entity, key, c.source, c.dateEffet, sortedJson(c.image), c.line, c.offset);
  }

  /** Whether the row as written says all that its only claim says. A sale's always does. */
  function rowIs(entity: EntityName, key: string, claim: Claim): boolean {
    if (entity === "ventes") return true;
    const row = tables[entity].claimOfRow(key);
    return row !== undefined && row.dateEffet === claim.dateEffet && sameImage(row.image, claim.image);
  }

  function repair(entity: EntityName, key: string, held: Held, mine: Claim, event: RowOrGone): Outcome {
    if (event.kind === "gone") return "equal";
    const image = mergeImages(mine.image, imageOf(event.row, event.extras, IMAGE_COLUMNS[entity]));
    const claims = held.claims.map((c) => (c === mine ? { ...mine, image } : c));
    const laid = layClaims(claims);
    if (sameImage(mine.image, image) && laid !== undefined && tables[entity].rowSays(key, laid))
      return "equal";
    write(entity, key, held.stored, claims, batch.known.pricePoints(key));
    batch.counts.repaired++;
    batch.counts.changed++;
    return "equal";
  }

  return {
    apply: (entity: EntityName, key: string, offset: number, event: RowOrGone): Outcome => {
      const { counts } = batch;
      if (entity === "ventes" && event.kind === "row" && sales.insertUnheard(key, event, offset))
        return "changed";

      const { source } = event;
      const dateEffet = entity === "produits" ? (event.row.date_effet ?? "") : "";
      const held = heldOf(entity, key);
      const mine = held.claims.find((c) => c.source === source && c.dateEffet === dateEffet);
      if (mine?.offset === offset) return repair(entity, key, held, mine, event);
      for (const { offset: at } of held.withdrawals) if (at === offset) return "equal";
      for (const { offset: at } of [...held.claims, ...held.withdrawals])
        if (at >= offset) return "superseded";

      if (event.kind === "gone") {
        if (mine === undefined) return "unchanged";
        const left = held.claims.filter((c) => c !== mine);
        counts.superseded++;
        sql.putWithdrawal.run(entity, key, source, dateEffet, offset);
        batch.withdrawnExist = true;
        const points =
          entity === "produits" ? products.pointsAfterWithdrawal(key, source, dateEffet, left) : [];
        write(entity, key, held.stored, left, points);
        return "changed";
      }

      const said = imageOf(event.row, event.extras, IMAGE_COLUMNS[entity]);
      const image = mine === undefined ? said : mergeImages(mine.image, said);
      if (mine !== undefined && sameImage(mine.image, image)) return "unchanged";
      // When a source turns from undated to dated or back, the new kind takes the old one's place (rule 15).
      const others = held.claims.filter(
        (c) => c !== mine && !(c.source === source && (c.dateEffet === "") !== (dateEffet === "")),
      );
      counts.superseded += held.claims.length - others.length;
      if (held.withdrawals.some((w) => w.source === source && w.dateEffet === dateEffet)) {
        sql.dropWithdrawal.run(entity, key, source, dateEffet);
        counts.superseded++;
      }
      const points =
        entity === "produits"
          ? products.pointsAfterRow(key, event, offset, dateEffet, said, held.claims)
          : [];
      const claim: Claim = { source, dateEffet, image, line: event.line, offset };
      write(entity, key, held.stored, [...others, claim], points);
      return "changed";
    },
  };
}

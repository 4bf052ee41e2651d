/** Products: their row, their price points (rules 13 to 15), and the sales that name them. */
import type { EventEnvelope } from "#shared/event.ts";
import { formatMillionths, millionthsOf } from "#shared/numbers.ts";
import type { BatchState } from "./batch-state.ts";
import { type Claim, extrasJson, type Image, type Laid, parseImage, speaking } from "./image.ts";
import { byForce, lastPrice, type PricePoint } from "./prices.ts";
import type { Sales } from "./sales.ts";

export const PRODUCT_COLUMNS = ["nom", "prix"];

interface StoredProduct {
  readonly nom: string | null;
  readonly prix_millioniemes: bigint | null;
  readonly date_effet: string | null;
  readonly extras: string;
  readonly source: string;
  readonly line: bigint;
  readonly offset: bigint;
}

export function makeProducts(batch: BatchState, sales: Sales) {
  const { sql, known } = batch;
  const stored = (id: string) => sql.product.get(id) as StoredProduct | undefined;

  return {
    /** Writes the product, and its points when they are other ones; its sales follow. */
    write: (id: string, laid: Laid | undefined, points: readonly PricePoint[]): void => {
      const repriced = points !== known.pricePoints(id);
      if (repriced) {
        sql.dropPricePoints.run(id);
        for (const p of points)
          sql.putPricePoint.run(id, p.dateEffet, p.offset, p.price, p.dated ? 1 : 0, p.source);
        known.setPricePoints(id, points);
      }
      if (laid === undefined) {
        sales.parkForProduct(id);
        sql.logOldProduct.run(batch.commit, id);
        sql.dropProduct.run(id);
        known.dropProduct(id);
        return;
      }
      const isNew = sql.hasProduct.get(id) === undefined;
      if (!isNew) sql.logOldProduct.run(batch.commit, id);
      const { image, last } = laid;
      sql.putProduct.run(
        id,
        image.nom ?? null,
        lastPrice(points),
        last.dateEffet === "" ? null : last.dateEffet,
        extrasJson(image, PRODUCT_COLUMNS),
        last.source,
        last.line,
        last.offset,
      );
      if (isNew) sales.promoteForProduct(id);
      else if (repriced) sales.reprice(id, points);
    },

    /** What the row alone says: its price may be another than its claim's, and then the claim is stored. */
    claimOfRow: (id: string): Claim | undefined => {
      const row = stored(id);
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
    },

    rowSays: (id: string, { image, last }: Laid): boolean => {
      const row = stored(id);
      return (
        row !== undefined &&
        row.nom === (image.nom ?? null) &&
        row.prix_millioniemes === lastPrice(known.pricePoints(id)) &&
        row.extras === extrasJson(image, PRODUCT_COLUMNS) &&
        row.source === last.source &&
        Number(row.line) === last.line &&
        Number(row.offset) === last.offset
      );
    },

    /** Rule 13: the points after an event that says `said`; `before`: the claims it was laid over. */
    pointsAfterRow: (
      id: string,
      event: EventEnvelope,
      offset: number,
      dateEffet: string,
      said: Image,
      before: readonly Claim[],
    ): readonly PricePoint[] => {
      const points = known.pricePoints(id);
      if (!("prix" in said)) return points;
      const text = said.prix ?? null;
      const price = millionthsOf(text);
      const { source } = event;
      if (dateEffet === "") {
        if (price === null || text === speaking(before, source)?.image.prix) return points;
        return [...points, { dateEffet: event.day, offset, price, dated: false, source }].sort(byForce);
      }
      const same = points.find((p) => p.dated && p.source === source && p.dateEffet === dateEffet);
      if ((same?.price ?? null) === price) return points;
      const rest = points.filter((p) => p !== same);
      return price === null
        ? rest
        : [...rest, { dateEffet, offset, price, dated: true, source }].sort(byForce);
    },

    /** A withdrawn claim takes its dated point along, and a source's last claim all of its points. */
    pointsAfterWithdrawal: (
      id: string,
      source: string,
      dateEffet: string,
      left: readonly Claim[],
    ): readonly PricePoint[] =>
      known
        .pricePoints(id)
        .filter(
          (p) =>
            !(p.dated && p.source === source && p.dateEffet === dateEffet) &&
            left.some((claim) => claim.source === p.source),
        ),
  };
}

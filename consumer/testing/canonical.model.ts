/**
 * A model of the rules in the most obvious form: it computes every key again from all of its events, in offset order.
 * Tests compare it with the incremental consumer. `literal` replaces one rule by a simpler one: some history must give
 * another database with it, or the tests do not prove that rule.
 */
import { isDeepStrictEqual } from "node:util";
import type { PipelineEvent, RejectRow, Values } from "#shared/contract/event.ts";
import { multiplyMillionths, parseMillionths } from "#shared/contract/numbers.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import { betweenSources, type CountedSale } from "./between-sources.ts";

export type Literal =
  | "fences" // fences are for one key, not for the partition
  | "images" // one image for each key, not for each source
  | "mend" // a dated price hides no other price
  | "first" // before all points, the earliest by date
  | "repeat"; // a repeated event sets the offset

export interface ModelRecord {
  readonly key: string;
  readonly event: PipelineEvent;
}
export type ModelTopics = ReadonlyMap<EventTopic, readonly (readonly ModelRecord[])[]>;

type Cols = Record<string, string | null>;
interface At {
  readonly offset: number;
  readonly event: Exclude<PipelineEvent, { kind: "fence" }>;
}
interface ModelClaim {
  source: string;
  rec: string;
  offset: number;
  line: number;
  image: Cols;
}
interface Point {
  date: string;
  offset: number;
  price: bigint;
  dated: boolean;
  source: string;
}

const merge = (older: Values, newer: Values): Cols => {
  const out: Cols = { ...older, ...newer };
  if (
    !("chiffre_affaires" in newer) &&
    ["quantité", "id_produit"].some((c) => c in older && (out[c] ?? null) !== older[c])
  )
    delete out.chiffre_affaires;
  return out;
};
const sorted = (a: Cols) => Object.entries(a).sort(([x], [y]) => (x < y ? -1 : 1));
const millionths = (text: string | null | undefined) =>
  text === null || text === undefined ? null : (parseMillionths(text)?.value ?? null);

const colsOf = (event: At["event"]): Cols => {
  if (event.kind === "delete") return {};
  const { id_vente: _v, date_effet: _d, ...row } = event.row as Cols;
  return { ...row, ...event.extras };
};
const withoutKey = (entity: EventTopic, cols: Cols): Cols => {
  const out = { ...cols };
  if (entity === "produits") delete out.id_produit;
  if (entity === "magasins") delete out.id_magasin;
  return out;
};

/** The lines of `canonicalDump`, without those of `analyses`. */
export function canonicalModel(topics: ModelTopics, literal?: Literal): string[] {
  const history = new Map<EventTopic, Map<string, At[]>>();
  for (const [topic, partitions] of topics) {
    const keys = new Map<string, At[]>();
    history.set(topic, keys);
    for (const log of partitions) {
      const newest = new Map<string, number>();
      log.forEach(({ key, event }, offset) => {
        const fence = literal === "fences" ? `${event.source} ${key}` : event.source;
        if (event.version < (newest.get(fence) ?? -1)) return;
        newest.set(fence, event.version);
        if (event.kind === "fence") return;
        keys.set(key, [...(keys.get(key) ?? []), { offset, event }]);
      });
    }
  }

  const claimsOf = (entity: EventTopic, events: readonly At[]) => {
    let claims: ModelClaim[] = [];
    let gone: { source: string; rec: string; offset: number }[] = [];
    for (const { offset, event } of events) {
      const source = event.source;
      const rec = entity === "produits" ? (event.row.date_effet ?? "") : "";
      const mine = claims.find((c) => c.source === source && c.rec === rec);
      if (event.kind === "delete") {
        if (mine === undefined) continue;
        claims = claims.filter((c) => c !== mine);
        gone = [...gone.filter((g) => !(g.source === source && g.rec === rec)), { source, rec, offset }];
        continue;
      }
      const cols = withoutKey(entity, colsOf(event));
      const image = mine ? merge(mine.image, cols) : cols;
      claims = claims.filter((c) => !(c.source === source && (c.rec === "") !== (rec === "")));
      if (mine === undefined || !isDeepStrictEqual(mine.image, image) || literal === "repeat")
        claims = [...claims.filter((c) => c !== mine), { source, rec, offset, line: event.line, image }];
      gone = gone.filter((g) => !(g.source === source && g.rec === rec));
    }
    return { claims, gone };
  };
  const speaking = (claims: readonly ModelClaim[], source: string) =>
    claims.filter((c) => c.source === source).sort((a, b) => (a.rec < b.rec ? 1 : -1))[0];
  const layed = (claims: readonly ModelClaim[]) => {
    const speakers = [...new Set(claims.map((c) => c.source))]
      .map((s) => speaking(claims, s))
      .filter((c) => c !== undefined)
      .sort((a, b) => a.offset - b.offset);
    return { image: speakers.reduce<Cols>((row, c) => merge(row, c.image), {}), last: speakers.at(-1) };
  };
  const pointsOf = (events: readonly At[]): Point[] => {
    let points: Point[] = [];
    events.forEach(({ offset, event }, i) => {
      const before = claimsOf("produits", events.slice(0, i)).claims;
      const after = claimsOf("produits", events.slice(0, i + 1)).claims;
      const rec = event.row.date_effet ?? "";
      const mine = points.find((p) => p.dated && p.source === event.source && p.date === rec);
      const cols = colsOf(event);
      const price = millionths(cols.prix);
      // The withdrawal of a claim that does not exist changes nothing.
      if (event.kind === "delete" && !before.some((c) => c.source === event.source && c.rec === rec)) return;
      if (event.kind === "delete")
        points = points.filter((p) => p !== mine && after.some((c) => c.source === p.source));
      else if (rec !== "" && "prix" in cols && (mine?.price ?? null) !== price)
        points = [
          ...points.filter((p) => p !== mine),
          ...(price === null ? [] : [{ date: rec, offset, price, dated: true, source: event.source }]),
        ];
      else if (
        rec === "" &&
        price !== null &&
        price !== millionths(speaking(before, event.source)?.image.prix)
      )
        points = [...points, { date: event.day, offset, price, dated: false, source: event.source }];
    });
    return points.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.offset - b.offset));
  };
  const visible = (points: readonly Point[]) =>
    points.filter(
      (p) =>
        literal === "mend" ||
        p.dated ||
        !points.some((q) => q.dated && q.offset > p.offset && q.date <= p.date),
    );
  const inForce = (points: readonly Point[], day: string): bigint | null => {
    const seen = visible(points);
    const first = [...seen].sort((a, b) => a.offset - b.offset)[0];
    const before = seen.filter((p) => p.date <= day);
    const chosen =
      before.at(-1) ?? seen.find((p) => p.dated || p === first || literal === "first") ?? undefined;
    return chosen?.price ?? null;
  };

  const lines: [table: string, order: string, row: unknown[]][] = [];
  const put = (table: string, order: string, ...row: unknown[]) => lines.push([table, order, row]);
  const extras = (image: Cols, columns: readonly string[]) =>
    JSON.stringify(Object.fromEntries(sorted(image).filter(([c, v]) => v === null || !columns.includes(c))));
  const prices = new Map<string, Point[]>();
  const exists: Record<string, Set<string>> = { produits: new Set(), magasins: new Set() };
  const rowsOf = (entity: EventTopic) =>
    [...(history.get(entity) ?? new Map<string, At[]>())].map(([key, events]) => {
      const { claims, gone } = claimsOf(entity, events);
      for (const g of gone)
        put(
          "withdrawals",
          [entity, key, g.source, g.rec].join("\u0001"),
          entity,
          key,
          g.source,
          g.rec,
          g.offset,
        );
      let { image, last } = layed(claims);
      if (literal === "images") {
        image = {};
        events.forEach(({ event }, i) => {
          image =
            claimsOf(entity, events.slice(0, i + 1)).claims.length > 0
              ? merge(image, withoutKey(entity, colsOf(event)))
              : {};
        });
      }
      return { key, events, claims, image, last };
    });

  for (const { key, events, image, last } of rowsOf("produits")) {
    if (last === undefined) continue;
    const points = pointsOf(events);
    prices.set(key, points);
    exists.produits?.add(key);
    for (const p of points)
      put(
        "prix",
        [key, p.date, String(p.offset).padStart(9, "0")].join("\u0001"),
        key,
        p.date,
        p.offset,
        p.price,
        p.dated ? 1 : 0,
        p.source,
      );
    put(
      "produits",
      key,
      key,
      image.nom ?? null,
      visible(points).at(-1)?.price ?? null,
      last.rec || null,
      extras(image, ["nom", "prix"]),
      last.source,
      last.line,
      last.offset,
    );
  }
  for (const { key, image, last } of rowsOf("magasins")) {
    if (last === undefined) continue;
    exists.magasins?.add(key);
    put("magasins", key, key, image.ville, extras(image, ["ville"]), last.source, last.line, last.offset);
  }
  const counted: CountedSale[] = [];
  for (const { key, claims, image, last } of rowsOf("ventes")) {
    if (last === undefined) continue;
    const quantity = millionths(image.quantité) ?? 0n;
    counted.push({
      day: image.date_vente ?? "",
      source: last.source,
      idProduit: image.id_produit ?? "",
      idMagasin: image.id_magasin ?? "",
      quantity,
      claims,
    });
    const own = millionths(image.chiffre_affaires);
    const unit = millionths(image.prix);
    const list = inForce(prices.get(image.id_produit ?? "") ?? [], image.date_vente ?? "");
    const [ca, origin] =
      own !== null
        ? [own, "ligne"]
        : unit !== null
          ? [multiplyMillionths(quantity, unit).value, "prix de la ligne"]
          : [list === null ? null : multiplyMillionths(quantity, list).value, "liste"];
    const waits =
      ca === null ||
      !exists.produits?.has(image.id_produit ?? "") ||
      !exists.magasins?.has(image.id_magasin ?? "");
    const more = extras(image, [
      "id_produit",
      "id_magasin",
      "date_vente",
      "quantité",
      "prix",
      "chiffre_affaires",
    ]);
    const head = [key, image.id_produit, image.id_magasin, image.date_vente, quantity];
    const tail = [more, last.source, last.line, last.offset];
    if (waits) put("orphelins", key, ...head, own, unit, ...tail);
    else put("ventes", key, ...head, ca, unit, origin, ...tail);
  }
  for (const { key, events, last } of rowsOf("rejets")) {
    if (last === undefined) continue;
    const event = events.find((e) => e.offset === last.offset)?.event;
    const row = last.image as unknown as RejectRow;
    put(
      "rejets",
      key,
      key,
      row.entity,
      last.source,
      event?.version,
      last.line,
      row.raw,
      row.code,
      JSON.stringify(Object.fromEntries(sorted(row.details))),
      last.offset,
    );
  }

  const { saleDays, sharedIds } = betweenSources(counted);
  for (const [by, row] of saleDays) put("sale_days", by, ...row);
  for (const [by, row] of sharedIds) put("shared_ids", by, ...row);

  const order = [
    "produits",
    "magasins",
    "ventes",
    "orphelins",
    "prix",
    "withdrawals",
    "rejets",
    "sale_days",
    "shared_ids",
  ];
  return lines
    .sort(
      ([a, x], [b, y]) =>
        order.indexOf(a) - order.indexOf(b) || Buffer.compare(Buffer.from(x), Buffer.from(y)),
    )
    .map(
      ([table, , row]) =>
        `${table} ${JSON.stringify(row.map((v) => (typeof v === "bigint" || typeof v === "number" ? String(v) : v)))}`,
    );
}

/**
 * The longest transaction of the consumer and of the analyzer for one event that concerns many sales: a new price, the
 * product withdrawn, the product back, a shop that moves. Processor time, so that other work on the machine counts
 * little.
 *
 *     node bench/one-event.ts 300000
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventTopic } from "#shared/contract/topics.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { makeRefresher } from "../analyzer/refresh/refresh.ts";
import { makeBatchApplier } from "../consumer/batch.ts";

const sales = Number(process.argv[2] ?? 300_000);
const BATCH = 5_000;
const folder = mkdtempSync(join(tmpdir(), "ventes-bench-"));
const db = openVentes(folder, "bench");
const own = openVentes(folder, "bench");
const applier = makeBatchApplier(db, systemClock);
const refresher = makeRefresher(own);

interface Spent {
  readonly transactions: number;
  /** Seconds of processor. */
  readonly longest: number;
}

/** Calls `work` until it returns false: each call is one transaction. */
function timing(work: () => boolean): Spent {
  let longest = 0;
  let transactions = 0;
  for (let more = true; more; transactions++) {
    const before = process.cpuUsage();
    more = work();
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1e6);
  }
  return { transactions, longest };
}

type Event = readonly [key: string, event: object];
const envelope = { v: 1, source: "file:///a.csv", version: 1, line: 2, day: "2026-01-01" };
const ends = new Map<EventTopic, number>();

function apply(topic: EventTopic, events: readonly Event[]): Spent {
  const from = ends.get(topic) ?? 0;
  const next = from + events.length;
  ends.set(topic, next);
  const published = "2026-01-01T00:00:00.000Z";
  const records = events.map(([key, event], i) => ({
    offset: from + i,
    key,
    value: Buffer.from(JSON.stringify({ ...envelope, published, ...event })),
  }));
  let position = from;
  return timing(() => {
    position = applier.apply({ topic, partition: 0, records, next }, position).position;
    return position < next;
  });
}

const row = (values: object) => ({ kind: "row", row: values, extras: {} });
const product = (prix: string): Event => [
  "p",
  row({ id_produit: "p", nom: "x", prix, date_effet: "2025-01-01" }),
];
const shop = (ville: string): Event => ["m", row({ id_magasin: "m", ville })];
const sale = (i: number): Event => [
  `v${i}`,
  row({
    id_vente: `v${i}`,
    id_produit: "p",
    id_magasin: "m",
    date_vente: `2026-01-${10 + (i % 20)}`,
    quantité: "1",
  }),
];
const withdrawn: Event = ["p", { kind: "delete", row: { id_produit: "p", date_effet: "2025-01-01" } }];

const refresh = (): Spent => timing(() => refresher.refresh(new Date()).more);

try {
  apply("produits", [product("2")]);
  apply("magasins", [shop("Lyon")]);
  for (let from = 0; from < sales; from += BATCH)
    apply(
      "ventes",
      Array.from({ length: Math.min(BATCH, sales - from) }, (_, i) => sale(from + i)),
    );
  refresh();
  const cases: readonly (readonly [string, EventTopic, Event])[] = [
    ["a new price", "produits", product("3")],
    ["the product withdrawn", "produits", withdrawn],
    ["the product back", "produits", product("4")],
    ["the shop moves", "magasins", shop("Nice")],
  ];
  const measured = cases.map(([name, topic, event]) => ({
    name,
    consumer: apply(topic, [event]),
    analyzer: refresh(),
  }));
  console.log(JSON.stringify({ sales, events: measured }, undefined, 2));
} finally {
  refresher.close();
  own.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Publishes the prices that an operator sets by hand, as events of the source HAND_PRICES: announced, fenced and read back
 * like those of a file (rules 19 and 20). It is not registered, so no producer polls it.
 */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import type { Announcement, VersionCounts } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { heldKey, restOf, STATE_PARTS } from "../diff/index.ts";
import { EventWriter } from "../log/index.ts";
import { announce, dayAfter, makeTemporaryProducer, type Producer, takeOver } from "../sync/index.ts";

/** One event: a price of a product from a day on (ISO), as a canonical decimal; null deletes the one of that day. */
export interface HandPrice {
  readonly product: string;
  readonly day: string;
  readonly price: string | null;
}

const KEY = "id_produit";
/** The longest random pause after another command published at the same moment, in ms. */
const STEP_ASIDE_MS = 500;

/** Publishes these events in their order. Events of another command that publishes at the same moment come all before or all behind. */
export const publishHandPrices = (
  prices: readonly HandPrice[],
): Effect.Effect<void, PublishFailure | DatabaseError, TopicLog | Settings> =>
  Effect.scoped(
    Effect.gen(function* () {
      const producer = yield* makeTemporaryProducer();
      // What was sent behind the fence of another command does not count: it is sent again.
      while (!(yield* publishOnce(producer, prices)))
        yield* Effect.sleep((yield* Random.next) * STEP_ASIDE_MS);
    }),
  );

/** False: another command has announced the source meanwhile. */
const publishOnce = Effect.fnUntraced(function* (
  producer: Producer,
  prices: readonly HandPrice[],
): Effect.fn.Return<boolean, PublishFailure> {
  const { log, registry } = producer;
  yield* registry.refresh(registry.partition(HAND_PRICES));
  const taken = yield* takeOver(producer, { source: HAND_PRICES, entities: ["produits"] });
  const before = registry.last(HAND_PRICES);
  if (before?.offset !== taken) return false;
  const { withdrawn: _, ...last } = before.value;
  const published = yield* isoNow;
  const day = dayAfter(producer.settings, last.day, published);
  const counts = countsOf(producer, prices);
  const announcement: Announcement = {
    ...last,
    kind: "version",
    published,
    day,
    // As for any source of which nothing is left.
    ...(counts.records === 0
      ? { counts: null, withdrawn: { at: published, events: counts.withdrawn } }
      : { counts }),
  };
  const version = yield* announce(producer, announcement);
  const writer = new EventWriter({ source: HAND_PRICES, version, published, day });
  yield* log.publish(
    "produits",
    prices.map((one) => recordOf(writer, one)),
  );
  yield* registry.refresh(registry.partition(HAND_PRICES));
  return registry.last(HAND_PRICES)?.offset === version;
});

function recordOf(writer: EventWriter, { product, day, price }: HandPrice): NewRecord {
  if (price === null) return { key: product, value: writer.delete(0, { [KEY]: product, date_effet: day }) };
  const rest = restOf({ prix: price, date_effet: day }, {}, KEY, undefined);
  return { key: product, value: writer.row(KEY, product, 1, rest) };
}

/** `records`: how many prices are set by hand after these events. */
function countsOf(
  { state }: Producer,
  prices: readonly HandPrice[],
): VersionCounts & { readonly withdrawn: number } {
  const { id } = state.source(HAND_PRICES);
  const before = new Set<string>();
  for (let part = 0; part < STATE_PARTS; part++)
    for (const { key, dated } of state.held(id, "produits", part)) before.add(`${dated} ${key}`);
  const held = new Set(before);
  const emitted = new Set<string>();
  for (const { product, day, price } of prices) {
    const name = `${day} ${heldKey(product, 0)}`;
    if (price === null) held.delete(name);
    else held.add(name);
    if (price === null) emitted.delete(name);
    else emitted.add(name);
  }
  return {
    records: held.size,
    emitted: emitted.size,
    unchanged: held.size - emitted.size,
    superseded: 0,
    vanished: 0,
    withdrawn: [...before].filter((name) => !held.has(name)).length,
    rejected: 0,
    rounded: 0,
  };
}

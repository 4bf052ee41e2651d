/**
 * What a comparison does to the rows that count, as evidence with bounds: which sales go, and what comes by product, shop and
 * day. Prices, the existence of products and shops, and the amounts of now are the database's.
 */
import * as Effect from "effect/Effect";
import type { ChoiceEffect, ComingParent, ComingSales } from "#shared/contract/doubt.ts";
import { type EntityName, ventes } from "#shared/contract/entities/index.ts";
import { formatMillionths, millionthsOf, multiplyMillionths } from "#shared/contract/numbers.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import {
  type EntityDiff,
  type HeldRow,
  isHashed,
  keyOfClaim,
  STATE_PARTS,
  type State,
  type VersionDiff,
} from "../diff/index.ts";
import { EventWriter, idsOf } from "../log/index.ts";
import { asFailure } from "../source/index.ts";
import { writeEvents } from "../version/index.ts";
import type { PollFailure } from "./failure.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { otherSales } from "./other-sales.ts";
import type { Producer } from "./producer.ts";
import { dayAfter } from "./takeover.ts";

/** How many ids of sales an effect names. */
const MOST_IDS = 1_000;
/** How many products, shops and days. */
const MOST_COMING = 400;
/** Columns that a later event without them leaves as they are. */
const LASTING = ["chiffre_affaires", "prix"] as const;

/** What publishing the version as it was compared would do. `whole`: its state has the other sources too. */
export const effectOf = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  diff: VersionDiff,
  whole: Producer,
): Effect.fn.Return<ChoiceEffect, PollFailure> {
  const { main } = diff;
  const { producer, registration, version } = opened;
  const { source } = registration;
  const entity = main.entity.name;
  const fail = asFailure(source, producer.settings);
  const others =
    entity === ventes.name
      ? yield* otherSales({ ...opened, producer: whole }, ({ entities }) => entities.includes(ventes.name))
      : new Map<number, never>();
  const touched = new Touched(whole.state, whole.state.source(source).id, new Set(others.keys()));
  yield* inSlices(() => touched.collect(main), fail);
  const counts = { deletes: touched.gone, adds: touched.fresh, changes: touched.again };
  if (entity !== ventes.name) return { entity, ...counts, ...(yield* parentsOf(opened, diff)) };
  if (keepsAmounts(opened, touched) || changesParents(opened, diff))
    return { entity, ...counts, unpriced: "others" };
  const { going } = touched;
  const named = Object.values(going ?? {}).flat();
  const ids = yield* idsOf(producer.log, source, ventes.name, named);
  const coming = new Coming();
  const published = yield* isoNow;
  const writer = new EventWriter({ source, version: 0, published, day: published.slice(0, 10) });
  yield* inSlices(() => coming.collect(version, diff, writer), fail);
  const groups = coming.groups;
  if (going === undefined || groups === undefined || named.some((id) => isHashed(id) && !ids.has(id)))
    return { entity, ...counts, unpriced: "many" };
  const brings = version.entities.map(({ name }) => name).filter((name) => name !== entity);
  const idOf = (id: string) => ids.get(id) ?? id;
  return {
    entity,
    ...counts,
    ...Object.fromEntries(Object.entries(going).map(([name, list]) => [name, list.map(idOf)])),
    coming: groups,
    ...(brings.length === 0 ? {} : { brings }),
  };
});

/** Whether a sale that changes may keep an amount that it has, because the version has no column of amounts any more. */
function keepsAmounts(
  { producer, registration, version, rekey }: OpenedVersion,
  { again }: Touched,
): boolean {
  const seen = producer.state.source(registration.source).seen.ventes ?? [];
  const now = version.columns.ventes ?? [];
  return (
    rekey === undefined && again > 0 && LASTING.some((name) => seen.includes(name) && !now.includes(name))
  );
}

/** Whether a wide file changes prices of products, or deletes some: sales of other sources are computed with them. */
const changesParents = ({ version }: OpenedVersion, diff: VersionDiff): boolean =>
  diff.entities
    .slice(0, -1)
    .some(
      ({ entity, emitted, withdrawals }) =>
        withdrawals > 0 || (emitted > 0 && (version.columns[entity.name] ?? []).includes("prix")),
    );

/** The products or shops of a list. */
const parentsOf = Effect.fnUntraced(function* (opened: OpenedVersion, diff: VersionDiff) {
  const { producer, registration, version, before } = opened;
  const { main } = diff;
  const { source } = registration;
  const { name, key } = main.entity;
  if (main.emitted + main.withdrawals > MOST_IDS) return { unpriced: "many" } as const;
  const published = yield* isoNow;
  const day = dayAfter(producer.settings, before?.day, published);
  const writer = new EventWriter({ source, version: 0, published, day });
  const parents: ComingParent[] = [];
  const take = ({ [key]: id, prix, date_effet: from }: Row) => {
    const price = prix === undefined ? {} : { price: prix };
    parents.push({ id: id ?? "", ...price, ...(from == null ? {} : { from }) });
  };
  yield* inSlices(() => eventsOf(version, diff, writer, take), asFailure(source, producer.settings));
  const gone = [...main.deletions()].flat();
  const names = gone.map((claim) => claim.key);
  const ids = yield* idsOf(producer.log, source, name, names);
  for (const claim of gone) {
    const from = claim.dated === "" ? {} : { from: claim.dated };
    parents.push({ id: ids.get(claim.key) ?? claim.key, gone: true, ...from });
  }
  return { parents, day };
});

type Row = Readonly<Record<string, string | null>>;

/** Gives the rows of the main entity that would be published. Yields between blocks. */
function* eventsOf(
  version: OpenedVersion["version"],
  diff: VersionDiff,
  writer: EventWriter,
  take: (row: Row) => void,
): Generator<void, void> {
  if (diff.main.emitted === 0) return;
  const rows = new Map(diff.entities.map((e): [EntityName, NewRecord[]] => [e.entity.name, []]));
  const rejects: NewRecord[] = [];
  const drain = () => {
    rejects.length = 0;
    for (const [entity, queue] of rows)
      for (const { value } of queue.splice(0))
        if (entity === diff.main.entity.name && value !== null) take(JSON.parse(String(value)).row);
  };
  for (const _ of writeEvents(version, diff, writer, { rows, rejects })) {
    drain();
    yield;
  }
  drain();
}

type Going =
  | { readonly deleted: readonly string[]; readonly replaced: readonly string[] }
  | { readonly kept: readonly string[] };

/** The published sales that a comparison touches. */
class Touched {
  gone = 0;
  fresh = 0;
  again = 0;
  readonly #state: State;
  readonly #source: number;
  readonly #others: ReadonlySet<number>;
  readonly #deleted: string[] = [];
  readonly #replaced: string[] = [];
  readonly #kept: string[] = [];
  /** How many there are of these, whether they are listed or not. */
  #touched = 0;
  #stays = 0;
  /** Sales of other sources that a new one replaces: these are not the source's own. */
  #shared = 0;

  constructor(state: State, source: number, others: ReadonlySet<number>) {
    this.#state = state;
    this.#source = source;
    this.#others = others;
  }

  /** Yields between parts. */
  *collect(main: EntityDiff): Generator<void, void> {
    for (let part = 0; part < STATE_PARTS; part++)
      for (const { gone, emit, held, moved } of main.part(part)) {
        const own = new Set(held.map(keyOfClaim));
        const deleted = new Set(gone.map(keyOfClaim));
        // A row that moves takes its amount along; the one in whose place it comes is gone.
        for (const { row, to } of moved) {
          deleted.delete(keyOfClaim(row));
          const place = keyOfClaim({ key: row.key, ordinal: to });
          if (own.has(place)) deleted.add(place);
        }
        const emitted = emit.map(keyOfClaim);
        const replaced = emitted.filter((id) => own.has(id));
        for (const id of replaced) deleted.delete(id);
        this.gone += deleted.size;
        this.again += replaced.length;
        this.fresh += emitted.length - replaced.length;
        for (const id of deleted) this.#touch(this.#deleted, id);
        for (const id of replaced) this.#touch(this.#replaced, id);
        const stays = [...own].filter((id) => !deleted.has(id));
        const changed = new Set(replaced);
        for (const id of stays) if (!changed.has(id) && this.#stays++ < MOST_IDS) this.#kept.push(id);
        this.#meetOthers(
          part,
          emit.filter((row) => !own.has(keyOfClaim(row))),
        );
        yield;
      }
  }

  /** A sale that another source names too is one sale: it is added to nothing, and changed if it differs. */
  #meetOthers(part: number, fresh: readonly HeldRow[]): void {
    if (fresh.length === 0 || this.#others.size === 0) return;
    const wanted = new Map(fresh.map((row) => [keyOfClaim(row), row]));
    for (const [, rows] of this.#state.heldByOthers(this.#source, "ventes", part, this.#others))
      for (const its of rows) {
        const id = keyOfClaim(its);
        const mine = wanted.get(id);
        if (mine === undefined) continue;
        wanted.delete(id);
        this.fresh--;
        if (mine.a !== its.a || mine.b !== its.b) this.again++;
        this.#shared++;
        this.#touch(this.#replaced, id);
      }
  }

  #touch(list: string[], id: string): void {
    if (this.#touched++ < MOST_IDS) list.push(id);
  }

  /** undefined: there are too many. */
  get going(): Going | undefined {
    if (this.#touched <= MOST_IDS) return { deleted: this.#deleted, replaced: this.#replaced };
    return this.#stays <= MOST_IDS && this.#shared === 0 ? { kept: this.#kept } : undefined;
  }
}

interface Group {
  readonly product: string;
  readonly shop: string;
  readonly day: string | undefined;
  sales: number;
  sum: bigint;
}

/** The sales that come, added up by what a database must know of them. */
class Coming {
  readonly #groups = new Map<string, Group>();
  #isMany = false;

  /** Yields between blocks. */
  *collect(version: OpenedVersion["version"], diff: VersionDiff, writer: EventWriter): Generator<void, void> {
    for (const _ of eventsOf(version, diff, writer, (row) => this.#add(row))) {
      if (this.#isMany) return;
      yield;
    }
  }

  #add(row: Row): void {
    const quantity = millionthsOf(row.quantité) ?? 0n;
    const price = millionthsOf(row.prix);
    const amount =
      millionthsOf(row.chiffre_affaires) ??
      (price === null ? null : multiplyMillionths(quantity, price).value);
    const [product, shop] = [row.id_produit ?? "", row.id_magasin ?? ""];
    const day = amount === null ? (row.date_vente ?? "") : undefined;
    const name = JSON.stringify([product, shop, day]);
    const group = this.#groups.get(name);
    if (group === undefined) {
      if (this.#groups.size >= MOST_COMING) this.#isMany = true;
      else this.#groups.set(name, { product, shop, day, sales: 1, sum: amount ?? quantity });
      return;
    }
    group.sales++;
    group.sum += amount ?? quantity;
  }

  /** undefined: there are too many. */
  get groups(): readonly ComingSales[] | undefined {
    if (this.#isMany) return undefined;
    return [...this.#groups.values()].map(({ product, shop, day, sales, sum }) => ({
      product,
      shop,
      sales,
      sum: formatMillionths(sum),
      ...(day === undefined ? {} : { day }),
    }));
  }
}

/**
 * `ventes prices set` and `ventes prices remove`: correct the price of a product on some days, and take it back.
 * Prices set by hand go through the topics like those of a file, so every database of these topics has them (rule 14).
 */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { formatMillionths, parseMillionths } from "#shared/contract/numbers.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { command, shellArgument } from "#shared/runtime/command.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import {
  type Correction,
  corrected,
  type PricePoints,
  type PriceStep,
  pointOn,
  priceOn,
  priceSteps,
} from "../../consumer/rules/index.ts";
import { publishHandPrices } from "../../producer/admin/index.ts";
import { print } from "../output/stdout.ts";
import { applyNow } from "../run/apply-now.ts";
import { openForReading } from "../run/database.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { effectOf, type PriceEffect, type ProductPrices, productPrices } from "../run/product-prices.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { frenchMoney } from "../texts/numbers.ts";
import { visible } from "../texts/visible.ts";

interface SetInput {
  readonly product: string;
  readonly price: string;
  readonly from: string;
  readonly until: string | undefined;
  readonly onwards: boolean;
  readonly dryRun: boolean;
}

type SetError = WrongUsage | Failed | DatabaseError | PublishFailure;

/** What the command would do, by the database. */
interface Planned {
  readonly product: ProductPrices;
  readonly steps: readonly PriceStep[];
  readonly effect: PriceEffect;
  /** What it does, and what to do next, as sentences. */
  readonly says: string;
  readonly next: string;
}

export const setPrice = (input: SetInput, run: Invocation): Effect.Effect<void, SetError> =>
  Effect.gen(function* () {
    const correction = yield* parsedCorrection(input, run);
    return yield* carryOut(input, run, (product) => planSet(product, correction, input, run));
  });

export const removePrices = (
  input: { readonly product: string; readonly dryRun: boolean },
  run: Invocation,
): Effect.Effect<void, SetError> => carryOut(input, run, (product) => planRemoval(product, run));

/** Plans, publishes unless --dry-run, and tells what changes. */
const carryOut = Effect.fnUntraced(function* (
  { product: id, dryRun }: { readonly product: string; readonly dryRun: boolean },
  run: Invocation,
  plan: (product: ProductPrices) => Effect.Effect<Planned, WrongUsage | Failed>,
): Effect.fn.Return<void, SetError> {
  const planned = Effect.scoped(Effect.flatMap(known(id, run), plan));
  if (dryRun) return report(yield* planned, true, run);
  if (!existsSync(ventesFile(run.settings.data)))
    return yield* new Failed({ message: run.texts.noDatabase() });
  const done = yield* onLog(
    run,
    SHORT_WAIT_MS,
  )(
    Effect.scoped(
      applyNow(
        run,
        Effect.tap(planned, ({ steps }) =>
          steps.length === 0
            ? Effect.void
            : publishHandPrices(
                steps.map(({ day, price }) => ({
                  product: id,
                  day,
                  price: price === null ? null : formatMillionths(price),
                })),
              ),
        ),
      ),
    ),
  );
  report(done, false, run);
});

const known = (
  id: string,
  run: Invocation,
): Effect.Effect<ProductPrices, Failed | DatabaseError, Scope.Scope> =>
  Effect.gen(function* () {
    const db = yield* openForReading(run);
    const found = yield* onFile(db.name, () => productPrices(db, id));
    return found ?? (yield* new Failed({ message: run.texts.unknownProduct(visible(id)) }));
  });

const PRICE = /^\d{1,12}(?:[.,]\d{1,6})?$/;
const DAY = /^[12]\d{3}-\d\d-\d\d$/;

const parsedCorrection = Effect.fnUntraced(function* (
  { price, from, until, onwards }: SetInput,
  { texts }: Invocation,
): Effect.fn.Return<Correction, WrongUsage> {
  const millionths = PRICE.test(price) ? parseMillionths(price.replace(",", "."))?.value : undefined;
  if (millionths === undefined) return yield* new WrongUsage({ message: texts.notAPrice(price) });
  for (const [flag, day] of [
    ["--from", from],
    ["--until", until ?? from],
  ] as const)
    if (!isDay(day)) return yield* new WrongUsage({ message: texts.notADay(flag, day) });
  if (until !== undefined && (until < from || onwards))
    return yield* new WrongUsage({
      message: onwards ? texts.untilOrOnwards() : texts.untilBeforeFrom(until, from),
    });
  return { price: millionths, from, end: until === undefined ? null : dayFrom(until, 1) };
});

const DAY_MS = 86_400_000;
/** The day so many days after an ISO day. */
const dayFrom = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

const isDay = (text: string): boolean =>
  DAY.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const planSet = (
  product: ProductPrices,
  correction: Correction,
  { product: id, price, from, onwards }: SetInput,
  run: Invocation,
): Effect.Effect<Planned, WrongUsage> => {
  const { points } = product;
  const { texts } = run;
  const planned = (one: Correction): Planned => {
    const steps = priceSteps(points, one);
    const effect = effectOf(product, corrected(points, steps));
    const amount = frenchMoney(Number(one.price) / 1e6, run.settings.currency);
    const says = texts.priceOf(visible(id), amount, one.from, one.end === null ? null : dayFrom(one.end, -1));
    const word = shellArgument(id);
    const next =
      steps.length === 0
        ? texts.priceHolds()
        : texts.seePrices(command(`prices ${word}`), command(`prices remove ${word}`));
    return { product, steps, effect, says, next };
  };
  const next = nextPrice(points, correction);
  if (next === undefined || correction.end !== null || onwards) return Effect.succeed(planned(correction));
  // Both readings are right somewhere: a price of some days, or one that was published too late.
  const words = `prices set ${shellArgument(id)} ${shellArgument(price)} --from ${from}`;
  const way = (one: Correction, flag: string) => ({
    effect: effectText(planned(one).effect, run),
    command: command(`${words} ${flag}`),
  });
  const message = texts.laterPrices(
    visible(id),
    next.day,
    frenchMoney(Number(next.price) / 1e6, run.settings.currency),
    way({ ...correction, end: next.day }, `--until ${dayFrom(next.day, -1)}`),
    way(correction, "--onwards"),
  );
  return Effect.fail(new WrongUsage({ message }));
};

/**
 * The first day after `from` from which on the list states another price than the corrected one.
 * Undefined: there is none, so the price holds from `from` on.
 */
function nextPrice(points: PricePoints, { from, price }: Correction) {
  const day = points
    .filter((point) => point.dateEffet > from && pointOn(points, point.dateEffet) === point)
    .find((point) => point.price !== price)?.dateEffet;
  if (day === undefined) return undefined;
  return { day, price: priceOn(points, day) ?? 0n };
}

const planRemoval = (product: ProductPrices, { texts }: Invocation): Effect.Effect<Planned, Failed> => {
  const steps = product.points
    .filter(({ source }) => source === HAND_PRICES)
    .map(({ dateEffet }): PriceStep => ({ day: dateEffet, price: null }));
  const id = visible(product.id);
  if (steps.length === 0) return Effect.fail(new Failed({ message: texts.noHandPriceOf(id) }));
  const effect = effectOf(product, corrected(product.points, steps));
  return Effect.succeed({
    product,
    steps,
    effect,
    says: texts.pricesTakenBack(id),
    next: texts.filePricesHold(),
  });
};

const effectText = ({ sales, before, after }: PriceEffect, { texts, settings }: Invocation): string => {
  const money = (millionths: bigint): string => frenchMoney(Number(millionths) / 1e6, settings.currency);
  return texts.salesFromTo(texts.count(sales), money(before), money(after));
};

function report(planned: Planned, isDry: boolean, run: Invocation): void {
  print(run.json ? asJson(planned, isDry) : asText(planned, isDry, run));
}

function asJson({ product, steps, effect }: Planned, isDry: boolean): string {
  const number = (millionths: bigint): number => Number(millionths) / 1e6;
  return JSON.stringify({
    product: product.id,
    source: HAND_PRICES,
    prices: steps.map(({ day, price }) => ({ from: day, price: price === null ? null : number(price) })),
    sales: effect.sales,
    before: number(effect.before),
    after: number(effect.after),
    total: number(effect.total),
    totalAfter: number(effect.totalAfter),
    dryRun: isDry,
  });
}

function asText({ product, effect, says, next }: Planned, isDry: boolean, run: Invocation): string {
  const { texts, settings } = run;
  const money = (millionths: bigint): string => frenchMoney(Number(millionths) / 1e6, settings.currency);
  return [
    says,
    `  ${effectText(effect, run)}`,
    `  ${texts.totalFromTo(money(effect.total), money(effect.totalAfter))}`,
    ...(product.otherSales > 0 ? [`  ${texts.otherSales(texts.count(product.otherSales))}`] : []),
    isDry ? texts.nothingWritten() : next,
  ].join("\n");
}

/** The doubts about what the amounts and statuses of a version mean (rule 22). */
import { conditionText, type UnclearMeanings } from "../rows/index.ts";
import { type Choice, type Doubt, decisionOf } from "../source/index.ts";

/** No field is the amount, so that quantity × price is. */
const BY_PRICES: Choice = { code: "prices", options: ["--map", "chiffre_affaires="] };

/** `where`: the conditions of --where, as an operator writes them. */
export function meaningDoubts(unclear: UnclearMeanings, where: readonly string[], source: string): Doubt[] {
  const { otherKind, amounts, ofDocuments, noSales, quantities, discounts, returns, prices, negative } =
    unclear;
  const doubts = noSales.map((value) => statusOfNoSale(value, unclear, where));
  if (otherKind.length > 0) doubts.push(ofOtherKind(otherKind, source));
  if (amounts !== null) doubts.push(severalAmounts(amounts));
  if (ofDocuments !== null) doubts.push(amountOfDocuments(ofDocuments));
  if (quantities !== null) doubts.push(severalQuantities(quantities));
  doubts.push(...discounts.map(discountAside));
  if (returns !== null) doubts.push(positiveReturns(returns));
  if (prices !== null) doubts.push(severalPrices(prices));
  if (negative !== null) doubts.push(negativePrices(negative));
  return doubts;
}

/** Purchases, stock, quotes or a budget. */
function ofOtherKind(fields: readonly string[], source: string): Doubt {
  return {
    code: "header.not_sales",
    decision: decisionOf("header.not_sales", fields),
    weight: "held",
    details: { what: fields.map((field) => `"${field}"`).join(", ") },
    choices: [{ code: "noSales", commands: [["sources", "remove", source]] }, { code: "areSales" }],
  };
}

function severalAmounts({ count, read, others }: NonNullable<UnclearMeanings["amounts"]>): Doubt {
  const shown = ({ field, sum }: { readonly field: string; readonly sum: string }) => `"${field}" (${sum})`;
  return {
    code: "amount.unclear",
    decision: decisionOf(
      "amount.unclear",
      others.map(({ field }) => field),
    ),
    weight: "held",
    details: {
      count,
      ...(read === undefined ? {} : { what: shown(read) }),
      more: others.map(shown).join(", "),
    },
    choices: [
      ...others.flatMap(({ named }) =>
        named === undefined ? [] : ([{ code: "amount", options: ["--map", named] }] as const),
      ),
      { code: read === undefined ? "listPrices" : "asRead" },
    ],
  };
}

/** The decision is about the value, so that it holds for lines that come later. */
function statusOfNoSale(
  { field, value, count, sum }: UnclearMeanings["noSales"][number],
  { noSales }: UnclearMeanings,
  where: readonly string[],
): Doubt {
  const others = noSales.filter((one) => one.field === field).map((one) => one.value);
  const conditions = others.map((not) => conditionText({ column: field, not }));
  return {
    code: "status.not_sale",
    decision: decisionOf("status.not_sale", [field, value]),
    weight: "held",
    details: {
      count,
      what: `"${field}" = "${value}"`,
      ...(sum === undefined ? {} : { more: sum }),
    },
    choices: [
      { code: "leave", options: [...where, ...conditions].flatMap((text) => ["--where", text]) },
      { code: "countThem" },
    ],
  };
}

function amountOfDocuments({
  documents,
  field,
  ofLines,
  ofDocuments,
}: NonNullable<UnclearMeanings["ofDocuments"]>): Doubt {
  return {
    code: "amount.of_document",
    decision: decisionOf("amount.of_document", [field]),
    weight: "held",
    details: { count: documents, what: `"${field}" (${ofLines})`, more: ofDocuments },
    choices: [BY_PRICES, { code: "asRead" }],
  };
}

function severalQuantities({ read, others, count }: NonNullable<UnclearMeanings["quantities"]>): Doubt {
  const fields = others.map(({ field }) => field);
  return {
    code: "quantity.unclear",
    decision: decisionOf("quantity.unclear", fields),
    weight: "held",
    details: { count, what: read, more: fields.map((field) => `"${field}"`).join(", ") },
    choices: [
      ...others
        .filter(({ named }) => named)
        .map(({ field }) => ({ code: "amount", options: ["--map", `quantité=${field}`] }) as const),
      { code: "asRead" },
    ],
  };
}

function discountAside({ field, count }: UnclearMeanings["discounts"][number]): Doubt {
  return {
    code: "amount.discount",
    decision: decisionOf("amount.discount", [field]),
    weight: "held",
    details: { count, what: field },
    choices: [{ code: "asRead" }],
  };
}

function positiveReturns({ field, count, asRead, negative }: NonNullable<UnclearMeanings["returns"]>): Doubt {
  return {
    code: "amount.sign",
    decision: decisionOf("amount.sign", [field]),
    weight: "held",
    details: { count, what: `"${field}" (${asRead})`, more: negative },
    choices: [BY_PRICES, { code: "asRead" }],
  };
}

function severalPrices({ count, examples }: NonNullable<UnclearMeanings["prices"]>): Doubt {
  return {
    code: "prices.several",
    decision: decisionOf("prices.several", ["prix"]),
    weight: "attention",
    details: { count, examples },
    choices: [{ code: "lastPrice" }],
  };
}

/** The decision is about the column, so that it holds for prices that come later. */
function negativePrices({ count, examples }: NonNullable<UnclearMeanings["negative"]>): Doubt {
  return {
    code: "prices.negative",
    decision: decisionOf("prices.negative", ["prix"]),
    weight: "held",
    details: { count, examples },
    choices: [{ code: "asRead" }],
  };
}

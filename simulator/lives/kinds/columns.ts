/** Publishers whose columns come, go, move or get other names. */
import type { Sale } from "../company.ts";
import type { Clarity, FileVersion, Step } from "../life.ts";
import { type Column, money, Publisher, type Style } from "../publisher.ts";
import { begin, edit, goOn } from "./growing.ts";

const CASHIER: Column = { name: "cashier", of: ({ id }) => ["Ali", "Eve", "Max"][id % 3] as string };

/** A life of a growing file; before each later version `turn` changes its style. */
function turning(
  p: Publisher,
  turn: (style: Style, n: number) => readonly [string, Clarity, Style],
  steps = 4,
): readonly Step[] {
  begin(p);
  p.step("first version", "ordinary", [p.version(p.books.sales)]);
  for (let n = 1; n <= steps; n++) {
    const [did, clarity, style] = turn(p.style, n);
    p.style = style;
    let worst = clarity;
    let also = "";
    if (p.r.chance(0.4)) {
      const [edited, clear] = edit(p, p.books.sales);
      also = `, ${edited}`;
      // Two things at once: a program may ask.
      worst = Publisher.worse(clarity === "ordinary" ? "ordinary" : "unusual", clear);
    }
    goOn(p);
    p.step(`${did}${also}`, worst, [p.version(p.books.sales)]);
  }
  return p.steps;
}

/** An additional column comes, and goes again. */
export function columnComesAndGoes(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  return turning(p, (style, n) => {
    const without = style.columns.filter(({ name }) => name !== CASHIER.name);
    return n % 2 === 1
      ? ["a column comes", "ordinary", { ...style, columns: [...without, CASHIER] }]
      : ["the column goes", "ordinary", { ...style, columns: without }];
  });
}

/** A column that the file began with goes. */
export function columnGoes(seed: number): readonly Step[] {
  const p = new Publisher(seed, { seller: true });
  return turning(
    p,
    (style) => [
      "the seller goes",
      "unusual",
      { ...style, columns: style.columns.slice(0, -1), fields: ["quantity"] },
    ],
    1,
  );
}

/** The columns change places. */
export function columnsMove(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  return turning(p, (style) => [
    "the columns in another order",
    "ordinary",
    {
      ...style,
      columns: style.columns
        .map((column) => [p.r.next(), column] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, column]) => column),
    },
  ]);
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  date: "Sale Date",
  date_vente: "Date de vente",
  sale_date: "date",
  product_id: "id_produit",
  id_produit: "Product ID",
  article: "product_id",
  store_id: "Store ID",
  id_magasin: "magasin",
  magasin: "id_magasin",
  qty: "quantity",
  quantité: "Quantite",
  quantity: "Qty",
  unit_price: "Unit Price",
  prix_unitaire: "unit_price",
  montant: "amount",
  amount: "Montant",
};

/** A column gets another name of the same meaning. */
export function columnRenamed(seed: number): readonly Step[] {
  const p = new Publisher(seed);
  return turning(
    p,
    (style, n) => {
      const at = (seed + n) % 4;
      return [
        `the column ${style.columns[at]?.name} gets another name`,
        "unusual",
        {
          ...style,
          columns: style.columns.map((column, i) =>
            i === at ? { ...column, name: OTHER_NAMES[column.name] ?? column.name } : column,
          ),
        },
      ];
    },
    2,
  );
}

/** Columns with a better known name than those in use, and another meaning. */
const RIVALS: readonly { readonly beside: string; readonly named: string; readonly rival: Column }[] = [
  {
    beside: "montant",
    named: "amount",
    rival: { name: "chiffre_affaires", of: ({ price, quantity }) => money((price * quantity * 5) / 6, ".") },
  },
  { beside: "article", named: "product", rival: { name: "id_produit", of: ({ product }) => `X${product}` } },
  { beside: "magasin", named: "shop", rival: { name: "id_magasin", of: ({ shop }) => `R${shop}` } },
  {
    beside: "nb",
    named: "quantity",
    rival: { name: "quantité", of: ({ quantity }) => String(quantity + 40) },
  },
  { beside: "jour", named: "date", rival: { name: "date_vente", of: () => "2026-03-31" } },
  {
    beside: "total",
    named: "amount",
    rival: { name: "montant", of: ({ price, quantity }) => money((price * quantity * 5) / 6, ".") },
  },
];

/** A column comes whose name is better known than that of the column in use. */
export function betterNameComes(seed: number): readonly Step[] {
  const { beside, named, rival } = RIVALS[seed % RIVALS.length] as (typeof RIVALS)[number];
  const columns: readonly Column[] = [
    {
      name: named === "date" ? beside : "date",
      of: ({ day }: Sale) => `2026-02-${String(1 + (day % 28)).padStart(2, "0")}`,
    },
    { name: named === "product" ? beside : "product", of: ({ product }) => product },
    { name: named === "shop" ? beside : "store", of: ({ shop }) => shop },
    { name: named === "quantity" ? beside : "qty", of: ({ quantity }) => String(quantity) },
    ...(named === "amount"
      ? [{ name: beside, of: ({ price, quantity }: Sale) => money(price * quantity, ".") }]
      : []),
  ];
  const p = new Publisher(seed, { revenue: named === "amount" ? "amount" : "list" });
  p.style = { delimiter: ",", columns, fields: ["quantity", "product"] };
  return turning(
    p,
    (style, n) => [
      n === 1 ? `the column ${rival.name} comes` : "new lines",
      "unusual",
      n === 1 ? { ...style, columns: [...style.columns, rival] } : style,
    ],
    2,
  );
}

/** Two files put one under the other, the second with its header and in another order of columns. */
export function secondHeader(seed: number): readonly Step[] {
  const p = new Publisher(seed, { revenue: seed % 2 === 0 ? "unit" : "amount" });
  begin(p);
  const isFirst = p.r.chance(0.5);
  if (!isFirst) p.step("first version", "ordinary", [p.version(p.books.sales)]);
  const before = p.books.sales.length;
  p.books.trade(2, 2, 4);
  const upper = p.version(p.books.sales.slice(0, before));
  const last = p.style.columns.length - 1;
  const swapped = p.style.columns.toSpliced(
    last - 1,
    2,
    p.style.columns[last] as Column,
    p.style.columns[last - 1] as Column,
  );
  const rest = p.books.sales.slice(before);
  const lower = p.version(rest, "ventes.csv", { ...p.style, columns: swapped });
  const both: FileVersion = {
    ...upper,
    lines: [...upper.lines, { sale: null, cells: lower.header }, ...lower.lines],
  };
  p.step("a second header in the middle", "unusual", [both], [rest.map(({ id }) => id)]);
  return p.steps;
}

/** What a held version announces for each choice: its rows and its money are those of the database after the command. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DOUBT_SENTENCES } from "../../producer/source/doubt-sentences.ts";
import { type HeldFile, playFile } from "./held-file.ts";

const folder = mkdtempSync(join(tmpdir(), "ventes-held-money-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PRODUCTS = { file: "p.csv", lines: ["id_produit,nom,prix", "P1,Pain,2", "P2,Tarte,7"] };
const SHOPS = { file: "m.csv", lines: ["id_magasin,ville", "M1,Lyon", "M2,Brest"] };
const day = (n: number): string => `2026-01-${String(n).padStart(2, "0")}`;
const BARE = "date_vente,id_produit,id_magasin,quantité";
const SALES = `${BARE},montant`;
const IDS = `id_vente,${SALES}`;
/** Sales of the days `from` to `to`, one a day: 10 for each. */
const days = (from: number, to: number, of = "P1,M1,1,10"): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${day(from + i)},${of}`);

/** As many lines as no list of ids in the evidence takes. */
const many = (line: (i: number) => string): string[] => Array.from({ length: 1_100 }, (_, i) => line(i));

type Versions = HeldFile["versions"];
const v = (...lines: string[]): Versions[number] => ({ file: "v.csv", lines });

/** For each code a file that is held for it. A sale that waits for its product is among the lines of some. */
const HELD: readonly (readonly [code: string, title: string, versions: Versions])[] = [
  [
    "vanished.many",
    "lacks most of its sales and has a new one",
    [v(SALES, ...days(1, 20)), v(SALES, ...days(1, 2), ...days(20, 20), ...days(20, 20, "P2,M1,1,5"))],
  ],
  [
    "vanished.many",
    "is a list of products that lacks one",
    [
      {
        ...PRODUCTS,
        file: "q.csv",
        lines: ["id_produit,nom,prix", "P3,Flan,3", "P4,Sel,4"],
        flags: "--vanished withdraw",
      },
      v(SALES, ...days(1, 2, "P3,M1,1,10")),
      { file: "q.csv", lines: ["id_produit,nom,prix", "P4,Sel,4"] },
    ],
  ],
  [
    "vanished.unclear",
    "is sorted by nothing and lacks sales",
    [
      v(
        SALES,
        `${day(7)},P1,M1,1,10`,
        `${day(6)},P1,M1,2,20`,
        `${day(4)},P1,M1,3,30`,
        `${day(5)},P1,M1,4,40`,
        `${day(6)},P1,M1,5,50`,
      ),
      v(
        SALES,
        `${day(7)},P1,M1,1,10`,
        `${day(8)},P1,M1,6,60`,
        `${day(6)},P1,M1,9,90`,
        `${day(9)},P1,M1,7,70`,
        `${day(6)},P1,M1,5,50`,
        `${day(9)},P9,M1,8,80`,
      ),
    ],
  ],
  [
    "ids.document",
    "has one id on lines of other products",
    [v(IDS, `1,${day(1)},P1,M1,1,10`, `1,${day(1)},P2,M1,1,7`, `2,${day(2)},P1,M1,1,5`)],
  ],
  [
    "ids.reused",
    "gives ids of before to other sales",
    [
      v(IDS, ...days(1, 4).map((line, i) => `${i + 1},${line}`)),
      v(IDS, ...days(11, 14, "P2,M2,1,7").map((line, i) => `${i + 1},${line}`)),
    ],
  ],
  [
    "ids.equal",
    "repeats a line, its id included, which is said and held back by nothing",
    [
      v(
        IDS,
        `1,${day(1)},P1,M1,1,10`,
        `1,${day(1)},P1,M1,1,10`,
        `1,${day(1)},P1,M1,1,10`,
        `2,${day(2)},P2,M1,1,7`,
      ),
    ],
  ],
  [
    "ids.changed",
    "has its sales again under other ids",
    [
      v(IDS, ...days(1, 4).map((line, i) => `${i + 1},${line}`)),
      v(IDS, ...days(1, 5).map((line, i) => `${i + 1}.0,${line}`)),
    ],
  ],
  [
    "ids.collision",
    "has the ids of another till",
    [
      v(IDS, ...days(1, 3).map((line, i) => `${i + 1},${line}`)),
      { file: "w.csv", lines: [IDS, ...days(1, 4, "P2,M2,1,7").map((line, i) => `${i + 1},${line}`)] },
    ],
  ],
  [
    "sales.shared",
    "shares a sale with another till",
    [
      v(SALES, `${day(1)},P1,M1,1,10`, `${day(1)},P1,M1,2,20`),
      { file: "w.csv", lines: [SALES, `${day(1)},P1,M1,1,10`, `${day(1)},P1,M1,3,30`] },
    ],
  ],
  [
    "overlap",
    "has the sales of another file under other columns, and more",
    [
      v(SALES, ...days(1, 12), ...days(1, 12, "P2,M1,2,14")),
      {
        file: "w.csv",
        lines: [
          `${SALES},vendeur`,
          ...days(1, 12, "P1,M1,1,10,Anne"),
          ...days(1, 12, "P2,M1,2,14,Bob"),
          ...days(13, 15, "P1,M1,1,10,Bob"),
        ],
      },
    ],
  ],
  [
    "overlap",
    "has a part of the sales of another file under its ids",
    [
      v(SALES, ...days(1, 12), ...days(1, 12, "P2,M1,2,14")),
      {
        file: "w.csv",
        lines: [IDS, ...[...days(1, 6), ...days(1, 6, "P2,M1,2,14")].map((line, i) => `${i + 1},${line}`)],
      },
    ],
  ],
  [
    "rejects.many",
    "turns a column into text",
    [v(SALES, ...days(1, 6)), v(SALES, ...days(1, 2), ...days(3, 6, "P1,M1,eine,10"))],
  ],
  [
    "column.blank",
    "has no amounts any more, so that the list of prices counts",
    [v(SALES, ...days(1, 12)), v(SALES, ...days(1, 12, "P1,M1,3,"))],
  ],
  [
    "column.blank",
    "has more sales than evidence may name, and no amount of any",
    [
      v(IDS, ...many((i) => `${i},${day(1 + (i % 28))},P1,M1,1,10`)),
      v(IDS, ...many((i) => `${i},${day(1 + (i % 28))},P1,M1,1,`), `9999,${day(1)},P2,M1,1,7`),
    ],
  ],
  [
    "filter.nothing",
    "has another word for its sales",
    [
      { ...v(`nature,${SALES}`, ...days(1, 6).map((line) => `Sale,${line}`)), flags: "--where nature=Sale" },
      v(`nature,${SALES}`, ...days(1, 7).map((line) => `Vente,${line}`)),
    ],
  ],
  [
    "filter.little",
    "has another word for most of its sales",
    [
      { ...v(`nature,${SALES}`, ...days(1, 10).map((line) => `Sale,${line}`)), flags: "--where nature=Sale" },
      v(
        `nature,${SALES}`,
        ...days(1, 2).map((line) => `Sale,${line}`),
        ...days(3, 10).map((line) => `Vente,${line}`),
      ),
    ],
  ],
  ["file.nothing_left", "is a header", [v(SALES, ...days(1, 4)), v(SALES)]],
  [
    "amount.unclear",
    "has two amounts",
    [v(`${BARE},montant_ht,montant_ttc`, ...days(1, 4, "P1,M1,1,10,12"), ...days(5, 5, "P9,M1,1,10,12"))],
  ],
  ["amount.unclear", "has two unit prices", [v(`${BARE},pu_ht,pu_ttc`, ...days(1, 4, "P1,M1,2,10,12"))]],
  [
    "amount.of_document",
    "has the total of the receipt on its lines",
    [
      v(
        `ticket,${BARE},total`,
        `T1,${day(1)},P1,M1,1,9`,
        `T1,${day(1)},P2,M1,1,9`,
        `T2,${day(1)},P1,M1,2,11`,
        `T2,${day(1)},P2,M1,1,11`,
      ),
    ],
  ],
  [
    "quantity.unclear",
    "has two quantities",
    [v("date,product_id,store_id,qty,quantity,unit_price", ...days(1, 3, "P1,M1,2,3,10"))],
  ],
  [
    "header.not_sales",
    "names a supplier and what it was paid",
    [v("date,id_produit,id_magasin,quantité,fournisseur,prix_achat", ...days(1, 3, "P1,M1,2,Metro,1"))],
  ],
  [
    "amount.unclear",
    "has a price that follows the quantity",
    [v(`${BARE},prix`, ...days(1, 2, "P1,M1,2,8"), ...days(3, 4, "P1,M1,3,12"))],
  ],
  [
    "amount.discount",
    "has discounts beside prices",
    [v(`${BARE},prix_unitaire,remise`, ...days(1, 3, "P1,M1,2,10,1"))],
  ],
  [
    "amount.sign",
    "has returns with positive amounts",
    [v(SALES, ...days(1, 3), ...days(4, 4, "P1,M1,-1,10"))],
  ],
  [
    "file.nothing_left",
    "is a list of shops, now a header",
    [
      { file: "n.csv", lines: ["id_magasin,ville", "N1,Rennes"], flags: "--vanished withdraw" },
      v(SALES, ...days(1, 3, "P1,N1,1,10"), ...days(1, 1)),
      { file: "n.csv", lines: ["id_magasin,ville"] },
    ],
  ],
  [
    "prices.negative",
    "is a list with dates, of a product that has a price",
    [
      v(BARE, ...days(1, 6, "P1,M1,2")),
      {
        file: "q.csv",
        lines: ["id_produit,nom,prix,date_effet", `P1,Pain,3,${day(2)}`, `P1,Pain,-1,${day(4)}`],
      },
    ],
  ],
  [
    "status.not_sale",
    "holds products, shops and sales, some of them cancelled",
    [
      v(
        "date_vente,id_produit,nom,id_magasin,ville,quantité,montant,statut",
        ...days(1, 3, "P8,Flan,M8,Nantes,1,10,payée"),
        ...days(4, 5, "P8,Flan,M8,Nantes,1,10,annulée"),
      ),
    ],
  ],
  [
    "prices.negative",
    "is a list with a negative price",
    [v(BARE, ...days(1, 3, "P3,M1,1")), { file: "q.csv", lines: ["id_produit,nom,prix", "P3,Flan,-3"] }],
  ],
  [
    "status.not_sale",
    "has cancelled lines",
    [
      v(
        `${SALES},statut`,
        ...days(1, 3, "P1,M1,1,10,payée"),
        ...days(4, 5, "P1,M1,1,10,annulée"),
        ...days(6, 6, "P1,M1,1,10,devis"),
      ),
    ],
  ],
  [
    "status.not_sale",
    "has cancelled lines in a later version, without amounts",
    [
      v(`${BARE},statut`, ...days(1, 3, "P1,M1,1,payée")),
      v(`${BARE},statut`, ...days(1, 3, "P1,M1,1,payée"), ...days(4, 5, "P2,M1,2,annulée")),
    ],
  ],
];

/** These never hold a version back, and their choices change no sale. */
const NEVER_HELD = [
  "lines.aside",
  "sales.same",
  "currency.other",
  "prices.several",
  "shops.several",
  "days.future",
  "days.far",
];

describe("a held version", () => {
  it.each(HELD)(
    "%s: %s, and each choice does what it announces",
    { timeout: 60_000 },
    async (code, _, versions) => {
      const file: HeldFile = { versions: [PRODUCTS, SHOPS, ...versions] };
      const { doubts, total } = await playFile(file, folder);
      expect(doubts.map((doubt) => doubt.code)).toContain(code);
      for (const [i, doubt] of doubts.entries()) {
        if (doubt.weight !== "held" && doubt.code !== code) continue;
        for (const [j, { command, effect, money, says }] of doubt.choices.entries()) {
          const played = await playFile(file, folder, [i, j]);
          const cents = (value: number | undefined) => value && Math.round(value * 100);
          const announced = {
            command,
            rows: effect !== undefined,
            now: cents(money?.now),
            after: cents(money?.after),
          };
          expect.soft(announced, says).toEqual({
            command,
            rows: true,
            now: total,
            after: played.total,
          });
          expect
            .soft(
              played.left.filter((one) => one.weight === "held").map((one) => one.code),
              command,
            )
            .toEqual(effect?.waitsFor === undefined ? [] : [effect.waitsFor]);
        }
      }
    },
  );

  it("is held all the same when its columns have names that no option can take", async () => {
    const file = v(
      `${SALES},-statut`,
      ...days(1, 3, "P1,M1,1,10,payée"),
      ...days(4, 5, "P1,M1,1,10,annulée"),
    );
    const { doubts } = await playFile({ versions: [PRODUCTS, SHOPS, file] }, folder);
    expect(doubts.map(({ code }) => code)).toEqual(["status.not_sale"]);
    expect(doubts[0]?.choices.map(({ money }) => money?.after)).toEqual([undefined, 50]);
  });

  it("has a case for each reason", () => {
    const codes = new Set([...HELD.map(([code]) => code), ...NEVER_HELD]);
    expect([...codes].sort()).toEqual(Object.keys(DOUBT_SENTENCES).sort());
  });
});

/** What ordinary files say, from the file to the total: read as its owner means it, or set aside and said. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ventes } from "./support/in-process.ts";
import { firstValue } from "./support/query.ts";
import { scratchDirectory } from "./support/ventes.ts";

const PRODUCTS = ["product_id,name,price", "A,Apple,5", "B,Bread,7"];
const SHOPS = ["store_id,city", "S1,Rennes", "S2,Brest"];

interface Played {
  /** Lines of files, by name. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Arguments of `sources add`, before the rest is read. */
  readonly add?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Registers and reads all files once. `said`: everything that was printed. */
const played = async ({ files, add, env = {} }: Played) => {
  const cwd = scratchDirectory();
  for (const [name, lines] of Object.entries(files))
    writeFileSync(join(cwd, name), lines.map((line) => `${line}\n`).join(""));
  const runs = [];
  if (add !== undefined) runs.push(await ventes(["sources", "add", "--data", "d", ...add], { cwd, env }));
  const rest = Object.keys(files).filter((name) => add?.includes(name) !== true);
  runs.push(await ventes(["start", "--once", "--data", "d", ...rest], { cwd, env }));
  runs.push(await ventes(["status", "--data", "d"], { cwd, env }));
  const value = (sql: string) => firstValue(join(cwd, "d"), sql);
  return {
    total: value("SELECT SUM(chiffre_affaires) FROM ventes"),
    codes: runs.map(({ code }) => code),
    said: runs.map(({ stdout, stderr }) => stdout + stderr).join("\n"),
    value,
  };
};

describe("a line of another width", () => {
  it("is set aside, and moves no amount, when its last field is empty", async () => {
    const { total, value, said } = await played({
      files: {
        "p.csv": PRODUCTS,
        "m.csv": SHOPS,
        "v.csv": [
          "date;produit;magasin;quantite;prix;montant;remarque",
          "2026-01-01;A;S1;2;5;10;",
          "2026-01-02;A;S1;3;5;15;",
          "2026-01-03;A;S1;2;;5;10;",
          "2026-01-04;A;S1;4;5;20;ok",
        ],
      },
    });
    expect(total).toBe(45);
    expect(value("SELECT line FROM rejets")).toBe(4);
    expect(said).toMatch(/1 row[s]? rejected/);
  });
});

describe("a currency", () => {
  it("in a column of its own counts as beside the amount", async () => {
    const { total, value, codes, said } = await played({
      files: {
        "p.csv": PRODUCTS,
        "m.csv": SHOPS,
        "v.csv": [
          "sale_id,date,product_id,store_id,qty,amount,currency",
          "1,2026-02-03,A,S1,1,100.00,EUR",
          "2,2026-02-03,A,S1,1,100.00,USD",
          "3,2026-02-03,A,S1,1,1500,JPY",
        ],
      },
    });
    expect([total, codes]).toEqual([100, [1, 1]]);
    expect(said).toContain("2 lines are in another currency than EUR");
    expect(value("SELECT GROUP_CONCAT(code || line ORDER BY line) FROM rejets")).toBe(
      "chiffre_affaires.wrong_currency3,chiffre_affaires.wrong_currency4",
    );
  });
});

describe("a condition", () => {
  const files = {
    "p.csv": PRODUCTS,
    "m.csv": SHOPS,
    "v.csv": [
      "sale_id,status,date,product_id,store_id,qty",
      "1,paid,2026-02-03,A,S1,1",
      "2,refunded,2026-02-04,B,S1,1",
      "3,fulfilled,2026-02-04,A,S1,1",
      "4,,2026-02-04,A,S1,1",
    ],
  };
  const totalOf = async (where: string) =>
    (await played({ files, add: ["ventes", "v.csv", "--where", where] })).total;

  it("keeps the lines that it names, and never the others", async () => {
    expect(await totalOf("status!=refunded")).toBe(15);
    expect(await totalOf("status in (paid, fulfilled)")).toBe(10);
    expect(await totalOf("status not empty")).toBe(17);
  });

  it("of another form is refused, and the forms are named", async () => {
    const ran = await ventes(["sources", "add", "ventes", "v.csv", "--where", "qty>=2", "--data", "d"], {
      cwd: scratchDirectory(),
    });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("'Status in (paid, shipped)'")]);
  });
});

describe("what a file is", () => {
  it("a till's export without a shop is a file of sales that lacks one, never a list of products", async () => {
    const { total, codes, said, value } = await played({
      files: {
        "v.csv": [
          ",date,time,ticket_number,article,Quantity,unit_price",
          '0,2026-01-02,08:38,150040.0,BAGUETTE,1.0,"0,90 €"',
          '5,2026-01-02,09:14,150041.0,BAGUETTE,-1.0,"0,95 €"',
        ],
      },
    });
    expect([total ?? null, value("SELECT COUNT(*) FROM produits") ?? 0]).toEqual([null, 0]);
    expect(Math.max(...codes.map((code) => code ?? 9))).toBeGreaterThan(0);
    expect(said).toContain("--set id_magasin=NAME");
  });

  it("orders as blocks of small tables are no table, least of all products", async () => {
    const block = (id: string, sku: string) => [
      `"Cart ID","${id}","Ordered Date","01/12/2025 14:32","Fulfillment","C"`,
      '"First Name","Last Name","Email","Phone"',
      '"Ann","Example","ann@example.com",""',
      "",
      '"SKU","Name","Quantity","Unit Cost","Total Cost"',
      `"${sku}","Apple","2.00","5.00","10.0000"`,
      "",
    ];
    const { total, said, value } = await played({
      files: { "v.csv": [...block("c1", "A"), ...block("c2", "B")] },
    });
    expect([total ?? null, value("SELECT COUNT(*) FROM produits") ?? 0]).toEqual([null, 0]);
    expect(said).toContain("several tables under each other (lines 5, 12)");
  });
});

describe("text that JSON must escape", () => {
  it("a tab inside a field belongs to the field", async () => {
    const { total, codes, value } = await played({
      files: {
        "p.csv": ["product_id,name,price", "A,Apple\tred,5", "B,Bread,7"],
        "m.csv": SHOPS,
        "v.csv": ["date,product_id,store_id,qty", "2026-02-03,A,S1,2", "2026-02-04,B,S1,1"],
      },
    });
    expect([total, codes]).toEqual([17, [0, 0]]);
    expect(value("SELECT nom FROM produits WHERE id_produit = 'A'")).toBe("Apple\tred");
  });

  it("a quote in a constant names the shop as it is", async () => {
    const { total } = await played({
      files: {
        "p.csv": PRODUCTS,
        "m.csv": ["store_id,city", '"Halle ""Nord""",Rennes'],
        "v.csv": ["date,product_id,qty", "2026-02-03,A,2", "2026-02-04,B,1"],
      },
      add: ["ventes", "v.csv", "--set", 'id_magasin=Halle "Nord"'],
    });
    expect(total).toBe(17);
  });
});

/** A version that is held back: the exit codes, the messages, and the commands that decide. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";

const SALES = "date_vente,id_produit,id_magasin,quantité,montant";
const day = (n: number): string => `2026-01-${String(n).padStart(2, "0")}`;

/** A company of one product and one shop, in a folder of its own. */
function company() {
  const dir = scratchDirectory();
  const data = join(dir, "data");
  const write = (name: string, ...lines: readonly string[]): string => {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  const parents = [
    write("p.csv", "id_produit,nom", "P1,Pain"),
    write("m.csv", "id_magasin,ville", "M1,Lyon"),
  ];
  const run = (...args: string[]) => ventes([...args, "--data", data]);
  return {
    dir,
    write,
    run,
    once: (...files: readonly string[]) => run("start", "--once", ...files),
    start: (...files: readonly string[]) => run("start", "--once", ...parents, ...files),
    status: () => run("status"),
    total: async (): Promise<number | null> =>
      JSON.parse(
        (await run("query", "SELECT SUM(chiffre_affaires) AS total FROM ventes", "--json")).stdout,
      )[0].total,
  };
}

interface Trace {
  readonly decided?: readonly { readonly decision: string; readonly says: string }[];
}
const traces = async (run: ReturnType<typeof company>["run"]): Promise<readonly Trace[]> =>
  JSON.parse((await run("sources", "--json")).stdout);

describe("a version that would delete much", () => {
  const sales = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${day(from + i)},P1,M1,1,10`);

  it("keeps the last figures; `start --once` and `status` end with 1 until an operator runs a command that they print", async () => {
    const { write, start, once, run, status, total } = company();
    const file = write("v.csv", SALES, ...sales(1, 20));
    expect((await start(file)).code).toBe(0);
    write("v.csv", SALES, ...sales(1, 2), ...sales(20, 20));
    const held = await once();
    expect(held.code).toBe(1);
    expect(held.stderr).toContain("it would delete 17 rows of 20");
    expect(await total()).toBe(200);
    const said = await status();
    expect(said.code).toBe(1);
    const command = /ventes (sources confirm \S+ vanished\.many:\S{16})/.exec(said.stdout)?.[1] ?? "";
    // `status` shows the total revenue after each choice, the dry run after the one that it makes.
    const dry = await run(...command.split(" "), "--dry-run");
    const [status1, dry1] = [said.stdout, dry.stdout].map((one) => one.replaceAll(/[\u00a0\u202f]/g, " "));
    for (const text of [status1, dry1]) {
      expect(text).toContain("17 rows in the database, worth 170,00 €");
      expect(text).toContain("2026-01-03 P1 M1 1 10");
      expect(text).toMatch(
        /to delete them: 17 sales deleted; total revenue afterwards: 30,00 €, 170,00 € less\n.*sources confirm/,
      );
    }
    expect(status1).toMatch(
      /to keep them, now and later: no sale changes; total revenue afterwards: 200,00 €, as now\n.*--vanished keep/,
    );
    expect(dry1).not.toContain("--vanished keep");
    expect(dry.stdout).toContain("would be accepted");
    expect((await once()).code).toBe(1);

    // The command accepts the deletes that it names, not those of a later version.
    write("v.csv", SALES, ...sales(1, 1), ...sales(20, 20));
    expect((await once()).code).toBe(1);
    const refused = await run(...command.split(" "));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("no version waits for a decision vanished.many:");

    // A sale that is added later makes no difference to the decision.
    write("v.csv", SALES, ...sales(1, 2), ...sales(20, 20));
    expect((await once()).code).toBe(1);
    expect((await run(...command.split(" "))).code).toBe(0);
    write("v.csv", SALES, ...sales(1, 2), ...sales(20, 20), `${day(20)},P1,M1,1,5`);
    expect((await once()).code).toBe(0);
    expect(await total()).toBe(35);
    expect((await status()).code).toBe(0);
    // `sources --json` keeps the decision.
    expect((await traces(run)).flatMap(({ decided = [] }) => decided)).toMatchObject([
      { decision: command.split(" ").at(-1), says: "it would delete 17 rows of 20" },
    ]);
  });

  it("or lacks rows of several days shows what each cut does to the total, and confirm takes one", async () => {
    const { write, start, once, run, status, total } = company();
    const sale = (n: number, quantity: number) => `${day(n)},P1,M1,${quantity},${quantity * 10}`;
    // Sorted by no day: 4 and 5 roll off, and the quantity of the line of day 6 is corrected.
    const file = write("v.csv", SALES, sale(7, 1), sale(6, 2), sale(4, 3), sale(5, 4), sale(6, 5));
    expect((await start(file)).code).toBe(0);
    write("v.csv", SALES, sale(7, 1), sale(8, 6), sale(6, 9), sale(9, 7), sale(6, 5), sale(9, 8));
    expect((await once()).code).toBe(1);
    const said = (await status()).stdout.replaceAll(/[\u00a0\u202f]/g, " ");
    expect(said).toMatch(
      /keep the one from before 2026-01-05 and delete the other 2: 2 sales deleted, 4 added; total revenue afterwards: 390,00 €, 240,00 € more/,
    );
    const cut =
      /keep the 2 from before 2026-01-06 and delete the other one: 1 sale deleted, 4 added; total revenue afterwards: 430,00 €, 280,00 € more\n.*ventes (sources confirm \S+ \S+=before:2026-01-06)/;
    expect(said).toMatch(cut);
    const command = (cut.exec(said)?.[1] ?? "").split(" ");
    expect((await run(...command, "--dry-run")).stdout.replaceAll(/[\u00a0\u202f]/g, " ")).toMatch(cut);
    expect((await once()).code).toBe(1);
    expect((await run(...command)).code).toBe(0);
    expect((await once()).code).toBe(0);
    expect(await total()).toBe(130 + 10 * (6 + 9 + 7 + 8));
  });

  it("is in `sources --json` with its rows; another command keeps the rows", async () => {
    const { write, start, once, run, total } = company();
    const file = write("v.csv", SALES, ...sales(1, 20));
    await start(file);
    write("v.csv", SALES, ...sales(1, 1), ...sales(20, 20));
    await once();
    const { doubts } = JSON.parse((await run("sources", "--json")).stdout).find(
      (one: { state: string }) => one.state === "held",
    );
    expect(doubts).toMatchObject([{ code: "vanished.many", weight: "held", entity: "ventes" }]);
    expect(doubts[0].rows).toHaveLength(18);
    expect(doubts[0].known).toMatchObject({ rows: 18, amount: 180, total: 200 });
    const keep = doubts[0].choices.find(({ command }: { command: string }) => command.includes("--vanished"));
    expect((await run(...keep.command.replace(/^.*ventes /, "").split(" "))).code).toBe(0);
    expect((await once()).code).toBe(0);
    expect(await total()).toBe(200);
  });
});

describe("a sheet that is read before its formulas are computed", () => {
  const HEADER = "date_vente,id_produit,id_magasin,quantité,prix_unitaire";
  const lines = (price: (n: number) => string) =>
    Array.from({ length: 12 }, (_, i) => `${day(i + 1)},P1,M1,2,${price(i)}`);

  it.each([
    ["is empty", () => ""],
    ["says that it loads", () => "Loading..."],
    ["has #REF! in some of its lines", (n: number) => (n % 3 === 0 ? "#REF!" : "4.50")],
  ])("keeps its figures while the column %s; the version with all prices is applied", async (_, blank) => {
    const { write, start, once, status, total } = company();
    const file = write("v.csv", HEADER, ...lines(() => "4.50"));
    expect((await start(file)).code).toBe(0);
    write("v.csv", HEADER, ...lines(blank));
    const held = await once();
    expect(held.code).toBe(1);
    expect(held.stderr).toMatch(/column "prix_unitaire" is empty, or holds an error of a spreadsheet/);
    expect((await status()).code).toBe(1);
    expect(await total()).toBe(108);
    write("v.csv", HEADER, ...lines(() => "4.50"), `${day(13)},P1,M1,2,4.50`);
    expect((await once()).code).toBe(0);
    expect((await status()).code).toBe(0);
    expect(await total()).toBe(117);
  });
});

it("when a till changes its language, --where keeps no line: the figures stay until the condition is changed", async () => {
  const { write, start, once, run, total } = company();
  const header = "id_vente,date_vente,nature,id_produit,id_magasin,quantité,montant";
  const lines = (sale: string, refund: string) => [
    `1,${day(1)},${sale},P1,M1,1,5`,
    `2,${day(1)},${refund},P1,M1,1,5`,
    `3,${day(2)},${sale},P1,M1,1,7`,
  ];
  const file = write("v.csv", header, ...lines("Sale", "Refund"));
  expect((await run("sources", "add", file, "--where", "nature=Sale")).code).toBe(0);
  expect((await start()).code).toBe(0);
  expect(await total()).toBe(12);
  write("v.csv", header, ...lines("Vente", "Retour"), `4,${day(3)},Vente,P1,M1,1,8`);
  const held = await once();
  expect(held.code).toBe(1);
  expect(held.stderr).toMatch(/--where nature=Sale keeps none of its 4 lines, and kept 2 before/);
  expect(await total()).toBe(12);
  await run("sources", "add", file, "--where", "nature=Vente");
  expect((await once()).code).toBe(0);
  expect(await total()).toBe(20);
});

it("a file without its lines keeps the figures", async () => {
  const { write, start, once, total } = company();
  const file = write("v.csv", SALES, `${day(1)},P1,M1,1,10`);
  await start(file);
  write("v.csv", SALES);
  const held = await once();
  expect(held.code).toBe(1);
  expect(held.stderr).toContain("no line is left below its header");
  expect(await total()).toBe(10);
});

it("amounts in another currency than the database: `start --once`, `status` and a dry run end with 1", async () => {
  const { write, start, run, status, total } = company();
  const file = write("v.csv", SALES, `${day(1)},P1,M1,1,$10.00`, `${day(2)},P1,M1,1,$12.00`);
  const dry = await run("sources", "add", file, "--dry-run");
  expect(dry.code).toBe(1);
  expect(dry.stderr).toMatch(/2 of its 2 lines cannot be read, for example line 2: "\$10\.00" is not in EUR/);
  const first = await start(file);
  expect(first.code).toBe(1);
  expect(first.stderr).toContain(
    "this version is applied, but check it: 2 lines are in another currency than EUR",
  );
  expect(await total()).toBeNull();
  expect((await status()).code).toBe(1);
  // An operator has accepted it, so `start --once` ends with 0.
  expect((await run("sources", "confirm", file)).code).toBe(0);
  expect((await run("start", "--once")).code).toBe(0);
});

it("--columns with fewer names than fields is refused with both counts; an empty name keeps its place", async () => {
  const { write, start, run, total } = company();
  const file = write("v.csv", `${day(1)},till 1,P1,M1,1,10`, `${day(2)},till 1,P1,M1,1,10`);
  const columns = "date_vente,id_produit,id_magasin,quantité,montant";
  const add = (names: string) => run("sources", "add", "ventes", file, "--no-header", "--columns", names);
  const refused = await add(columns);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("--columns names 5 columns, but most lines have 6 fields");
  expect((await add(columns.replace(",", ",,"))).code).toBe(0);
  expect((await start()).code).toBe(0);
  expect(await total()).toBe(20);
});

describe("what `sources remove --withdraw` would delete", () => {
  it("is shown by --dry-run in rows and money, and it is what then happens", async () => {
    const { write, start, run, total } = company();
    const a = write(
      "a.csv",
      `id_vente,${SALES}`,
      `1,${day(1)},P1,M1,1,10`,
      `2,${day(1)},P1,M1,1,20`,
      `9,${day(1)},P0,M1,1,1`,
    );
    // Sale 2 is also of another file, so it stays. Sale 9 waits for its product.
    const b = write("b.csv", `id_vente,${SALES}`, `2,${day(1)},P1,M1,1,20`, `3,${day(1)},P1,M1,1,5`);
    await start(a, b);
    expect(await total()).toBe(35);
    const dry = await run("sources", "remove", a, "--withdraw", "--dry-run", "--json");
    expect(JSON.parse(dry.stdout).withdrawal).toEqual({
      ventes: 1,
      produits: 0,
      magasins: 0,
      orphelins: 1,
      waiting: 0,
      amount: 10,
      total: 35,
      after: 25,
    });
    expect(await total()).toBe(35);
    await run("sources", "remove", a, "--withdraw");
    await run("start", "--once");
    expect(await total()).toBe(25);
    expect(await traces(run)).toContainEqual({
      source: expect.stringMatching(/a\.csv$/),
      state: "removed",
      withdrawn: { at: expect.stringMatching(/^\d{4}-/), events: 3 },
    });
  });

  it("names the sales of other files that would wait for its products", async () => {
    const { write, start, run, total } = company();
    const sales = write("v.csv", SALES, `${day(1)},P2,M1,1,10`, `${day(2)},P1,M1,1,4`);
    const products = write("q.csv", "id_produit,nom", "P2,Tarte");
    await start(products, sales);
    const dry = await run("sources", "remove", products, "--withdraw", "--dry-run");
    expect(dry.stdout.replaceAll(/[\u00a0\u202f]/g, " ")).toMatch(
      /0 sale\(s\) worth 0,00 €, 0 sale\(s\) that wait, 1 product\(s\).*; 1 sale\(s\) of other files would wait[\s\S]*total revenue: 14,00 €; afterwards 4,00 €/,
    );
    await run("sources", "remove", products, "--withdraw");
    await run("start", "--once");
    expect(await total()).toBe(4);
  });
});

describe("two tills of one shop in a followed folder, whose equal sales would count once", () => {
  const morning = (write: ReturnType<typeof company>["write"], n: number) => {
    write(`exports/${day(n)}-1.csv`, SALES, `${day(n)},P1,M1,1,10`, `${day(n)},P1,M1,2,20`);
    write(`exports/${day(n)}-2.csv`, SALES, `${day(n)},P1,M1,1,10`, `${day(n)},P1,M1,3,30`);
  };
  /** The commands that `status` prints, as words. */
  const advised = (text: string): readonly (readonly string[])[] =>
    [...text.matchAll(/ventes (sources (?:add|confirm) .*)$/gm)].map(([, words = ""]) =>
      words.replaceAll("'", "").split(" "),
    );

  it.each([
    ["others", 0, 70],
    ["one sale where they are equal", 1, 60],
  ])("are %s by one command, later files too", async (_, choice, eachDay) => {
    const { dir, write, start, once, run, status, total } = company();
    morning(write, 1);
    await start();
    await run("sources", "add", "--catalogue", join(dir, "exports"));
    expect((await once()).code).toBe(1);
    const said = await status();
    expect(said.code).toBe(1);
    expect(said.stdout.replaceAll(/[\u00a0\u202f]/g, " ")).toMatch(
      /2 sales added; total revenue afterwards: 70,00 €[\s\S]*1 sale added; total revenue afterwards: 60,00 €/,
    );
    const command = advised(said.stdout)[choice] ?? [];
    expect((await run(...command)).code).toBe(0);
    expect((await once()).code).toBe(0);
    expect(await total()).toBe(eachDay);
    morning(write, 2);
    expect((await once()).code).toBe(0);
    expect(await total()).toBe(2 * eachDay);
    if (choice === 0) return;
    // The decision is shown, and can be taken back.
    const listed = JSON.parse((await run("sources", "--json")).stdout) as (Trace & { source?: string })[];
    expect(listed.find(({ source }) => source === undefined)?.decided).toMatchObject([
      { decision: command.at(-1) },
    ]);
    const revoked = await run(...command, "--revoke");
    expect(revoked).toMatchObject({ code: 0, stdout: expect.stringContaining("is accepted no longer") });
    morning(write, 3);
    expect((await once()).code).toBe(1);
  });
});

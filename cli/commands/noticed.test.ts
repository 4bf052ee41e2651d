/** What the database tells on which nobody needs to act; the commands that it names end it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";

function company() {
  const dir = scratchDirectory();
  const write = (name: string, ...lines: readonly string[]): string => {
    const path = join(dir, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  return { write, run: (...args: string[]) => ventes([...args, "--data", join(dir, "data")]) };
}

/** The commands of the lines that say that names differ only in how they are written. */
const commandsIn = (stderr: string): string[][] =>
  stderr
    .split("\n")
    .filter((line) => line.includes("differ only in how they are written"))
    .flatMap((line) => (line.split("to make them one: ")[1] ?? "").split(" && "))
    .map((command) =>
      command
        .split(" ")
        .slice(2)
        .map((word) => word.replaceAll("'", "")),
    );

it.each([
  [
    "files of products, shops and sales",
    {
      "p.csv": ["id_produit,nom,prix", "P1,Pain,1.50", "p1,Pain,1.50"],
      "m.csv": ["id_magasin,ville", "S1,Lyon", "S2,LYON ", "S3,St Malo", "S4,Saint-Malo", "s1,lyon"],
      "v.csv": [
        "date_vente,id_produit,id_magasin,quantité",
        "2026-01-05,P1,S1,2",
        "2026-01-06,p1,S2,3",
        "2026-01-07,P1,s1,1",
        "2026-01-08,P1,S3,1",
        "2026-01-09,P1,S4,1",
      ],
    },
    [
      ["ville|Lyon", "ville|Saint-Malo", "produit|P1", "magasin|S1"],
      ["2026-01-05|P1|S1", "2026-01-06|P1|S2", "2026-01-07|P1|S1", "2026-01-08|P1|S3", "2026-01-09|P1|S4"],
    ],
  ],
  [
    "one wide file without ids of shops",
    {
      "w.csv": [
        "date,id_produit,prix,ville,quantité",
        "2026-01-05,Pain,1.5,Lyon,2",
        "2026-01-06,Pain,1.5,lyon,3",
        "2026-01-07,pain,1.5,St. Malo,3",
        "2026-01-08,Pain,1.5,Saint-Malo,3",
        "2026-01-09,Pain,1.5,Lyon,1",
      ],
    },
    [
      ["ville|Lyon", "ville|Saint-Malo", "produit|Pain"],
      [
        "2026-01-05|Pain|Lyon",
        "2026-01-06|Pain|Lyon",
        "2026-01-07|Pain|Saint-Malo",
        "2026-01-08|Pain|Saint-Malo",
        "2026-01-09|Pain|Lyon",
      ],
    ],
  ],
  [
    "two wide files that sell by names alone",
    {
      "w.csv": [
        "date,id_produit,prix,ville,quantité",
        "2026-01-05,Café,5,Lyon,2",
        "2026-01-06,Pomme,1,Lyon,3",
        "2026-01-07,Pommes,1,Lyon,3",
      ],
      "w2.csv": [
        "date,id_produit,prix,ville,quantité",
        "2026-01-08,CAFE,5,Lyon,2",
        "2026-01-09,THES,4,Lyon,2",
        "2026-01-10,THE,4,Lyon,2",
      ],
    },
    [
      ["produit|Café", "produit|Pomme"],
      [
        "2026-01-05|Café|Lyon",
        "2026-01-06|Pomme|Lyon",
        "2026-01-07|Pomme|Lyon",
        "2026-01-08|Café|Lyon",
        "2026-01-09|THES|Lyon",
        "2026-01-10|THE|Lyon",
      ],
    ],
  ],
] as const)("names of %s are said, and the commands make them one", async (_what, files, [groups, sales]) => {
  const { write, run } = company();
  for (const [name, lines] of Object.entries(files)) {
    const what = name.startsWith("w") ? ["produits,magasins,ventes"] : [];
    expect(await run("sources", "add", ...what, write(name, ...lines))).toMatchObject({ code: 0 });
  }
  const first = await run("start", "--once");
  expect(first.code).toBe(0);
  const commands = commandsIn(first.stderr);
  expect(commands.length).toBeGreaterThanOrEqual(groups.length);
  const status = await run("status");
  expect(commandsIn(status.stdout)).toEqual(commands);
  for (const command of commands) expect(await run(...command)).toMatchObject({ code: 0 });
  const second = await run("start", "--once");
  expect([second.code, commandsIn(second.stderr)]).toEqual([0, []]);
  const { stdout } = await run("query", "SELECT date_vente, id_produit, id_magasin FROM ventes ORDER BY 1");
  expect(stdout.trim().split("\n")).toEqual(sales);
});

it("products that no list has and sales wait for are said, and the commands make them one", async () => {
  const { write, run } = company();
  const shops = write("m.csv", "id_magasin,ville", "M1,Lyon");
  const till = write(
    "a.csv",
    "date,produit,id_magasin,quantité",
    "2026-01-05,Café,M1,2",
    "2026-01-05,Pomme,M1,2",
  );
  const other = write(
    "b.csv",
    "date,produit,id_magasin,quantité",
    "2026-01-06,CAFE,M1,2",
    "2026-01-06,Pommes,M1,2",
  );
  const first = await run("start", "--once", shops, till, other);
  const commands = commandsIn(first.stderr);
  expect(commands.map((words) => words.filter((word) => word.includes("=")))).toEqual([
    ["id_produit=Café"],
    ["id_produit=Pomme=Pommes"],
  ]);
  for (const command of commands) expect(await run(...command)).toMatchObject({ code: 0 });
  const list = write("p.csv", "id_produit,nom,prix", "Café,Café,5", "Pomme,Pomme,1");
  const second = await run("start", "--once", list);
  expect([second.code, commandsIn(second.stderr), second.stderr.includes("wait")]).toEqual([0, [], false]);
  const { stdout } = await run("query", "SELECT id_produit, SUM(quantité) FROM ventes GROUP BY 1 ORDER BY 1");
  expect(stdout.trim().split("\n")).toEqual(["Café|4", "Pomme|4"]);
});

it("prices that changed are said while sales of before keep theirs, and no more once they are corrected", async () => {
  const { write, run } = company();
  const sales = write(
    "v.csv",
    "date_vente,id_produit,id_magasin,quantité",
    "2026-01-05,P1,M1,2",
    "2026-01-06,P2,M1,3",
  );
  const shops = write("m.csv", "id_magasin,ville", "M1,Lyon");
  const file = write("p.csv", "id_produit,nom,prix", "P1,Pain,1.50", "P2,Lait,1");
  expect((await run("start", "--once", file, shops, sales)).stderr).toBe("");
  write("p.csv", "id_produit,nom,prix", "P1,Pain,1.60", "P2,Lait,1");
  const changed = await run("start", "--once");
  expect(changed.code).toBe(0);
  expect(changed.stderr).toMatch(
    /1 product has a new price since \S+, and 1 sale of before keeps its price.*prices P1;/,
  );
  expect((await run("prices", "set", "P1", "1.60", "--from", "2026-01-01", "--onwards")).code).toBe(0);
  expect((await run("start", "--once")).stderr).toBe("");
});

/** A version that is held back, as an operator meets it: exit codes, what is said, and the commands that decide. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchDirectory, ventes } from "../../integration-tests/support/ventes.ts";

const SALES = "date_vente,id_produit,id_magasin,quantité,montant";
const day = (n: number): string => `2026-01-${String(n).padStart(2, "0")}`;

/** A company of one product and one shop, in a folder of its own. */
function company() {
  const dir = scratchDirectory();
  const data = join(dir, "data");
  const write = (name: string, ...lines: readonly string[]): string => {
    const path = join(dir, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  const parents = [
    write("p.csv", "id_produit,nom", "P1,Pain"),
    write("m.csv", "id_magasin,ville", "M1,Lyon"),
  ];
  const run = (...args: string[]) => ventes([...args, "--data", data]);
  return {
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

describe("a version that would delete much", () => {
  const sales = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${day(from + i)},P1,M1,1,10`);

  it("keeps the last figures, and ends `start --once` and `status` with 1 until a command that was told decides", async () => {
    const { write, start, once, run, status, total } = company();
    const file = write("v.csv", SALES, ...sales(1, 20));
    expect((await start(file)).code).toBe(0);
    write("v.csv", SALES, ...sales(1, 2), ...sales(20, 20));
    const held = await once();
    expect(held.code).toBe(1);
    expect(held.stderr).toContain("it would delete 17 rows of 19");
    expect(await total()).toBe(200);
    const said = await status();
    expect(said.code).toBe(1);
    const command = /ventes (sources confirm \S+ vanished\.many:\S{16})/.exec(said.stdout)?.[1] ?? "";
    expect((await run(...command.split(" "), "--dry-run")).stdout).toMatch(
      /would be accepted.*17 rows of 19/,
    );
    expect((await once()).code).toBe(1);

    // What the command names is what it accepts: not the deletes of a version that came since.
    write("v.csv", SALES, ...sales(1, 1), ...sales(20, 20));
    expect((await once()).code).toBe(1);
    const refused = await run(...command.split(" "));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("no version waits for a decision vanished.many:");

    // A sale that is added after the command does not matter.
    write("v.csv", SALES, ...sales(1, 2), ...sales(20, 20));
    expect((await once()).code).toBe(1);
    expect((await run(...command.split(" "))).code).toBe(0);
    write("v.csv", SALES, ...sales(1, 2), ...sales(20, 20), `${day(20)},P1,M1,1,5`);
    expect((await once()).code).toBe(0);
    expect(await total()).toBe(35);
    expect((await status()).code).toBe(0);
  });

  it("is told by `sources --json` with the rows, and another command keeps them", async () => {
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
    const keep = doubts[0].choices.find(({ command }: { command: string }) => command.includes("--vanished"));
    expect((await run(...keep.command.split(" ").slice(1))).code).toBe(0);
    expect((await once()).code).toBe(0);
    expect(await total()).toBe(200);
  });
});

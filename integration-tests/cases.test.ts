/**
 * Files as tills, shops and sheets really publish them, step by step, with the total that a careful reader expects. A case
 * is a file of cases/: the files by name, and steps, each of them in this order:
 *
 * - `put`: writes files of the case into the folder; null deletes one;
 * - `add`: arguments of `ventes sources add`, a list for each call;
 * - `paste`: the first command that a doubt advises and that has this text in it;
 * - `run`: the files that `ventes start --once` names;
 * - `expect`: the outcomes that are right. `attention`: one of the commands, or `status`, ends otherwise than with 0.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { wordsOf } from "../simulator/lives/decide.ts";
import { ventes } from "./support/in-process.ts";
import { scratchDirectory } from "./support/ventes.ts";

interface Outcome {
  readonly total?: number | null;
  readonly sales?: number;
  readonly quantity?: number;
  readonly attention?: boolean;
  /** Stands in the output. */
  readonly says?: string;
  /** The first value of each query. */
  readonly sql?: Readonly<Record<string, string | number | null>>;
}
interface Step {
  readonly put?: Readonly<Record<string, string | null>>;
  readonly add?: readonly (readonly string[])[];
  readonly paste?: string;
  readonly run: readonly string[];
  readonly expect: readonly Outcome[];
}
interface Case {
  readonly why: string;
  readonly files: Readonly<Record<string, string | readonly string[]>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const DATA = "d";
const CASES = join(import.meta.dirname, "cases");
const FIRST_DAY = Date.UTC(2026, 0, 2) / 1000;
const DAY_SECONDS = 86_400;

/** The analyses of the table, and the queries that say the same. */
const ANALYSES = {
  chiffre_affaires_total: "SELECT '', SUM(chiffre_affaires) FROM ventes",
  ventes_par_produit: "SELECT id_produit, SUM(quantité) FROM ventes GROUP BY id_produit",
  ventes_par_region:
    "SELECT ville, SUM(chiffre_affaires) FROM ventes JOIN magasins USING (id_magasin) GROUP BY ville",
};

const cents = (rows: unknown): readonly [string, number | null][] =>
  (rows as [string, number | null][])
    .map(([key, value]): [string, number | null] => [key, value === null ? null : Math.round(value * 100)])
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** A folder with the program in it. */
class Company {
  readonly dir = scratchDirectory();
  readonly #case: Case;
  said = "";
  attention = false;

  constructor(one: Case) {
    this.#case = one;
  }

  async run(...args: readonly string[]): Promise<string> {
    const options = { cwd: this.dir, env: { VENTES_LANG: "en", ...this.#case.env } };
    const { code, stdout, stderr } = await ventes([...args, "--data", DATA], options);
    this.said += stdout + stderr;
    this.attention ||= code !== 0;
    return stdout;
  }

  /** `day`: when the file was written. */
  put(name: string, source: string | null, day: number): void {
    const path = join(this.dir, name);
    if (source === null) {
      rmSync(path, { force: true });
      return;
    }
    const text = this.#case.files[source] ?? "";
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof text === "string" ? text : `${text.join("\n")}\n`);
    const time = FIRST_DAY + day * DAY_SECONDS;
    utimesSync(path, time, time);
  }

  async paste(part: string): Promise<void> {
    const sources: readonly { readonly doubts?: readonly DoubtReport[] }[] = JSON.parse(
      await this.run("sources", "--json"),
    );
    const commands = sources
      .flatMap(({ doubts = [] }) => doubts)
      .flatMap(({ choices }) => choices.map(({ command }) => command));
    const chosen = commands.find((command) => command.includes(part));
    if (chosen === undefined) throw new Error(`no command with ${part}: ${commands.join("\n")}`);
    for (const command of chosen.split(" && ")) {
      const words = wordsOf(command);
      await this.run(...words.slice(words.indexOf("ventes") + 1));
    }
  }

  /** What the database says; null: there is none. */
  seen(sql: Outcome["sql"] = {}): Outcome | null {
    let database: Database.Database;
    try {
      database = new Database(join(this.dir, DATA, "ventes.db"), { readonly: true, fileMustExist: true });
    } catch {
      return null;
    }
    try {
      for (const [name, query] of Object.entries(ANALYSES)) {
        const kept = database.prepare("SELECT cle, valeur FROM analyses WHERE nom = ?").raw().all(name);
        expect(cents(kept), name).toEqual(cents(database.prepare(query).raw().all()));
      }
      const [total, sales, quantity] = database
        .prepare("SELECT SUM(chiffre_affaires), COUNT(*), SUM(quantité) FROM ventes")
        .raw()
        .get() as [number | null, number, number | null];
      const first = (query: string) => database.prepare(query).pluck().get() as string | number | null;
      return {
        total: total === null ? null : Math.round(total * 10_000) / 10_000,
        sales,
        quantity: quantity ?? 0,
        sql: Object.fromEntries(Object.keys(sql).map((query) => [query, first(query)])),
      };
    } finally {
      database.close();
    }
  }
}

/** What a step came to, as far as `outcome` says something of it. */
function asFarAs(outcome: Outcome, company: Company): Outcome {
  const seen = company.seen(outcome.sql) ?? { total: null };
  const { says = "" } = outcome;
  const all: Outcome = {
    ...seen,
    attention: company.attention,
    says: company.said.includes(says) ? says : company.said,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in outcome));
}

const cases = readdirSync(CASES)
  .filter((file) => file.endsWith(".json"))
  .map((file): [string, Case] => [file.slice(0, -5), JSON.parse(readFileSync(join(CASES, file), "utf8"))]);

it.each(cases)("%s", async (_, one) => {
  const company = new Company(one);
  for (const [day, step] of one.steps.entries()) {
    company.said = "";
    for (const [name, source] of Object.entries(step.put ?? {})) company.put(name, source, day);
    company.attention = false;
    for (const args of step.add ?? []) await company.run("sources", "add", ...args);
    if (step.paste !== undefined) await company.paste(step.paste);
    await company.run("start", "--once", ...step.run);
    await company.run("status");
    const came = step.expect.map((outcome) => asFarAs(outcome, company));
    const isRight = came.some(
      (seen, i) => JSON.stringify(sorted(seen)) === JSON.stringify(sorted(step.expect[i])),
    );
    expect(isRight, `step ${day + 1}: ${one.why}\n${JSON.stringify(came[0])}\n${company.said}`).toBe(true);
  }
});

const sorted = (outcome: Outcome = {}) => Object.entries(outcome).sort(([a], [b]) => (a < b ? -1 : 1));

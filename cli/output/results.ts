/** Reads the results from the database, in one transaction so that they agree with each other, and formats them. */
import { type MissedEvents, missedEvents } from "#shared/database/log-of-database.ts";
import { type Noticed, noticedIn } from "#shared/database/noticed.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { type Waiting, waitingSales } from "#shared/database/waiting.ts";
import { command, shellArgument } from "#shared/runtime/command.ts";
import { masked } from "#shared/runtime/masked.ts";
import { frenchCount, frenchMoney } from "../texts/numbers.ts";
import type { Texts } from "../texts/texts.ts";
import { jsonVisible, visible } from "../texts/visible.ts";
import { type Cell, columns, jsonObject, listLine } from "./rows.ts";
import { bold } from "./stdout.ts";

interface AnalysisRow {
  readonly nom: string;
  readonly cle: string;
  readonly valeur: Cell;
}

export interface Results {
  readonly analyses: readonly AnalysisRow[];
  /** The commit that the analyses reflect, and its time (ISO). */
  readonly commit: number;
  readonly at: string;
  readonly rejects: number;
  readonly waiting: Waiting;
  /** Partitions whose first events were gone before the database read them. */
  readonly missed: readonly MissedEvents[];
  readonly noticed: Noticed;
  readonly rows: { readonly produits: number; readonly magasins: number; readonly ventes: number };
  readonly names: ReadonlyMap<string, string>;
}

const ANALYSES = "SELECT nom, cle, valeur FROM analyses ORDER BY nom, cle";
const AS_OF = 'SELECT commit_id AS "commit", progressed_at AS at FROM progress';
const COUNTS = `
  SELECT (SELECT COUNT(*) FROM rejets) AS rejects,
         (SELECT COUNT(*) FROM produits) AS produits,
         (SELECT COUNT(*) FROM magasins) AS magasins,
         (SELECT COUNT(*) FROM ventes) AS ventes`;
const NAMES = `
  SELECT id_produit, nom FROM produits
  WHERE nom IS NOT NULL AND id_produit IN (SELECT cle FROM analyses WHERE nom = 'ventes_par_produit')`;

export const readResults = (db: Sqlite): Results =>
  db.transaction((): Results => {
    const { rejects, ...rows } = db.prepare(COUNTS).get() as { rejects: number } & Results["rows"];
    return {
      analyses: db.prepare(ANALYSES).safeIntegers().all() as AnalysisRow[],
      ...(db.prepare(AS_OF).get() as { commit: number; at: string }),
      rejects,
      waiting: waitingSales(db),
      missed: missedEvents(db),
      noticed: noticedIn(db),
      rows,
      names: new Map(db.prepare(NAMES).raw().all() as [string, string][]),
    };
  })();

const NAMED_RESULTS = ["chiffre_affaires_total", "ventes_par_produit", "ventes_par_region"] as const;

/** One line `nom|cle|valeur` for each row of `analyses`. */
export const resultLines = (results: Results): string =>
  results.analyses.map((row) => listLine([row.nom, visible(row.cle), row.valeur])).join("");

/** `{"chiffre_affaires_total":5268.78,"ventes_par_produit":{...},"ventes_par_region":{...}}`, with the digits that SQL prints. */
export function resultsJson(results: Results): string {
  const of = (nom: string) => results.analyses.filter((row) => row.nom === nom);
  const groups = [...new Set([...NAMED_RESULTS, ...results.analyses.map((row) => row.nom)])];
  const parts = groups.map((nom) => {
    const rows = of(nom);
    const body =
      nom === "chiffre_affaires_total"
        ? jsonObject([nom], [rows[0]?.valeur ?? null]).slice(1, -1)
        : `${jsonVisible(JSON.stringify(nom))}:${jsonObject(
            rows.map((row) => row.cle),
            rows.map((row) => row.valeur),
          )}`;
    return body;
  });
  return `{${parts.join(",")}}`;
}

/** The three results for people, in French format. */
export function resultTables(results: Results, texts: Texts, currency: string): string {
  const of = (nom: string) => results.analyses.filter((row) => row.nom === nom);
  const money = (value: Cell): string => (typeof value === "number" ? frenchMoney(value, currency) : "");
  const quantity = (value: Cell): string =>
    typeof value === "bigint" || typeof value === "number" ? frenchCount(value) : "";
  const aligned = (rows: readonly (readonly [string, string])[]): string =>
    columns(rows, [false, true])
      .lines.map((line) => `  ${line}`)
      .join("\n");
  const total = of("chiffre_affaires_total")[0]?.valeur ?? null;
  const products = of("ventes_par_produit").map(
    (row) =>
      [
        [visible(row.cle), visible(results.names.get(row.cle) ?? "")].join("  ").trim(),
        quantity(row.valeur),
      ] as const,
  );
  const regions = of("ventes_par_region")
    .toSorted((a, b) => Number(b.valeur) - Number(a.valeur))
    .map((row) => [visible(row.cle), money(row.valeur)] as const);
  const cut = (rows: readonly (readonly [string, string])[]) =>
    rows.length <= MOST_SHOWN
      ? aligned(rows)
      : `${aligned(rows.slice(0, MOST_SHOWN))}\n  ${texts.andMore(texts.count(rows.length - MOST_SHOWN))}`;
  const section = (title: string, rows: readonly (readonly [string, string])[]) =>
    rows.length === 0 ? [] : ["", bold(title), cut(rows)];
  return [
    `${bold(texts.total())}  ${total === null ? texts.noSales() : money(total)}`,
    ...section(texts.byProduct(), products),
    ...section(texts.byRegion(), regions),
  ].join("\n");
}

/** Rows that each result shows here: a company may have thousands of products. */
const MOST_SHOWN = 30;

/** A line for events that are missing, one for the rejects and one for the sales that wait; none where there are none. */
export function rejectedLines(results: Results, texts: Texts): string[] {
  const { waiting } = results;
  const lines = missedLines(results.missed, texts);
  if (results.rejects > 0) lines.push(texts.rejected(texts.count(results.rejects)));
  lines.push(...waitingLines(waiting, texts), ...namesAndPrices(results.noticed, texts));
  return lines;
}

/** A line for each name that is written in several ways, with the commands that make it one; and one for prices. */
export function namesAndPrices({ names, prices }: Noticed, texts: Texts): string[] {
  const lines = names.map(({ column, name, others, same, writers }) => {
    const flags = same.map((one) => ` --same ${shellArgument(`${column}=${one}`)}`).join("");
    const commands = writers.map(({ source, rekey }) =>
      command(`sources add ${shellArgument(masked(source))}${flags}${rekey ? " --rekey" : ""}`),
    );
    return texts.sameNames(
      column,
      [name, ...others].map((one) => JSON.stringify(one)),
      commands.join(" && "),
    );
  });
  if (prices === null) return lines;
  const { day, products, sales, isAll, id } = prices;
  const least = (n: number): string => (isAll ? texts.count(n) : texts.atLeast(texts.count(n)));
  return [
    ...lines,
    texts.pricesChanged(day, least(products), least(sales), command(`prices ${shellArgument(id)}`)),
  ];
}

/** The sentence that the database lacks events; none when it is whole. */
export const missedLines = (missed: readonly MissedEvents[], texts: Texts): string[] =>
  missed.length === 0
    ? []
    : [texts.eventsMissed(missed.map(({ place, events }) => `${place} (${texts.count(events)})`).join(", "))];

/** One sentence for each source whose ids are those of others, but written otherwise, with the command that reads them so. */
export const otherwiseLines = ({ wholeIds, sameIds }: Waiting, texts: Texts): string[] => {
  const read = (source: string, flags: readonly string[], rekey: boolean) =>
    [shellArgument(masked(source)), ...flags, ...(rekey ? ["--rekey"] : [])].join(" ");
  return [
    ...wholeIds.map(({ source, rekey }) =>
      texts.wholeIds(masked(source), read(source, ["--whole-ids"], rekey)),
    ),
    ...sameIds.map(({ source, column, ids, rekey }) => {
      const flags = ids.map((id) => `--same ${shellArgument(`${column}=${id}`)}`);
      return texts.sameIds(masked(source), column, read(source, flags, rekey));
    }),
  ];
};

/** "1,204 sales wait for 5 products; nearest known: '001' for '1'" */
export function waitingLines(waiting: Waiting, texts: Texts): string[] {
  if (waiting.sales === 0) return [];
  const parts: string[] = [];
  if (waiting.counts.produits > 0) parts.push(texts.missingProducts(waiting.counts.produits));
  if (waiting.counts.magasins > 0) parts.push(texts.missingShops(waiting.counts.magasins));
  if (waiting.counts.prix > 0) parts.push(texts.missingPrices(waiting.counts.prix));
  const known = [...waiting.produits, ...waiting.magasins].filter((m) => m.nearest !== null).slice(0, 3);
  const ids = [...waiting.produits, ...waiting.magasins, ...waiting.prix]
    .slice(0, 5)
    .map((m) => visible(m.id));
  const nearest = known.map((m) => texts.nearest(visible(m.nearest ?? ""), visible(m.id)));
  return [texts.waiting(waiting.sales, parts, ids, nearest)];
}

/**
 * A web server's listing of 300 daily files, of which 10 appear while `start` runs: all are ingested, each once, and
 * nothing more is downloaded when nothing changes. Sales have no ids, and some lines are duplicates within their file.
 */
import { expect, it, onTestFinished } from "vitest";
import { publishFiles } from "./support/published-files.ts";
import { countOf, firstValue, isUpToDate } from "./support/query.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes, ventes } from "./support/ventes.ts";

const DAYS = 300;
const LATER = 10;
/** The last line of each file is a duplicate of the one before. */
const ROWS = 20;

const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const nameOf = (n: number): string => `ventes-${day(n)}.csv`;
const salesOf = (n: number): string =>
  [
    "date_vente,id_produit,id_magasin,quantité",
    ...Array.from(
      { length: ROWS },
      (_, i) => `${day(n)},p${Math.min(i, ROWS - 2) % 5},m,${1 + Math.min(i, ROWS - 2)}`,
    ),
    "",
  ].join("\n");
const index = (days: number): string =>
  `<html><title>Index of /</title><pre><a href="../">../</a>\n${[
    "produits.csv",
    "magasins.csv",
    ...Array.from({ length: days }, (_, n) => nameOf(n)),
  ]
    .map((name) => `<a href="${name}">${name}</a>  2026-11-01 10:00  1K`)
    .join("\n")}\n</pre></html>`;

it("300 daily files, 10 of which appear while it runs, are all ingested, each once", {
  timeout: 240_000,
}, async () => {
  const data = scratchDirectory();
  const files = await publishFiles({
    "index.html": index(DAYS - LATER),
    "produits.csv": `id_produit,nom,prix\n${Array.from({ length: 5 }, (_, i) => `p${i},Produit ${i},${i + 1}`).join("\n")}\n`,
    "magasins.csv": "id_magasin,ville\nm,Lyon\n",
    ...Object.fromEntries(Array.from({ length: DAYS - LATER }, (_, n) => [nameOf(n), salesOf(n)])),
  });
  onTestFinished(files.close);
  const quantity = Array.from({ length: ROWS }, (_, i) => 1 + Math.min(i, ROWS - 2)).reduce((a, b) => a + b);
  const holds = (days: number) => () =>
    countOf(data, "ventes") === days * ROWS && isUpToDate(data) && countOf(data, "orphelins") === 0;

  const page = files.url("index.html");
  const begun = Date.now();
  expect(await ventes(["sources", "add", "--catalogue", page, "--data", data])).toMatchObject({ code: 0 });
  const started = startVentes(["start", "--every", "1s", "--data", data]);
  await until("the first files", holds(DAYS - LATER), { within: 120_000 });
  const first = Date.now() - begun;

  for (let n = DAYS - LATER; n < DAYS; n++) files.publish(nameOf(n), salesOf(n));
  files.publish("index.html", index(DAYS));
  const appeared = Date.now();
  await until("the files that appeared", holds(DAYS), { within: 60_000 });
  const later = Date.now() - appeared;
  expect(firstValue(data, "SELECT SUM(quantité) FROM ventes")).toBe(DAYS * quantity);

  // Each was read for its header and then whole; from then on nobody downloads it again.
  const downloads = () =>
    files.requests.filter(({ status, path }) => status === 200 && path.endsWith(".csv"));
  const times = Map.groupBy(downloads(), ({ path }) => path);
  expect(times.size).toBe(DAYS + 2);
  expect([...times.values()].filter((all) => all.length !== 2)).toEqual([]);
  const polled = files.requests.filter(({ path }) => path === "/index.html").length;
  await until(
    "two more polls of the page",
    () => files.requests.filter(({ path }) => path === "/index.html").length >= polled + 2,
  );
  expect(downloads()).toHaveLength(2 * (DAYS + 2));
  expect(countOf(data, "ventes")).toBe(DAYS * ROWS);
  expect(countOf(data, "withdrawals")).toBe(0);
  console.log(`${DAYS - LATER} files in ${first} ms, ${LATER} more in ${later} ms`);
  expect((await started.stop()).code).toBe(130);
});

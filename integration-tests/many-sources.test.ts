/**
 * Hundreds of sources on one server, followed by `start`: all are read, what changes is taken up, what does not
 * change costs one conditional request a round and no event, and memory stays what it is however many rounds pass.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { expect, it, onTestFinished } from "vitest";
import { registerSource } from "../producer/admin/register.ts";
import { onLog } from "./support/on-log.ts";
import { publishFiles } from "./support/published-files.ts";
import { countOf, firstValue, isUpToDate } from "./support/query.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const DAYS = 298;
const SALES = 20;
const CHANGING = 10;
const ROUNDS = 10;
const WAIT = { within: 300_000, every: 100 };

const fileOf = (day: number, sales: number): string =>
  [
    "id_vente,date_vente,id_produit,id_magasin,quantité",
    ...Array.from({ length: sales }, (_, i) => `${day}-${i},2026-01-01,p,m,1`),
    "",
  ].join("\n");

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

it(`${DAYS + 2} sources of which ${CHANGING} change, ${ROUNDS} times`, async () => {
  const server = await publishFiles({
    "p.csv": "id_produit,prix\np,2\n",
    "m.csv": "id_magasin,ville\nm,Brest\n",
    ...Object.fromEntries(Array.from({ length: DAYS }, (_, day) => [`${day}.csv`, fileOf(day, SALES)])),
  });
  onTestFinished(server.close);
  const data = join(scratchDirectory(), "data");
  const names = [...Array.from({ length: DAYS }, (_, day) => `${day}.csv`), "p.csv", "m.csv"];
  await onLog(
    data,
    Effect.forEach(names, (name) => registerSource(server.url(name)), { discard: true }),
  );
  const registered = server.requests.length;
  const answersWith = (status: number) =>
    server.requests.slice(registered).filter((r) => r.status === status).length;

  const running = startVentes(["start", "--data", data, "--every", "1s"]);
  const isThere = (sales: number) => countOf(data, "ventes") === sales && isUpToDate(data);
  const began = performance.now();
  await until("every source to be read", () => isThere(DAYS * SALES), WAIT);
  const took = performance.now() - began;
  // Parents among the first, some at once as they are on this machine; each downloaded once.
  expect(answersWith(200)).toBe(names.length);
  const first = server.requests.slice(registered, registered + 10).map(({ path }) => path);
  expect(first).toEqual(expect.arrayContaining(["/m.csv", "/p.csv"]));

  const rounds = async (from: number) => {
    for (let round = 1; round <= ROUNDS / 2; round++) {
      const sales = SALES + from + round;
      for (let day = 0; day < CHANGING; day++) server.publish(`${day}.csv`, fileOf(day, sales));
      await until(`round ${from + round}`, () => isThere(DAYS * SALES + CHANGING * (from + round)), WAIT);
    }
  };
  await rounds(0);
  const early = residentMb(running.pid);
  await rounds(ROUNDS / 2);
  const late = residentMb(running.pid);

  expect(firstValue(data, "SELECT COUNT(DISTINCT id_vente) FROM ventes")).toBe(
    DAYS * SALES + CHANGING * ROUNDS,
  );
  expect(firstValue(data, "SELECT valeur FROM analyses WHERE nom = 'chiffre_affaires_total'")).toBe(
    2 * (DAYS * SALES + CHANGING * ROUNDS),
  );
  // One download whole, the end of each version that grew, 304 for all other requests.
  expect(answersWith(200)).toBe(names.length);
  expect(answersWith(206)).toBe(CHANGING * ROUNDS);
  expect(answersWith(200) + answersWith(206) + answersWith(304)).toBe(server.requests.length - registered);
  expect(answersWith(304)).toBeGreaterThan(names.length);
  console.log(
    `${names.length} sources read in ${(took / 1000).toFixed(1)} s; ${answersWith(304)} answers 304; ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`,
  );
  expect(late).toBeLessThan(early * 1.15);
  expect((await running.stop()).code).toBe(130);
}, 900_000);

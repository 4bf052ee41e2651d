/**
 * What following a URL costs once it was read: nothing while nothing is new, the end of the file for appended rows,
 * the whole for a change in its middle; and an event for each row that is new, in any case.
 */
import { expect, it, onTestFinished } from "vitest";
import { publish } from "../producer/testing/scripted.ts";
import type { OnceReport } from "./support/answers.ts";
import { countOf } from "./support/query.ts";
import { expectSuccess, scratchDirectory, ventes } from "./support/ventes.ts";

const ROWS = 20_000;
const row = (n: number) =>
  `V${n};2024-03-${String(1 + (n % 28)).padStart(2, "0")};P${n % 50};M${n % 7};2;1,50\n`;
const CSV = `id_vente;date_vente;id_produit;id_magasin;quantité;chiffre_affaires\n${Array.from({ length: ROWS }, (_, n) => row(n)).join("")}`;

it("an appended row costs one request, less than 64 KB and one event", async () => {
  const server = await publish(CSV, {
    etag: '"1"',
    lastModified: "Mon, 01 Jan 2024 00:00:00 GMT",
    ranges: true,
  });
  onTestFinished(() => server.close());
  const data = scratchDirectory();
  const once = async (...args: readonly string[]) => {
    server.asked.length = 0;
    server.sent = 0;
    const ran = await ventes(["start", "--once", "--json", "--data", data, ...args], { timeout: 120_000 });
    expectSuccess(ran);
    const { events, sources } = JSON.parse(ran.stdout) as OnceReport;
    return { events, records: sources[0]?.records, requests: server.asked.length, sent: server.sent };
  };
  const change = (content: string, etag: string) => {
    server.content = Buffer.from(content);
    server.etag = etag;
  };

  expect(await once(`${server.url}ventes.csv`)).toMatchObject({ events: ROWS, records: ROWS });
  expect(await once()).toEqual({ events: 0, records: ROWS, requests: 1, sent: 0 });

  change(CSV + row(ROWS), '"2"');
  const appended = await once();
  expect(appended).toMatchObject({ events: 1, records: ROWS + 1, requests: 1 });
  expect(appended.sent).toBeLessThan(64 * 1024);
  expect(countOf(data, "orphelins")).toBe(ROWS + 1);

  // Of the same length, in the middle: the whole is read, and one row of it is new.
  const edited = `${CSV}${row(ROWS)}`.replace(row(ROWS / 2), row(ROWS / 2).replace(";2;", ";9;"));
  change(edited, '"3"');
  expect(await once()).toMatchObject({ events: 1, records: ROWS + 1, requests: 2 });
  expect(countOf(data, "orphelins")).toBe(ROWS + 1);

  // Without ranges and without validators: all of it each time, and no event more.
  server.ranges = false;
  server.etag = null;
  server.lastModified = null;
  expect(await once()).toMatchObject({ events: 0, sent: server.content.length });
  change(edited + row(ROWS + 1), "");
  server.etag = null;
  expect(await once()).toMatchObject({ events: 1, records: ROWS + 2, sent: server.content.length });
}, 240_000);

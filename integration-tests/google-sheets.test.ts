/**
 * A spreadsheet published as CSV, as Google serves it: a redirect (307) to another host, chunked, without ETag,
 * Last-Modified or a final newline, every path alike. A poll that finds nothing new costs one GET and no event.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { OnceReport } from "./support/answers.ts";
import { ventes } from "./support/in-process.ts";
import { smallCompany } from "./support/missions.ts";
import { countOf, firstValue } from "./support/query.ts";
import { until } from "./support/until.ts";
import { expectSuccess, scratchDirectory, startVentes } from "./support/ventes.ts";

const listening = async (server: Server, host: string): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://${host}:${(server.address() as AddressInfo).port}`;
};

const csv = (text: string): string => text.trimEnd().replaceAll(",", ".").replaceAll(";", ",");

/** Sheets by gid. Two hosts: the one that is published, and the one that serves. */
const publishSheets = async (sheets: Record<string, string>) => {
  const gets: string[] = [];
  const content = createServer((request, response) => {
    const gid = new URL(request.url ?? "", "http://x").searchParams.get("gid") ?? "";
    gets.push(gid);
    response.writeHead(200, { "content-type": "text/csv", "cache-control": "no-cache, no-store" });
    const text = sheets[gid] ?? "";
    // Without a content-length the answer is chunked; one chunk ends in the middle of a line.
    response.write(text.slice(0, 40));
    setImmediate(() => response.end(text.slice(40)));
  });
  const contentHost = await listening(content, "127.0.0.2");
  const published = createServer((request, response) => {
    response.writeHead(307, { location: `${contentHost}${request.url}`, "cache-control": "no-cache" }).end();
  });
  const host = await listening(published, "127.0.0.1");
  return {
    gets,
    url: (gid: string) => `${host}/spreadsheets/d/e/2PACX/pub?gid=${gid}&single=true&output=csv`,
  };
};

it("is read whole, and polled again with one GET and no event", async () => {
  const sheets = {
    0: csv(smallCompany.produits),
    1: csv(smallCompany.magasins),
    2: csv(smallCompany.ventes),
  };
  const { gets, url } = await publishSheets(sheets);
  const data = scratchDirectory();
  // Here the redirect leads to a private address.
  const env = { VENTES_ALLOW_PRIVATE: "1" };
  const args = ["start", "--once", "--json", "--data", data];
  const once = async (...sources: readonly string[]): Promise<OnceReport> => {
    const ran = await ventes([...args, ...sources], { env });
    expectSuccess(ran);
    return JSON.parse(ran.stdout) as OnceReport;
  };

  expect(await once(url("0"), url("1"), url("2"))).toMatchObject({
    analyses: smallCompany.analyses,
    rejects: 0,
  });

  gets.length = 0;
  expect(await once()).toMatchObject({ events: 0, changed: 0, analyses: smallCompany.analyses });
  expect(gets.toSorted()).toEqual(["0", "1", "2"]);

  gets.length = 0;
  sheets[2] += `\n${csv(smallCompany.line)}`;
  expect(await once()).toMatchObject({ events: 1, changed: 1, analyses: smallCompany.withLine });
  expect(gets.toSorted()).toEqual(["0", "1", "2"]);
});

it("is followed with one GET for each poll", async () => {
  const { gets, url } = await publishSheets({ 0: csv(smallCompany.produits) });
  const data = scratchDirectory();
  const running = startVentes(["start", "--data", data, "--every", "300ms", url("0")], {
    env: { VENTES_ALLOW_PRIVATE: "1" },
  });
  await running.said(/^page http/m);
  const lastCommit = () => firstValue(data, "SELECT MAX(commit_id) FROM commits");
  await until("the products", () => countOf(data, "produits") === 3);
  const [commit, polls] = [lastCommit(), gets.length];
  await until("some more polls", () => gets.length >= polls + 4);
  const ended = await running.stop();
  expect(ended.code).toBe(130);
  expect(lastCommit()).toBe(commit);
});

it("reports sheets that were swapped by mistake", async () => {
  const { url } = await publishSheets({ 0: csv(smallCompany.produits), 1: csv(smallCompany.magasins) });
  const data = scratchDirectory();
  const ran = await ventes(["start", "--once", "--data", data, "--source", `magasins=${url("0")}`], {
    env: { VENTES_ALLOW_PRIVATE: "1" },
  });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/magasins/);
  expect(ran.stderr).toMatch(/produits/);
});

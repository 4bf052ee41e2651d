/** The secrets of a source are in no topic, log or database, and are never shown. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { OnceReport } from "./support/answers.ts";
import { ventes } from "./support/in-process.ts";
import { listening } from "./support/listening.ts";
import { smallCompany } from "./support/missions.ts";
import { countOf } from "./support/query.ts";
import { scratchDirectory } from "./support/ventes.ts";

const PASSWORD = "Zq9-pass-w0rd";
const TOKEN = "Zq9-t0ken-in-url";

/** Serves the products to requests that have both: the password in a header, the token in the query. */
const publish = async (): Promise<string> => {
  const expected = `Basic ${Buffer.from(`marie:${PASSWORD}`).toString("base64")}`;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://x");
    if (request.headers.authorization !== expected) response.writeHead(401).end();
    else if (searchParams.get("token") !== TOKEN) response.writeHead(403).end();
    else if (request.url?.startsWith("/exports/list.txt") === true)
      response.end(
        `produits.csv?token=${TOKEN}\nhttp://marie:${PASSWORD}@127.0.0.1:9/x.csv\nrien.csv?token=${TOKEN}\n`,
      );
    else if (request.url?.startsWith("/exports/produits.csv") === true) response.end(smallCompany.produits);
    else response.writeHead(404).end();
  });
  return await listening(server);
};

const filesUnder = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());

it("a source with credentials and a token is followed, shown and removed without showing either", async () => {
  const origin = await publish();
  const data = scratchDirectory();
  const env = { VENTES_CREDENTIALS: `${origin}/exports/ basic marie:${PASSWORD}` };
  const source = `${origin}/exports/produits.csv?token=${TOKEN}`;
  const shown = `${origin}/exports/produits.csv?token=***`;
  const said: string[] = [];
  const run = async (args: readonly string[], code = 0, more: Record<string, string> = env) => {
    const ran = await ventes([...args, "--data", data], { env: more });
    said.push(ran.stdout, ran.stderr);
    expect({ code: ran.code, stderr: ran.code === code ? "" : ran.stderr }).toEqual({ code, stderr: "" });
    return ran;
  };

  // Without them the message names what is missing, and nothing is registered.
  const missing = await run(["sources", "add", source], 1, {});
  expect(missing.stderr).toContain(`${shown} answers 401: VENTES_CREDENTIALS has nothing for it`);

  const once = JSON.parse((await run(["start", "--once", "--json", source])).stdout) as OnceReport;
  expect(once).toMatchObject({ sources: [{ source: shown, state: "ok", records: 3 }] });
  expect(countOf(data, "produits")).toBe(3);
  expect((await run(["sources"])).stdout).toContain(shown);
  expect(JSON.parse((await run(["sources", "--json"])).stdout)).toMatchObject([{ source: shown }]);
  await run(["status"]);
  await run(["sources", "add", source, "--dry-run"]);

  // Wrong credentials park the source, with a sentence.
  const wrong = { VENTES_CREDENTIALS: `${origin}/ basic marie:wrong-${PASSWORD}` };
  const parked = await run(["start", "--once"], 1, wrong);
  expect(parked.stderr).toContain(`answers 401 to "${origin}/ basic ***"`);

  // The masked URL, as it is shown, names the source too.
  await run(["sources", "remove", shown]);
  expect(JSON.parse((await run(["sources", "--json"])).stdout)).toEqual([]);

  // A catalogue: its own address, an entry that it refuses for its password, and one that does not exist.
  const catalogue = `${origin}/exports/list.txt?token=${TOKEN}`;
  await run(["sources", "add", "--catalogue", catalogue, "--dry-run", "--json"]);
  const added = await run(["sources", "add", "--catalogue", catalogue]);
  expect(added.stdout).toContain(`${origin}/exports/list.txt?token=***`);
  await run(["start", "--once"], 1);
  const status = JSON.parse((await run(["status", "--json"], 1)).stdout) as {
    catalogues: { refusals: { source: string }[] }[];
  };
  expect(status.catalogues[0]?.refusals.map(({ source }) => source).sort()).toEqual([
    "http://***@127.0.0.1:9/x.csv",
    `${origin}/exports/rien.csv?token=***`,
  ]);
  await run(["sources", "--json"]);
  await run(["sources"]);

  expect(said.join("\n")).not.toContain(PASSWORD);
  expect(said.join("\n")).not.toContain(TOKEN);
  const encoded = Buffer.from(`marie:${PASSWORD}`).toString("base64");
  for (const path of filesUnder(data)) {
    const bytes = readFileSync(path);
    expect({ path, password: bytes.includes(PASSWORD) || bytes.includes(encoded) }).toEqual({
      path,
      password: false,
    });
  }
});

it("a URL that has a password is never written anywhere", async () => {
  const data = scratchDirectory();
  const ran = await ventes(["start", "--once", "--data", data, `http://marie:${PASSWORD}@127.0.0.1:9/x.csv`]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("http://***@127.0.0.1:9/x.csv");
  for (const path of filesUnder(data)) expect(readFileSync(path).includes(PASSWORD)).toBe(false);
});

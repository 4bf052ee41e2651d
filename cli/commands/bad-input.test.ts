/** Bad input: exit 1, one clear line on stderr, no stack trace, nothing registered. */

import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { listening } from "../../integration-tests/support/listening.ts";
import { scratchDirectory, startVentes } from "../../integration-tests/support/ventes.ts";

/** One line that names what is wrong; exit 1. */
const fails = async (
  args: readonly string[],
  says: RegExp,
  env: Record<string, string> = {},
): Promise<void> => {
  const ran = await ventes(args, { env });
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 1, stdout: "" });
  expect(ran.stderr).toMatch(/^ventes: [^\n]+\n$/);
  expect(ran.stderr).toMatch(says);
};

const serve = async (answer: (path: string) => { status?: number; type?: string; body: string }) => {
  const server = createServer((request, response) => {
    const { status = 200, type = "text/csv", body } = answer(request.url ?? "/");
    response.writeHead(status, { "content-type": type }).end(body);
  });
  return await listening(server);
};

const file = (name: string, text: string): string => {
  const path = join(scratchDirectory(), name);
  writeFileSync(path, text);
  return path;
};

const SHOPS = "ID Magasin,Ville\n1,Paris\n";

describe("what cannot be a source", () => {
  const cases: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    ["no such file", () => "/nonexistent/ventes.csv", /\/nonexistent\/ventes\.csv does not exist/],
    ["a directory", () => scratchDirectory(), /is not a file/],
    [
      "404",
      async () => `${await serve(() => ({ status: 404, body: "no" }))}/v.csv`,
      /does not exist \(404\)/,
    ],
    [
      "HTML",
      async () =>
        `${await serve(() => ({ type: "text/html", body: "<!doctype html><title>x</title>" }))}/v.csv`,
      /HTML page, not a CSV/,
    ],
    ["an empty file", () => file("v.csv", ""), /is empty/],
    [
      "a header without the key columns",
      () => file("v.csv", "couleur,taille\nrouge,3\n"),
      /columns found: couleur, taille; missing: /,
    ],
    ["nobody listening", () => "http://127.0.0.1:9/v.csv", /cannot be reached/],
  ];

  it.each(cases)("%s", async (_, source, says) => {
    const data = scratchDirectory();
    const at = await source();
    await fails(["sources", "add", at, "--data", data], says);
    await fails(["start", "--once", at, "--data", data], says);
    const listed = await ventes(["sources", "--json", "--data", data]);
    expect(JSON.parse(listed.stdout)).toEqual([]);
  });

  it("a file whose header contradicts the entity", async () => {
    const data = scratchDirectory();
    const shops = file("m.csv", SHOPS);
    const says = /the given entity is produits, but the file holds magasins/;
    await fails(["sources", "add", "produits", shops, "--data", data], says);
    await fails(["start", "--once", "--source", `produits=${shops}`, "--data", data], says);
  });

  it("a source that was removed later: the others are read, and the exit code is 1", async () => {
    const data = scratchDirectory();
    const shops = file("m.csv", SHOPS);
    let status = 200;
    const url = await serve(() => ({ status, body: "id_produit,nom,prix\nP1,Pain,2.5\n" }));
    expect((await ventes(["sources", "add", `${url}/p.csv`, "--data", data])).code).toBe(0);
    expect((await ventes(["sources", "add", shops, "--data", data])).code).toBe(0);
    status = 404;
    const ran = await ventes(["start", "--once", "--json", "--data", data]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/does not exist \(404\)/);
    expect(ran.stderr).toMatch(/1 of 2 sources could not be read/);
    const { sources } = JSON.parse(ran.stdout) as { sources: { state: string }[] };
    expect(sources.map(({ state }) => state)).toEqual(["parked", "ok"]);
  });
});

describe("a database that the program must not write", () => {
  const database = (make: (db: Database.Database) => void): string => {
    const data = scratchDirectory();
    const db = new Database(join(data, "ventes.db"));
    make(db);
    db.close();
    return data;
  };

  it("of another program", async () => {
    const data = database((db) => db.exec("CREATE TABLE recettes (nom TEXT)"));
    const shops = file("m.csv", SHOPS);
    await fails(
      ["start", "--once", shops, "--data", data],
      /not a database of ventes: choose another --data directory/,
    );
    await fails(
      ["query", "SELECT 1", "--data", data],
      /not a database of ventes: choose another --data directory/,
    );
  });

  it("of a newer version", async () => {
    const data = database((db) => {
      db.exec("CREATE TABLE produits (x)");
      db.pragma(`application_id = ${0x564e5445}`);
      db.pragma("user_version = 999");
    });
    const shops = file("m.csv", SHOPS);
    await fails(["start", "--once", shops, "--data", data], /written by a newer version of ventes/);
    await fails(["query", "SELECT 1", "--data", data], /written by a newer version of ventes/);
  });

  it("that does not exist", async () => {
    const data = scratchDirectory();
    writeFileSync(join(data, "ventes.db"), "this is a letter to my mother, not a database\n".repeat(30));
    await fails(["start", "--once", file("m.csv", SHOPS), "--data", data], /is not a SQLite database/);
  });

  it("filled from another log", async () => {
    const [one, other] = [scratchDirectory(), scratchDirectory()];
    const shops = file("m.csv", SHOPS);
    for (const data of [one, other])
      expect((await ventes(["start", "--once", shops, "--data", data])).code).toBe(0);
    const { copyFileSync, rmSync } = await import("node:fs");
    for (const end of ["-wal", "-shm"]) rmSync(join(one, `ventes.db${end}`), { force: true });
    copyFileSync(join(other, "ventes.db"), join(one, "ventes.db"));
    await fails(["start", "--once", "--data", one], /was filled from another log/);
    const ran = await ventes(["status", "--data", one]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/filled from other topics/);
  });
});

describe("a directory that cannot be written", () => {
  it("because it is a file", async () => {
    const inTheWay = file("data", "");
    await fails(
      ["start", "--once", "--data", inTheWay],
      /cannot write .*choose another directory with --data/,
    );
    await fails(["hello", "--data", join(inTheWay, "deeper")], /cannot write/);
  });

  it("because it is read-only", async () => {
    // To root a mode says nothing, but nobody makes directories in /sys.
    const isRoot = process.getuid?.() === 0;
    const data = isRoot ? "/sys/ventes" : join(scratchDirectory(), "read-only");
    if (!isRoot) {
      mkdirSync(data);
      chmodSync(data, 0o500);
    }
    await fails(["start", "--once", "--data", data], /cannot write/);
  });
});

it("no broker: start --once gives up after --timeout", async () => {
  const env = { KAFKA_BROKERS: "127.0.0.1:9" };
  await fails(["start", "--once", "--timeout", "1s", "--data", scratchDirectory()], /127\.0\.0\.1:9/, env);
});

it("a second start in one directory is refused, and names it", async () => {
  const data = scratchDirectory();
  const first = startVentes(["start", "--data", data]);
  await first.said(/^page http/m);
  await fails(["start", "--data", data], new RegExp(`another 'ventes start' works in ${data}`));
  await fails(["start", "--once", "--data", data], new RegExp(`another 'ventes start' works in ${data}`));
  expect((await first.stop()).code).toBe(130);
});

it("a taken --port is an error", async () => {
  const url = await serve(() => ({ body: "" }));
  const port = new URL(url).port;
  const ran = await ventes(["start", "--port", port, "--data", scratchDirectory()]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(new RegExp(`^ventes: port ${port} is taken[^\\n]+\\n$`));
});

it("a page that other machines reach needs a token or VENTES_AUTH=none: the command fails before it does anything", async () => {
  const data = scratchDirectory();
  await fails(["start", "--host", "0.0.0.0", "--data", data], /set VENTES_TOKEN .*VENTES_AUTH=none/);
  await fails(["start", "--data", data], /VENTES_TOKEN .*VENTES_AUTH=none/, {
    VENTES_HOST: "::",
    VENTES_LANG: "fr",
  });
  // No broker answers there: it is not waited for first.
  const env = { KAFKA_BROKERS: "127.0.0.1:9", VENTES_HOST: "0.0.0.0" };
  expect(await ventes(["analyzer", "--data", data], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^ventes: .*VENTES_TOKEN/m),
  });
  expect(existsSync(join(data, "events.db"))).toBe(false);
});

it("text that is no SQL, and SQL that writes, are refused", async () => {
  const data = scratchDirectory();
  expect((await ventes(["start", "--once", file("m.csv", SHOPS), "--data", data])).code).toBe(0);
  await fails(["query", "SELEC 1", "--data", data], /SELEC is not allowed: a query reads this database/);
  await fails(["query", "SELECT 1 1", "--data", data], /SQL: near "1": syntax error/);
  await fails(["query", "DELETE FROM magasins", "--data", data], /DELETE is not allowed: a query reads/);
  await fails(["query", "SELECT * FROM clients", "--data", data], /SQL: no such table: clients/);
});

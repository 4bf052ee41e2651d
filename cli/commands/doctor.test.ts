/** `ventes doctor`: what it finds of a directory that is well, and of one in which a thing is wrong. */
import { closeSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { smallCompany } from "../../integration-tests/support/missions.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly check: string; readonly state: string; readonly says: string }[];
}

let data: string;
beforeEach(async () => {
  data = join(scratchDirectory(), "data");
  const folder = scratchDirectory();
  const files = (["produits", "magasins", "ventes"] as const).map((name) => {
    writeFileSync(join(folder, `${name}.csv`), smallCompany[name]);
    return join(folder, `${name}.csv`);
  });
  expect(await ventes(["start", "--once", ...files, "--data", data])).toMatchObject({ code: 0 });
});

const examined = async (env: Record<string, string> = {}) => {
  const { code, stdout } = await ventes(["doctor", "--json", "--data", data], { env });
  const { findings, ok } = JSON.parse(stdout) as Report;
  expect(code).toBe(ok ? 0 : 1);
  return new Map(findings.map(({ check, ...found }) => [check, found]));
};

/** Opens the database as another program would. */
const change = (sql: string): void => {
  const db = new Database(join(data, "ventes.db"));
  db.exec(sql);
  db.close();
};

it("finds nothing wrong in a directory that is well, and changes nothing there", async () => {
  const before = statSync(join(data, "ventes.db")).mtimeMs;
  const ran = await ventes(["doctor", "--data", data]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toMatch(/^ok {2}program {4}Node \d+/);
  expect(ran.stdout).toMatch(/^ok {2}database .*ventes\.db, events\.db: sound/m);
  expect(ran.stdout).toMatch(/^- {3}backup .*none is known: .*ventes backup backups/m);
  expect(ran.stdout).not.toMatch(/^!!/m);
  expect(statSync(join(data, "ventes.db")).mtimeMs).toBe(before);
});

it("says what is still missing before the first start, and makes none of it", async () => {
  data = join(scratchDirectory(), "new");
  const found = await examined();
  expect(found.get("directory")).toMatchObject({ state: "note" });
  expect(found.get("topics")).toMatchObject({ state: "note" });
  expect(found.get("integrity")).toMatchObject({ state: "note" });
  expect(() => statSync(data)).toThrow("ENOENT");
  writeFileSync(data, "a file", { mode: 0o700 });
  expect((await examined()).get("directory")).toMatchObject({
    state: "wrong",
    says: expect.stringMatching(/^.*new: no directory can be made there: name another one with --data$/),
  });
});

it("finds a damaged database, and says how it is filled again", async () => {
  change("PRAGMA wal_checkpoint(TRUNCATE)");
  const file = openSync(join(data, "ventes.db"), "r+");
  writeSync(file, Buffer.alloc(40_000, 0xaa), 0, 40_000, 8_192);
  closeSync(file);
  const { state, says } = (await examined()).get("integrity") ?? {};
  expect(state).toBe("wrong");
  expect(says).toMatch(/ventes\.db is damaged/);
});

it("finds topics that are not those of the database", async () => {
  for (const name of ["events.db", "events.db-wal", "events.db-shm"])
    rmSync(join(data, name), { force: true });
  const found = await examined();
  expect(found.get("log")).toEqual({
    state: "wrong",
    says: expect.stringMatching(/was filled from other topics: name their cluster/),
  });
});

it("finds a clock that was set back, and an old backup", async () => {
  change("UPDATE commits SET committed_at = '2999-01-01T00:00:00.000Z'");
  const backup = { at: "2020-01-31T00:00:00.000Z", path: "/backups/old", commit: 1 };
  writeFileSync(join(data, "backup.json"), JSON.stringify(backup));
  const found = await examined();
  expect(found.get("clock")).toMatchObject({
    state: "wrong",
    says: expect.stringContaining("set the clock"),
  });
  expect(found.get("backup")).toMatchObject({
    state: "note",
    says: expect.stringMatching(/2020-01-31.* days ago: .*ventes backup backups --every 1h --keep 24/),
  });
});

it("finds another program on the port of the page", async () => {
  const server = createServer((_, response) => response.end("not ventes"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  const { port } = server.address() as AddressInfo;
  const found = await examined({ VENTES_PORT: String(port) });
  expect(found.get("port")).toMatchObject({
    state: "note",
    says: expect.stringContaining("another program"),
  });
});

it("finds a page that other machines would read without a token, and brokers that do not answer", async () => {
  const found = await examined({ VENTES_HOST: "0.0.0.0", KAFKA_BROKERS: "127.0.0.1:1" });
  expect(found.get("port")).toMatchObject({ state: "wrong", says: expect.stringContaining("VENTES_TOKEN") });
  expect(found.get("topics")).toMatchObject({
    state: "wrong",
    says: expect.stringContaining("correct KAFKA_BROKERS"),
  });
  expect(found.get("log")).toMatchObject({ state: "note" });
});

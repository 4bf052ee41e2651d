/** A path as a source: what it costs to see that nothing, or only the end, is new. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { until } from "../../integration-tests/support/until.ts";
import { SourceRefusal } from "../source/error.ts";
import { taken } from "../testing/downloads.ts";
import { contentHash, type Fetched, OVERLAP_BYTES, type Validators } from "./fetched.ts";
import { type FileOptions, fetchFile } from "./file.ts";

const HEADER = "id_magasin,ville\n";
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${from + i},Ville ${(from + i) * 7919}\n`).join("");
const CSV = HEADER + rows(0, 5000);

let dir: string;
let file: string;
let known: Validators | null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-file-"));
  file = join(dir, "magasins.csv");
  known = null;
  writeFileSync(file, CSV);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function poll(more: Partial<FileOptions> = {}): Promise<Fetched> {
  const fetched = await fetchFile({
    source: pathToFileURL(file).href,
    spool: join(dir, "spooled"),
    known,
    resumeFrom: CSV.length - 10,
    under: null,
    within: null,
    signal: new AbortController().signal,
    clock: systemClock,
    ...more,
  });
  known = fetched.validators;
  return fetched;
}
/** Everything but the file itself. */
const left = () => readdirSync(dir).filter((name) => name !== "magasins.csv");

describe("a path", () => {
  it("that was not touched is not read", async () => {
    taken(await poll());
    expect(await poll()).toMatchObject({ kind: "unchanged", received: 0 });
  });

  it("that was touched is read, and unchanged when its content is the same", async () => {
    taken(await poll());
    utimesSync(file, new Date(), new Date());
    expect(await poll()).toMatchObject({ kind: "unchanged", received: CSV.length });
    expect(left()).toEqual([]);
  });

  it("that has grown gives the appended part, and validators of the whole", async () => {
    taken(await poll());
    for (let n = 0; n < 3; n++) {
      const from = statSync(file).size - 10;
      appendFileSync(file, rows(9000 + n, 9001 + n));
      const grown = await poll({ resumeFrom: from });
      expect(grown).toMatchObject({ kind: "grown", whole: false, from, bytes: statSync(file).size });
      // Copied is the overlap and the end, not the file.
      if (grown.kind === "grown") expect(statSync(grown.file).size).toBeLessThan(OVERLAP_BYTES + 100);
      expect(taken(grown)).toMatch(/^.{10}9\d+,Ville \d+\n$/s);
      expect(contentHash(grown.validators)).not.toBeNull();
    }
    utimesSync(file, new Date(), new Date());
    expect((await poll()).kind).toBe("unchanged");
  });

  it("that has grown and was edited far before is read whole", async () => {
    taken(await poll());
    writeFileSync(file, CSV.replace("0,Ville 0", "0,Paris 0") + rows(9000, 9001));
    expect((await poll()).kind).toBe("content");
    expect(left()).toEqual(["spooled"]);
  });

  it("that was shortened or replaced is read whole; a longer copy of it has grown", async () => {
    taken(await poll());
    const other = join(dir, "other");
    writeFileSync(other, CSV + rows(9000, 9001));
    renameSync(other, file);
    expect((await poll()).kind).toBe("grown");
    writeFileSync(file, HEADER);
    expect(await poll({ resumeFrom: 5 })).toMatchObject({ kind: "content", bytes: HEADER.length });
    writeFileSync(file, "");
    expect(await poll()).toMatchObject({ kind: "content", bytes: 0 });
    writeFileSync(file, CSV);
    expect((await poll()).kind).toBe("content");
  });

  it("is read again after a day, whatever its date says", async () => {
    taken(await poll());
    const { mtime, atime } = statSync(file);
    writeFileSync(file, CSV.replace("0,Ville 0", "0,Paris 0"));
    utimesSync(file, atime, mtime);
    const stat = `${statSync(file).mtimeMs} ${statSync(file).size} ${statSync(file).ino}`;
    known = known && { ...known, stat };
    expect((await poll()).kind).toBe("unchanged");
    known = known && { ...known, wholeAt: new Date(Date.now() - 24 * 3_600_001).toISOString() };
    expect((await poll()).kind).toBe("content");
  });

  it("is not read outside the allowed folder, through any link", async () => {
    const under = { folder: join(dir, "allowed") };
    await expect(poll({ under: { folder: null } })).rejects.toMatchObject({ code: "source.not_allowed" });
    await expect(poll({ under })).rejects.toMatchObject({ code: "source.not_found" });
    expect((await poll({ under: { folder: dir } })).kind).toBe("content");
  });
});

describe("a path that another user may replace", () => {
  it.each([
    ["a pipe", "mkfifo"],
    ["a socket", "socket"],
    ["a device", "device"],
    ["a folder", "folder"],
  ])("%s is not waited for, and not read", async (_, kind) => {
    rmSync(file);
    const server = createServer();
    try {
      if (kind === "mkfifo") spawnSync("mkfifo", [file]);
      else if (kind === "device") symlinkSync("/dev/zero", file);
      else if (kind === "folder") mkdirSync(file);
      else await new Promise<void>((resolve) => server.listen(file, resolve));
      await expect(poll()).rejects.toMatchObject({ code: "source.not_a_file" });
      expect(left()).toEqual([]);
    } finally {
      server.close();
    }
  });

  it("a link that an operator named is followed; one found in a followed folder, only where it stays in it", async () => {
    const followed = join(dir, "followed");
    mkdirSync(join(followed, "old"), { recursive: true });
    writeFileSync(join(followed, "old", "inside.csv"), CSV);
    symlinkSync(file, join(followed, "out.csv"));
    symlinkSync(join(followed, "old", "inside.csv"), join(followed, "in.csv"));
    const at = (name: string) => ({ source: pathToFileURL(join(followed, name)).href });
    expect(taken(await poll(at("out.csv")))).toBe(CSV);
    known = null;
    await expect(poll({ ...at("out.csv"), within: followed })).rejects.toMatchObject({
      code: "source.leads_out",
      what: followed,
    });
    expect(taken(await poll({ ...at("in.csv"), within: followed }))).toBe(CSV);
  });

  it("a link that takes turns with the file, or with its folder, never gives the content of its target", async () => {
    const [followed, outside] = [join(dir, "followed"), join(dir, "outside")];
    for (const folder of [join(followed, "sub"), outside]) mkdirSync(folder, { recursive: true });
    const secret = CSV.replaceAll("Ville", "Secret");
    writeFileSync(join(outside, "a.csv"), secret);
    const attacker = spawn(process.execPath, ["-e", ATTACK, followed, outside], { stdio: "inherit" });
    try {
      await until("both are there", () => existsSync(join(followed, "a.csv")));
      const met = { content: 0, refused: 0 };
      const ends = Date.now() + RACE_MS;
      // On a busy machine a look takes long: it goes on until both were met.
      for (let n = 0; Date.now() < ends || Math.min(met.content, met.refused) <= 10; n++) {
        known = null;
        const source = pathToFileURL(join(followed, n % 2 === 0 ? "a.csv" : "sub/a.csv")).href;
        const bound = n % 4 < 2 ? { within: followed } : { under: { folder: followed } };
        try {
          expect(taken(await poll({ source, ...bound }))).not.toContain("Secret");
          met.content++;
        } catch (error) {
          if (!(error instanceof SourceRefusal)) throw error;
          met.refused++;
        }
      }
    } finally {
      attacker.kill("SIGKILL");
      await once(attacker, "exit");
    }
  });
});

/** How long the attacker and the reader run against each other. */
const RACE_MS = 1_500;

/** Puts in turn a file and a link in the place of FOLLOWED/a.csv, a folder and a link in that of FOLLOWED/sub. */
const ATTACK = `
const { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } = require("node:fs");
const [followed, outside] = process.argv.slice(1);
const content = ${JSON.stringify(CSV)};
mkdirSync(followed + "/real");
writeFileSync(followed + "/real/a.csv", content);
rmSync(followed + "/sub", { recursive: true });
for (;;) {
  writeFileSync(followed + "/new", content);
  renameSync(followed + "/new", followed + "/a.csv");
  symlinkSync(followed + "/real", followed + "/new");
  renameSync(followed + "/new", followed + "/sub");
  symlinkSync(outside + "/a.csv", followed + "/new");
  renameSync(followed + "/new", followed + "/a.csv");
  symlinkSync(outside, followed + "/new");
  renameSync(followed + "/new", followed + "/sub");
}
`;

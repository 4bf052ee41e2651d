/**
 * Calls of SQLite in a short life of a data directory fail: with a full disk, a lock, a damaged file, a disk that
 * cannot be read, a file that may not be written. Each time the command goes on, or ends with exit code 1 and a
 * sentence that says which file, what is wrong and what to do. It never ends with a trace. By default each sixth place
 * that calls SQLite is tried, with one of the errors; VENTES_TEST_LONG=1 tries all places with all errors.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteError, withFailingSqlite } from "./support/failing-sqlite.ts";
import { ventes } from "./support/in-process.ts";
import type { Ran } from "./support/ventes.ts";

interface Failing {
  readonly code: string;
  readonly says: RegExp;
  /** How many calls meet the error before it passes: a component may wait for a full disk, and must go on then. */
  readonly times: number;
}

const ERRORS: readonly Failing[] = [
  { code: "SQLITE_FULL", says: /is full: make room/, times: 3 },
  // The lock of a directory is held by another process: that is said in its own words.
  { code: "SQLITE_BUSY", says: /is locked by another program: close it|works in .*: stop it/, times: 1 },
  { code: "SQLITE_CORRUPT_INDEX", says: /is damaged \(SQLITE_CORRUPT_INDEX\): /, times: 3 },
  {
    code: "SQLITE_IOERR_READ",
    says: /cannot be read or written \(SQLITE_IOERR_READ\): check the disk/,
    times: 3,
  },
  { code: "SQLITE_READONLY", says: /cannot write .* \(SQLITE_READONLY\): .* make it writable/, times: 3 },
];
const IS_LONG = process.env.VENTES_TEST_LONG === "1";
/** Of so many places one is tried with an error; the five errors take different ones. */
const EACH = 30;

const FILES = {
  "produits.csv": "id_produit,nom,prix\n1,Thé,2\n2,Café,3\n",
  "magasins.csv": "id_magasin,ville\n1,Brest\n",
  "ventes.csv":
    "id_vente,id_produit,id_magasin,date,quantite\n1,1,1,2024-01-01,2\n2,2,1,2024-01-02,2\n3,9,1,2024-01-02,x\n",
};

const commandsOn = (folder: string): readonly (readonly string[])[] => {
  const files = Object.entries(FILES).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  return [
    ["start", "--once", "--timeout", "1s", ...files],
    ["start", "--once", "--timeout", "1s"],
    ["status"],
    ["rejects"],
    ["prices", "1"],
    ["sources"],
    ["replay"],
    ["hello"],
    ["sources", "remove", files[2] as string, "--withdraw"],
  ];
};

/** Runs a command; its calls at `site` fail. Returns what is wrong with how it ends, or undefined. */
async function wrongEnd(
  args: readonly string[],
  site: string,
  failing: Failing,
): Promise<string | undefined> {
  const { code, says, times } = failing;
  let thrown = 0;
  let file = "";
  const ran: Ran = await withFailingSqlite(
    (at, name) => {
      if (thrown === times || at() !== site) return undefined;
      thrown += 1;
      file = basename(name);
      return sqliteError(code);
    },
    () => ventes(args),
  );
  const isSaid = says.test(ran.stderr) && (ran.stderr.includes(file) || file === "lock.db");
  if (ran.code === 0 || thrown === 0 || (ran.code === 1 && isSaid && !/\n\s+at /.test(ran.stderr)))
    return undefined;
  return `${args[0]}, ${code} at ${site}: exit code ${ran.code}, ${ran.stderr}`;
}

interface Step {
  readonly command: readonly string[];
  /** The data directory before the command; undefined: an empty one. */
  readonly before: string | undefined;
  /** The places that call SQLite in it, and in no command before it. */
  readonly sites: readonly string[];
}

let folder: string;
let copies = 0;
const copyOf = (from: string | undefined): string => {
  const data = join(folder, `data-${copies++}`);
  mkdirSync(data, { mode: 0o700 });
  if (from !== undefined) cpSync(from, data, { recursive: true });
  return data;
};

/** The commands, each on what those before it left. */
async function wholeLife(): Promise<readonly Step[]> {
  const known = new Set<string>();
  const steps: Step[] = [];
  let before: string | undefined;
  for (const command of commandsOn(folder)) {
    const data = copyOf(before);
    const sites: string[] = [];
    const whole = await withFailingSqlite(
      (site) => {
        const name = site();
        if (!known.has(name)) sites.push(name);
        known.add(name);
      },
      () => ventes([...command, "--data", data]),
    );
    expect(whole).toMatchObject({ code: 0 });
    steps.push({ command, before, sites });
    before = data;
  }
  return steps;
}

describe("where SQLite fails, the command goes on or ends with a sentence that names the file", () => {
  let steps: readonly Step[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ventes-"));
    steps = await wholeLife();
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(ERRORS)("$code", { timeout: 1_800_000 }, async (failing) => {
    const all = steps.flatMap(({ sites, ...step }) => sites.map((site) => ({ ...step, site })));
    expect(all.length).toBeGreaterThan(250);
    const isOwn = (n: number): boolean => n % EACH === (ERRORS.indexOf(failing) * EACH) / ERRORS.length;
    const own = all.filter((_, n) => IS_LONG || isOwn(n));
    const wrong: string[] = [];
    for (const { command, before, site } of own) {
      const data = copyOf(before);
      const found = await wrongEnd([...command, "--data", data], site, failing);
      rmSync(data, { recursive: true });
      if (found !== undefined) wrong.push(found);
    }
    expect(wrong).toEqual([]);
  });
});

/** The screen of `ventes status --watch`, at the sizes of terminals. */
import { describe, expect, it } from "vitest";
import type { ComponentState } from "#shared/contract/status.ts";
import { sourceStatus } from "#shared/contract/testing/source-status.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { Found } from "../run/status.ts";
import { textsIn } from "../texts/texts.ts";
import { type Screen, type Seen, screenOf } from "./status-screen.ts";

const AT = "2026-03-02T10:00:00.000Z";
const NOW = Date.parse(AT) + 4_000;

const component = (name: ComponentState["component"], more: object = {}): Found["components"][number] => ({
  v: 1,
  component: name,
  id: "host:/data",
  database: null,
  state: "running",
  detail: "",
  since: AT,
  at: AT,
  figures: {},
  lost: false,
  ...more,
});

const found = (more: Partial<Found> = {}): Found => ({
  running: "start",
  components: [
    component("consumer"),
    component("analyzer", { page: "http://127.0.0.1:8080/" }),
    component("producer"),
  ],
  sources: [sourceStatus("/v.csv", { state: "ok", changed: AT })],
  catalogues: [],
  stale: [],
  log: { where: "embedded ventes", events: 1_200 },
  database: {
    analyses: [],
    commit: 12,
    at: AT,
    rejects: 3,
    waiting: { sales: 2, produits: [], magasins: [], priceless: [], otherwise: [] },
    missed: [],
    noticed: { names: [], prices: null },
    rows: { produits: 8, magasins: 7, ventes: 1_001 },
    names: new Map(),
    lag: 200,
    pending: true,
    applying: null,
  } as unknown as Found["database"],
  problems: [],
  ...more,
});

const seen = (more: Partial<Found> = {}, now = NOW): Seen => ({
  found: found(more),
  now,
  disk: { free: 73.34e9, used: 4_000_000 },
  backup: { at: "2026-03-02T07:00:00.000Z", path: "/backups/a", commit: 9 },
});

const screen = (language: Language = "en"): Screen => ({
  dir: "/data",
  settings: { language, timeZone: "Europe/Paris" },
  texts: textsIn(language),
  paceMs: 2_000,
});

const SMALL = { columns: 80, rows: 24 };

describe("the screen", () => {
  it("has every part, with times in the business zone and rates between two looks", () => {
    const before = seen({ log: { where: "", events: 1_000 } }, NOW - 2_000);
    const lines = screenOf(seen(), before, screen(), SMALL);
    expect(lines.slice(0, 16)).toEqual([
      "/data  02/03 11:00:04 Europe/Paris",
      "ventes start runs in it",
      "",
      "page        http://127.0.0.1:8080/",
      "producer    running  4 s",
      "consumer    running  4 s",
      "analyzer    running  4 s",
      "topics      1,200 records, +100/s",
      "database    1,001 sales, 8 products, 7 shops",
      "lag         200 records, applied 100/s",
      "figures     commit 12 of 02/03 11:00:00, 4 s ago, behind",
      "waiting     2 sales wait, 3 records are rejected",
      "disk        73.3 GB free, the data directory has 4 MB",
      "backup      02/03 08:00:00, 3 h ago, in /backups/a",
      "sources     1 ok; last change 02/03 11:00:00, 4 s ago",
      "",
    ]);
    expect(lines).toHaveLength(24);
    expect(lines[16]).toBe("nothing to do");
    expect(lines[23]).toBe("every 2 s; Ctrl-C ends it");
  });

  it("knows no rate at the first look, and says what it does not know", () => {
    const lines = screenOf({ ...seen({ log: null }), backup: undefined }, null, screen(), SMALL);
    expect(lines).toContain("topics      not known");
    expect(lines).toContainEqual(expect.stringMatching(/^backup {6}none is known: .*ventes backup backups/));
    expect(screenOf(seen(), null, screen(), SMALL)).toContain("topics      1,200 records, +…/s");
    expect(screenOf(seen({ database: null }), null, screen(), SMALL)).toContain("database    none yet");
  });

  it("speaks French", () => {
    const lines = screenOf(seen(), null, screen("fr"), SMALL);
    expect(lines).toContain("chiffres    commit 12 de 02/03 11:00:00, il y a 4 s, en retard");
    expect(lines[16]).toBe("rien à faire");
  });

  it("says which of several components it is, and which one is lost", () => {
    const components = [component("consumer"), component("consumer", { id: "other:/data", lost: true })];
    const lines = screenOf(seen({ components }), null, screen(), SMALL);
    expect(lines).toContain("consumer    running  4 s  host:/data");
    expect(lines).toContain("consumer    lost  4 s  other:/data");
  });
});

describe("what needs somebody", () => {
  const problem = (n: number) =>
    `https://example.org/${n}.csv answers 404 since this morning and a long explanation that takes two lines of it`;

  it("comes last, in whole sentences, and the screen never has more lines than the terminal", () => {
    const problems = Array.from({ length: 9 }, (_, n) => problem(n));
    const lines = screenOf(seen({ problems }), null, screen(), SMALL);
    expect(lines).toHaveLength(24);
    expect(lines[16]).toBe("to do (9)");
    expect(lines[17]).toMatch(/^! https:\/\/example\.org\/0\.csv answers 404/);
    expect(lines[21]).toMatch(/^ {2}and 7 more: .*ventes status$/);
    const large = screenOf(seen({ problems }), null, screen(), { columns: 120, rows: 40 });
    expect(large).toHaveLength(40);
    expect(large.filter((line) => line.startsWith("! "))).toHaveLength(9);
    expect(large.join("\n")).not.toContain("more: ");
  });

  it("shows no secret and moves no cursor", () => {
    const problems = ["https://marie:secret@example.org/v.csv \u001b[2J cannot be read"];
    const text = screenOf(seen({ problems }), null, screen(), SMALL).join("\n");
    expect(text).toContain("https://***@example.org/v.csv");
    expect(text).not.toContain("secret");
    expect(text).not.toContain("\u001b");
  });

  it("is on a terminal of a few lines too, after the first facts", () => {
    const drawn = (rows: number, columns = 20) =>
      screenOf(seen({ problems: [problem(1), problem(2)] }), null, screen(), { columns, rows });
    expect(drawn(5)).toEqual([
      "/data  02/03 11:00:04 Europe/Paris",
      "ventes start runs in it",
      "to do (2)",
      expect.stringMatching(/^ {2}and 2 more: .*ventes status$/),
      "every 2 s; Ctrl-C ends it",
    ]);
    expect(drawn(5, 200).slice(1, 3)).toEqual(["to do (2)", `! ${problem(1)}`]);
    expect(drawn(2)).toEqual(["to do (2)", "every 2 s; Ctrl-C ends it"]);
    expect(drawn(1)).toEqual(["every 2 s; Ctrl-C ends it"]);
  });
});

/** The notifier on the clock of the test: what is sent when, what a restart repeats, and what a lost receiver costs. */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import { describe, expect, it } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { sourceStatus } from "#shared/contract/testing/source-status.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { scratchDirectory } from "../integration-tests/support/ventes.ts";
import { parseDestination } from "./destination.ts";
import { type Failure, runNotifier } from "./run.ts";
import { type Message, NotSent } from "./send.ts";
import type { Limits } from "./verdicts.ts";

const LIMITS: Limits = { afterMs: 120_000, staleMs: null, rejects: 100, sale: null };
const NTFY = parseDestination("https://ntfy.sh/my-topic");
const JSON_HOOK = parseDestination("https://example.org/hook");
const SECRET = "https://a.example/v.csv?token=my-secret";

/** One source whose status may change, and the messages of each destination. `answers`: what a send fails with. */
function world(dir: string, limits: Partial<Limits> = {}, destinations = [NTFY, JSON_HOOK]) {
  const sent: { readonly to: string; readonly message: Message }[] = [];
  const failures: Failure[] = [];
  const answers = new Map<string, NotSent>();
  const state = { sources: [] as readonly SourceStatus[] };
  const running = runNotifier({
    destinations,
    limits: { ...LIMITS, ...limits },
    observe: () => ({ sources: state.sources, catalogues: [], components: [] }),
    safe: (text) => text.replaceAll("my-secret", "***"),
    onFailure: (failure) => failures.push(failure),
    send: ({ shown }, message) =>
      Effect.suspend(() => {
        const failure = answers.get(shown);
        if (failure !== undefined) return Effect.fail(failure);
        sent.push({ to: shown, message });
        return Effect.void;
      }),
  }).pipe(Effect.provideService(Settings, embeddedSettings(dir)));
  const status = (more: Partial<SourceStatus>) => {
    state.sources = [sourceStatus(SECRET, more)];
  };
  /** Titles by destination. */
  const titles = (destination = NTFY) =>
    sent.filter(({ to }) => to === destination.shown).map(({ message }) => message.title);
  return { running, sent, failures, answers, status, titles };
}

/** Runs steps while the notifier runs; each advances the clock of the test. */
const during = (
  { running }: Pick<ReturnType<typeof world>, "running">,
  steps: Effect.Effect<void>,
): Promise<void> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(running, { startImmediately: true });
      yield* steps;
      yield* Fiber.interrupt(fiber);
    }).pipe(Effect.provide(TestClock.layer())),
  );
const pass = (seconds: number) => TestClock.adjust(seconds * 1_000);

describe("a file that fails", () => {
  it("is told to each destination once, and after a restart only that it is read again", async () => {
    const dir = scratchDirectory();
    const first = world(dir);
    first.status({ state: "parked", reason: `${SECRET} answers 404` });
    await during(first, pass(600));
    expect(first.titles()).toEqual(["ventes: file cannot be read (v.csv)"]);
    expect(first.titles(JSON_HOOK)).toHaveLength(1);
    expect(JSON.stringify(first.sent)).not.toContain("my-secret");
    expect(readFileSync(`${dir}/notified.json`, "utf8")).not.toMatch(/my-secret|my-topic/);

    const second = world(dir);
    second.status({ state: "parked", reason: `${SECRET} answers 500` });
    await during(
      second,
      pass(300).pipe(
        Effect.tap(() => Effect.sync(() => second.status({ state: "ok" }))),
        Effect.andThen(pass(10)),
      ),
    );
    expect(second.titles()).toEqual(["ventes: file is read again (v.csv)"]);
  });

  it("with others in the same minute makes one message", async () => {
    const one = world(scratchDirectory(), { afterMs: 0 });
    one.status({ state: "parked", reason: "404" });
    await during(
      one,
      pass(5).pipe(
        Effect.tap(() => Effect.sync(() => one.status({ state: "ok", rejected: 100 }))),
        Effect.andThen(pass(5)),
        Effect.tap(() => Effect.sync(() => one.status({ state: "ok", rejected: 99 }))),
        Effect.andThen(pass(70)),
      ),
    );
    expect(one.titles()).toEqual(["ventes: file cannot be read (v.csv)", "ventes: 1 problem, 2 solved"]);
  });

  it("for hours does not tell again what was told of its lines", async () => {
    const one = world(scratchDirectory(), { afterMs: 0 });
    const becomes = (more: Partial<SourceStatus>) => Effect.sync(() => one.status(more));
    one.status({ state: "ok", rejected: 100 });
    await during(
      one,
      pass(5).pipe(
        Effect.andThen(becomes({ state: "parked", reason: "404" })),
        Effect.andThen(pass(7_200)),
        Effect.andThen(becomes({ state: "reading" })),
        Effect.andThen(pass(7_200)),
        Effect.andThen(becomes({ state: "ok", rejected: 100 })),
        Effect.andThen(pass(120)),
      ),
    );
    expect(one.titles()).toEqual([
      "ventes: rejected lines (v.csv)",
      "ventes: file cannot be read (v.csv)",
      "ventes: file is read again (v.csv)",
    ]);
  });
});

describe("what has been told", () => {
  it("is written once the disk has room again, also when nothing changes", async () => {
    const dir = scratchDirectory();
    const one = world(dir, { afterMs: 0 });
    one.status({ state: "parked", reason: "404" });
    const blocking = `${dir}/notified.json.new`;
    mkdirSync(blocking);
    await during(
      one,
      pass(300).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            expect([one.titles().length, existsSync(`${dir}/notified.json`)]).toEqual([1, false]);
            rmdirSync(blocking);
          }),
        ),
        Effect.andThen(pass(5)),
      ),
    );
    expect(readFileSync(`${dir}/notified.json`, "utf8")).toContain('"told":""');
  });
});

describe("a destination that does not take a message", () => {
  it("gets it later, is named once, and keeps the other one waiting for nothing", async () => {
    const one = world(scratchDirectory(), { afterMs: 0 });
    one.status({ state: "parked", reason: "404" });
    one.answers.set(NTFY.shown, new NotSent({ reason: "HTTP 503", hopeless: false }));
    await during(
      one,
      pass(30).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            expect([one.titles(), one.titles(JSON_HOOK).length]).toEqual([[], 1]);
            one.answers.clear();
          }),
        ),
        Effect.andThen(pass(30)),
      ),
    );
    expect(one.titles()).toHaveLength(1);
    expect(one.failures).toEqual([{ shown: NTFY.shown, reason: "HTTP 503", lost: 0 }]);
  });

  it("for good loses it, and says so", async () => {
    const one = world(scratchDirectory(), { afterMs: 0 });
    one.status({ state: "parked", reason: "404" });
    one.answers.set(NTFY.shown, new NotSent({ reason: "HTTP 404", hopeless: true }));
    await during(one, pass(600));
    const [first] = one.failures;
    expect(first).toEqual({ shown: NTFY.shown, reason: "HTTP 404", lost: 1 });
    expect(one.failures.length).toBeLessThan(10);
  });

  it("for good is told of it once it takes messages, while the problem lasts", async () => {
    const one = world(scratchDirectory(), { afterMs: 0 });
    one.status({ state: "parked", reason: "404" });
    one.answers.set(NTFY.shown, new NotSent({ reason: "HTTP 404", hopeless: true }));
    await during(
      one,
      pass(30).pipe(
        Effect.tap(() => Effect.sync(() => one.answers.clear())),
        Effect.andThen(pass(600)),
      ),
    );
    expect(one.titles()).toHaveLength(1);
    expect(one.titles(JSON_HOOK)).toHaveLength(1);
    expect(one.sent.at(-1)?.message.text).toContain("404");
  });

  it("for good is not told of a problem that was solved in the meantime", async () => {
    const one = world(scratchDirectory(), { afterMs: 0 });
    one.status({ state: "parked", reason: "404" });
    one.answers.set(NTFY.shown, new NotSent({ reason: "HTTP 404", hopeless: true }));
    const solve = Effect.sync(() => {
      one.status({ state: "ok" });
      one.answers.clear();
    });
    await during(one, pass(30).pipe(Effect.andThen(solve), Effect.andThen(pass(600))));
    expect(one.sent.filter(({ message }) => message.isProblem).map(({ to }) => to)).toEqual([
      JSON_HOOK.shown,
    ]);
  });

  it("that comes later is told of the problems that last, and the others are not told again", async () => {
    const dir = scratchDirectory();
    const before = world(dir, { afterMs: 0 }, [JSON_HOOK]);
    before.status({ state: "parked", reason: "404" });
    await during(before, pass(30));
    const after = world(dir, { afterMs: 0 });
    await during(after, pass(30));
    expect(after.sent).toEqual([]);
    after.status({ state: "parked", reason: "404" });
    await during(after, pass(30));
    expect(after.sent.map(({ to }) => to)).toEqual([NTFY.shown]);
    await during(world(dir, { afterMs: 0 }), pass(30));
  });
});

describe("the database", () => {
  it("that has not changed for long is told, and large sales that are new", async () => {
    const dir = scratchDirectory();
    const db = openVentes(dir, "test");
    db.exec(`
      INSERT INTO produits (id_produit, source, line, offset) VALUES ('A', 'test', 1, 0);
      INSERT INTO magasins (id_magasin, ville, source, line, offset) VALUES ('m', 'Brest', 'test', 1, 0)`);
    const sale = db.prepare(`
      INSERT INTO ventes (id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes, origine, source,
        line, offset)
      VALUES (?, 'A', 'm', '2026-11-22', 1000000, ?, 0, 'test', 1, 0)`);
    const write = (...ids: readonly string[]): void => {
      for (const id of ids) sale.run(id, 1_000_000_000);
      sale.run(`small ${ids[0]}`, 999_999_999);
      db.exec("UPDATE progress SET commit_id = commit_id + 1");
    };
    write("v1");
    const one = world(dir, { staleMs: 60_000, sale: 1_000 });
    await during(
      one,
      pass(10).pipe(
        Effect.tap(() => Effect.sync(() => write("v2", "v3", "v4", "v5", "v6", "v7", "v8"))),
        Effect.andThen(pass(120)),
      ),
    );
    db.close();
    expect(one.titles()).toEqual(["ventes: large sales", "ventes: old figures"]);
    const [sales] = one.sent;
    expect(sales?.message.text).toContain("sale v2 of 2026-11-22, €1,000.00: product A, shop m");
    expect(sales?.message.text).toContain("and 2 more large sales");
    expect(sales?.message.text).not.toContain("v1");
  });
});

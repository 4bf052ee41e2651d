/** The history of the versions of sources: what is noted, what is not noted twice, and what is kept. */
import { writeFileSync } from "node:fs";
import * as Effect from "effect/Effect";
import { expect, it } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { explain } from "#shared/database/sqlite.ts";
import { until } from "../../integration-tests/support/until.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { historyFile, notingHistory, readHistory } from "./source-history.ts";
import { newView, type View } from "./view.ts";

const SOURCE = "https://a.fr/v.csv?token=my-secret";
const SHOWN = "https://a.fr/v.csv?token=***";

const status = (more: Partial<SourceStatus>): SourceStatus => ({
  source: SOURCE,
  entities: ["ventes"],
  state: "ok",
  reason: "",
  records: 3,
  emitted: 2,
  unchanged: 1,
  superseded: 0,
  rejected: 0,
  vanished: 0,
  rounded: 0,
  version: 1,
  polled: "2026-11-28T10:00:00.000Z",
  changed: "2026-11-28T09:00:00.000Z",
  ...more,
});
const doubt = (says: string) =>
  ({ decision: "d", says, weight: "held", examples: [], choices: [] }) as unknown as NonNullable<
    SourceStatus["doubts"]
  >[number];

/** Shows the statuses one after the other to `recorders` of one directory, and gives what they noted. */
async function noted(statuses: readonly SourceStatus[], recorders = 1, dir = scratchDirectory()) {
  const view: View = newView({ dir, demo: false });
  const history = () => Effect.runPromise(readHistory(dir, SHOWN));
  const running = Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        for (let n = 0; n < recorders; n++)
          yield* Effect.forkScoped(notingHistory(view, dir, (error) => expect(error).toBeUndefined(), 5));
        for (const [i, one] of statuses.entries()) {
          view.sources = [one, status({ source: `marker ${i}`, version: i })];
          yield* Effect.promise(() =>
            until(
              "the marker",
              async () => (await Effect.runPromise(readHistory(dir, `marker ${i}`))).length > 0,
            ),
          );
        }
      }),
    ),
  );
  await running;
  return { dir, entries: (await history()).toReversed() };
}

it("notes each version, hold, failure and decision once, and masks secrets", async () => {
  const held = status({ state: "held", doubts: [doubt(`it would delete 20 rows of ${SOURCE}`)] });
  const decided = [{ at: "2026-11-28T10:30:00.000Z", decision: "d", says: "the 20 rows are deleted" }];
  const { entries, dir } = await noted(
    [
      status({ state: "reading", version: null }),
      status({}),
      status({ polled: "2026-11-28T10:01:00.000Z" }),
      status({ state: "parked", reason: "404" }),
      status({ state: "parked", reason: "404, tried 2 times" }),
      status({}),
      held,
      { ...held, polled: "2026-11-28T10:20:00.000Z" },
      status({ version: 7, changed: "2026-11-28T10:31:00.000Z", withdrawn: 20, decided }),
      status({ version: 7, changed: "2026-11-28T10:31:00.000Z", withdrawn: 20, decided }),
    ],
    2,
  );
  expect(entries.map(({ kind, version }) => [kind, version])).toEqual([
    ["applied", 1],
    ["failed", 1],
    ["recovered", 1],
    ["held", 1],
    ["decided", null],
    ["applied", 7],
  ]);
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted());
  expect(entries[3]?.says).toBe(`it would delete 20 rows of ${SHOWN}`);
  expect(entries[5]?.counts).toEqual({
    records: 3,
    emitted: 2,
    unchanged: 1,
    rejected: 0,
    vanished: 0,
    withdrawn: 20,
  });
  // A later start notes nothing again.
  const again = await noted([status({ version: 7, decided })], 1, dir);
  expect(again.entries).toHaveLength(6);
});

it("says what to do about a file that cannot be read: all else is as good without it", async () => {
  const dir = scratchDirectory();
  writeFileSync(historyFile(dir), "no database");
  const said = await Effect.runPromise(Effect.flip(readHistory(dir, SOURCE)));
  expect(said.message).toMatch(
    /history\.db is not a SQLite database: move it away, for no figure rests on it/,
  );
  const damaged = explain(historyFile(dir), { code: "SQLITE_CORRUPT" });
  expect((damaged as Error).message).toMatch(
    /history\.db is damaged .* delete the file .* no figure rests on it$/,
  );
});

it("keeps the newest 200 entries of each source, and nothing of the demo", async () => {
  const dir = scratchDirectory();
  await noted(
    Array.from({ length: 210 }, (_, n) =>
      status({ version: n + 1, changed: new Date(n * 1000).toISOString() }),
    ),
    1,
    dir,
  );
  const rows = await Effect.runPromise(readHistory(dir, SOURCE));
  expect([rows.length, rows[0]?.version, rows.at(-1)?.version]).toEqual([200, 210, 11]);
  expect(await Effect.runPromise(readHistory(dir, "https://other.fr/"))).toEqual([]);
  const view = newView({ dir, demo: true });
  view.sources = [status({ source: "of the demo" })];
  const nothing = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        yield* Effect.forkScoped(notingHistory(view, dir, () => {}, 5));
        yield* Effect.sleep(30);
        Object.assign(view, newView({ dir, demo: false }), { sources: [status({ source: "own" })] });
        yield* Effect.promise(() =>
          until("the own source", async () => (await Effect.runPromise(readHistory(dir, "own"))).length > 0),
        );
        return yield* readHistory(dir, "of the demo");
      }),
    ),
  );
  expect(nothing).toEqual([]);
  expect(await Effect.runPromise(readHistory(scratchDirectory(), SOURCE))).toEqual([]);
});

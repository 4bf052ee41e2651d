/** The same sales in two sources are found by what they say, and each choice that is offered leads to the truth (rule 23). */
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { catalogueId, registerCatalogue } from "../admin/catalogues.ts";
import { confirmCatalogue, confirmSource, revokeDecisions } from "../admin/confirm.ts";
import { removeSource } from "../admin/remove.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { type AddFlags, addFile } from "../testing/register.ts";
import { pollSource } from "./poll.ts";
import { makeTemporaryProducer } from "./producer.ts";
import type { PollResult } from "./result.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const path = (name: string) => pipeline.pathOf(name);
const write = (name: string, ...lines: readonly string[]) => pipeline.write(name, ...lines);
const add = (name: string, flags?: AddFlags) => addFile(pipeline, name, flags);
const remove = (name: string, withdraw = false) => pipeline.run(removeSource(path(name), { withdraw }));
const confirm = (name: string, status: SourceStatus | undefined) =>
  pipeline.run(confirmSource(path(name), status?.doubts ?? []));
/** Polls all sources once. Returns how the named one stands. */
const poll = async (name: string): Promise<SourceStatus | undefined> =>
  (await pipeline.run(readSourcesOnce())).find(({ source }) => source.endsWith(`/${name}`));
const published = async (name: string, ...lines: readonly string[]) => {
  write(name, ...lines);
  await add(name);
  return poll(name);
};
/** The number of pieces that all sources together have sold: of a sale of several sources the last one holds. */
const quantity = async () => {
  const claims = new Map<string, Map<string, number>>();
  for (const { topic, key, event } of rowsOf(await pipeline.run(allEvents))) {
    if (topic !== "ventes" || event.kind === "fence") continue;
    const ofKey = claims.get(key) ?? new Map<string, number>();
    claims.set(key, ofKey);
    ofKey.delete(event.source);
    if (event.kind === "row") ofKey.set(event.source, Number(event.row.quantité));
  }
  return [...claims.values()].reduce((sum, ofKey) => sum + ([...ofKey.values()].at(-1) ?? 0), 0);
};
const overlaps = (status: SourceStatus | undefined) =>
  status?.doubts?.filter(({ code }) => code === "overlap") ?? [];
const commandsOf = (status: SourceStatus | undefined) =>
  overlaps(status).flatMap(({ choices }) => choices.map(({ command }) => command));

const DAILY = "date,product_id,store_id,qty";
const DAY_3 = ["2026-02-03,A,S1,3", "2026-02-03,B,S1,1"];
const DAY_4 = ["2026-02-04,A,S1,2"];
const MONTHLY = "date,product_id,store_id,qty,cashier";
const MONTH = ["2026-02-03,A,S1,3,Zoe", "2026-02-03,B,S1,1,Ali", "2026-02-04,A,S1,2,Zoe"];

describe("the month's file after the daily ones", () => {
  beforeEach(async () => {
    await published("1.csv", DAILY, ...DAY_3);
    await published("2.csv", DAILY, ...DAY_4);
  });

  it("is held, and counts each sale once when both get the same ids, also when it grows", async () => {
    const held = await published("month.csv", MONTHLY, ...MONTH);
    expect(held).toMatchObject({ state: "held" });
    expect(overlaps(held)).toHaveLength(1);
    expect(overlaps(held)[0]?.says).toMatch(/3 (?:of its|de ses) 3 (?:sales|ventes)/);
    expect(commandsOf(held)[0]).toMatch(
      / sources add \S+month.csv --key 'date_vente,id_magasin,id_produit,quantité'$/,
    );
    expect(await quantity()).toBe(6);
    await add("month.csv", { key: "date_vente,id_magasin,id_produit,quantité" });
    expect(await poll("month.csv")).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(6);
    write("month.csv", MONTHLY, ...MONTH, "2026-02-05,B,S1,4,Ali", "2026-02-05,A,S1,4,Ali");
    expect(await poll("month.csv")).toMatchObject({ state: "ok" });
    expect(await published("3.csv", DAILY, "2026-02-05,B,S1,4", "2026-02-05,A,S1,4")).toMatchObject({
      state: "ok",
    });
    expect(await quantity()).toBe(14);
  });

  it.each([
    [
      "other names, order and delimiter",
      "Quantité;Magasin;Article;Vendeur;Date",
      ["3;S1;A;Zoe;03/02/2026", "1;S1;B;Ali;03/02/2026", "2;S1;A;Zoe;04/02/2026"],
    ],
    ["ids", `sale_id,${DAILY}`, ["1,2026-02-03,A,S1,3", "2,2026-02-03,B,S1,1", "3,2026-02-04,A,S1,2"]],
    [
      "times",
      "date,product_id,store_id,qty",
      ["2026-02-03 09:10,A,S1,3", "2026-02-03 17:40,B,S1,1", "2026-02-04 12:05,A,S1,2"],
    ],
    ["the amount", `${DAILY},total`, ["2026-02-03,A,S1,3,15", "2026-02-03,B,S1,1,7", "2026-02-04,A,S1,2,10"]],
  ] as const)("is known in spite of %s", async (_, header, lines) => {
    const held = await published("month.csv", header, ...lines);
    expect(overlaps(held)).toHaveLength(1);
    expect(commandsOf(held).some((command) => /sources remove \S+month.csv$/.test(command))).toBe(true);
    await remove("month.csv");
    expect(await poll("month.csv")).toBeUndefined();
    expect(await quantity()).toBe(6);
  });

  it("takes their place when they are withdrawn", async () => {
    const held = await published("month.csv", MONTHLY, ...MONTH, "2026-02-06,B,S1,5,Zoe");
    expect(
      commandsOf(held).some((command) =>
        /sources remove \S+1.csv --withdraw && \S.* sources remove \S+2.csv --withdraw$/.test(command),
      ),
    ).toBe(true);
    await remove("1.csv", true);
    await remove("2.csv", true);
    expect(await poll("month.csv")).toMatchObject({ state: "ok", emitted: 4 });
    expect(await quantity()).toBe(11);
  });

  it("holds other sales when an operator says so, in later versions and for later daily files too", async () => {
    await confirm("month.csv", await published("month.csv", MONTHLY, ...MONTH));
    expect(await poll("month.csv")).toMatchObject({ state: "ok", emitted: 3 });
    expect(await quantity()).toBe(12);
    write("month.csv", MONTHLY, ...MONTH, "2026-02-05,A,S1,4,Ali", "2026-02-05,B,S1,4,Ali");
    expect(await poll("month.csv")).toMatchObject({ state: "ok", emitted: 2 });
    expect(await published("3.csv", DAILY, "2026-02-05,A,S1,4", "2026-02-05,B,S1,4")).toMatchObject({
      state: "ok",
    });
    expect(await quantity()).toBe(28);
  });

  it("is known to a producer that never read the daily files", async () => {
    write("month.csv", MONTHLY, ...MONTH);
    await add("month.csv");
    const failed = await pipeline.run(
      Effect.scoped(
        Effect.gen(function* () {
          const producer = yield* makeTemporaryProducer();
          yield* producer.registry.refresh();
          const { registry } = producer;
          const month = registry.registrations().find(({ source }) => source.endsWith("month.csv"));
          if (month === undefined) throw new Error("month.csv is registered");
          return yield* pollSource(producer, month, { mode: "once" }).pipe(Effect.flip);
        }),
      ),
    );
    expect(failed).toMatchObject({ code: "source.held_back", doubts: [{ code: "overlap" }] });
  });
});

describe("a daily file after the month's", () => {
  beforeEach(() => published("month.csv", MONTHLY, ...MONTH));

  it("is held, and both count once when the month's file gets the ids of the daily ones", async () => {
    write("2.csv", DAILY, ...DAY_4);
    await add("2.csv");
    const held = await published("1.csv", DAILY, ...DAY_3);
    expect(overlaps(held)).toHaveLength(1);
    expect(overlaps(await poll("2.csv"))).toHaveLength(1);
    expect(await quantity()).toBe(6);
    expect(commandsOf(held).join("\n")).toMatch(
      /sources add \S+month.csv --key 'date_vente,id_magasin,id_produit,quantité' --rekey\n/,
    );
    await add("month.csv", { key: "date_vente,id_magasin,id_produit,quantité", rekey: true });
    const all = await pipeline.run(readSourcesOnce());
    expect(all.map(({ state }) => state)).toEqual(["ok", "ok", "ok"]);
    expect(await poll("2.csv")).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(6);
  });

  it("is published when it has a day more, and the month's file is held when it gets that day", async () => {
    const day = ["2026-02-05,A,S1,4", "2026-02-05,B,S1,9", "2026-02-05,C,S1,1"];
    expect(await published("5.csv", DAILY, ...day)).toMatchObject({ state: "ok" });
    write("month.csv", MONTHLY, ...MONTH, ...day.map((line) => `${line},Zoe`));
    const held = await poll("month.csv");
    expect(overlaps(held)).toHaveLength(1);
    expect(await quantity()).toBe(20);
  });
});

it("an overlapping week is counted once with the ids of the other file", async () => {
  const sale = (day: number) => [`2026-02-${day},A,S1,${day}`, `2026-02-${day},B,S1,1`];
  const days = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => sale(from + i)).flat();
  await published("week-1.csv", DAILY, ...days(10, 16));
  const later = days(14, 20);
  const held = await published("week-2.csv", `note,${DAILY}`, ...later.map((line) => `x,${line}`));
  expect(overlaps(held)).toHaveLength(1);
  await add("week-2.csv", { key: "date_vente,id_magasin,id_produit,quantité" });
  expect(await poll("week-2.csv")).toMatchObject({ state: "ok" });
  expect(await quantity()).toBe(Array.from({ length: 11 }, (_, i) => 11 + i).reduce((a, b) => a + b, 0));
});

describe("two tills of a shop stay two", () => {
  /** Sales of one day, from a generator of its own for each till. */
  const day = (till: number, of: number, sales: number) => {
    let x = (till * 7919 + of * 104729 + 12345) >>> 0;
    const next = (n: number) => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      return Math.floor((x / 2 ** 32) * n);
    };
    return Array.from({ length: sales }, () => `2026-02-${of},${"ABCDE"[next(5)]},S1,${1 + next(3)}`);
  };

  it.each([
    ["many alike sales", 120],
    ["a few", 12],
  ])("with %s a day, under ids and as they grow", async (_, sales) => {
    const lines = (till: number, days: number) =>
      Array.from({ length: days }, (_, i) => day(till, 10 + i, sales))
        .flat()
        .map((line, i) => `T${till}-${i},${line}`);
    for (const days of [3, 4, 6])
      for (const till of [1, 2]) {
        const status = await published(`till-${till}.csv`, `sale_id,${DAILY}`, ...lines(till, days));
        expect(overlaps(status)).toEqual([]);
        expect(status).toMatchObject({ state: "ok" });
      }
  });

  it("with the same sales all day long", async () => {
    const same = (till: number) => Array.from({ length: 6 }, (_, i) => `T${till}-${i},2026-02-10,A,S1,1`);
    await published("till-1.csv", `sale_id,${DAILY}`, ...same(1));
    expect(await published("till-2.csv", `sale_id,${DAILY}`, ...same(2))).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(12);
  });

  it("with names of their own for the same lines", async () => {
    await published("till-1.csv", DAILY, ...DAY_3);
    write("till-2.csv", DAILY, ...DAY_3);
    await add("till-2.csv", { idScope: "till-2" });
    expect(await poll("till-2.csv")).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(8);
  });

  it("where the amounts of the same goods differ", async () => {
    const lines = (factor: number) => DAY_3.map((line, i) => `${line},${(i + 2) * factor}`);
    await published("till-1.csv", `${DAILY},total`, ...lines(2));
    expect(
      await published("till-2.csv", `${DAILY},total,till`, ...lines(3).map((l) => `${l},2`)),
    ).toMatchObject({ state: "ok" });
  });
});

it("files with the same columns and ids are one sale each; a copy is told, and nobody needs to act", async () => {
  await published("a.csv", `sale_id,${DAILY}`, "1,2026-02-03,A,S1,3", "2,2026-02-03,B,S1,1");
  const again = await published(
    "b.csv",
    `sale_id,till,${DAILY}`,
    "1,x,2026-02-03,A,S1,3",
    "2,x,2026-02-03,B,S1,1",
  );
  expect(again).toMatchObject({ state: "ok" });
  const march = ["2026-03-03,A,S1,3", "2026-03-03,B,S1,1", "2026-03-04,A,S1,2"];
  await published("c.csv", DAILY, ...march);
  const copy = await published("d.csv", DAILY, ...march);
  expect(copy).toMatchObject({ state: "ok", doubts: [{ code: "sales.same", weight: "noticed" }] });
  expect(copy?.doubts?.[0]?.choices[1]?.command).toMatch(/d\.csv --id-scope d --rekey$/);
  expect(await quantity()).toBe(10);
});

describe("two tills with the same columns and some equal sales", () => {
  const TILL_1 = [...DAY_3, "2026-02-03,C,S1,1"];
  const TILL_2 = ["2026-02-03,B,S1,1", "2026-02-03,D,S1,5"];
  const shared = (status: SourceStatus | undefined) =>
    status?.doubts?.filter(({ code }) => code === "sales.shared") ?? [];
  const scoped = (name: string, idScope: string, rekey = false) =>
    add(name, { idScope, ...(rekey ? { rekey } : {}) });

  it("are held, and count both when one gets ids of its own", async () => {
    await published("till-1.csv", DAILY, ...TILL_1);
    const held = await published("till-2.csv", DAILY, ...TILL_2);
    expect(held).toMatchObject({ state: "held" });
    expect(shared(held)).toMatchObject([
      { rows: [expect.stringMatching(/^2026-02-03~.*~1$/)], entity: "ventes" },
    ]);
    expect(held?.reason).toMatch(/2026-02-03\).*till-1\.csv/);
    expect(shared(held)[0]?.choices.map(({ effect }) => effect?.adds)).toEqual([2, 1]);
    expect(shared(held)[0]?.choices[0]?.command).toMatch(/ sources add \S+till-2.csv --id-scope till-2$/);
    expect(await quantity()).toBe(5);
    await scoped("till-2.csv", "till-2");
    expect(await poll("till-2.csv")).toMatchObject({ state: "ok", emitted: 2 });
    expect(await quantity()).toBe(11);
    write("till-2.csv", DAILY, ...TILL_2, "2026-02-04,A,S1,2");
    write("till-1.csv", DAILY, ...TILL_1, "2026-02-04,A,S1,2");
    await poll("till-1.csv");
    expect(await quantity()).toBe(15);
  });

  it("are one sale each when an operator says so, in later versions and files of the folder too", async () => {
    await published("till-1.csv", DAILY, ...TILL_1);
    await confirm("till-2.csv", await published("till-2.csv", DAILY, ...TILL_2));
    expect(await poll("till-2.csv")).toMatchObject({ state: "ok", emitted: 2 });
    expect(await quantity()).toBe(10);
    write("till-2.csv", DAILY, ...TILL_2, "2026-02-03,C,S1,1");
    expect(await poll("till-2.csv")).toMatchObject({ state: "ok" });
    expect(await published("till-3.csv", DAILY, "2026-02-03,C,S1,1", "2026-02-03,F,S1,1")).toMatchObject({
      state: "ok",
    });
    expect(await quantity()).toBe(11);
  });

  it("are held when the equal sale comes later, and all sales of the source get ids of their own", async () => {
    await published("till-1.csv", DAILY, ...TILL_1);
    expect(await published("till-2.csv", DAILY, "2026-02-03,D,S1,5")).toMatchObject({ state: "ok" });
    write("till-2.csv", DAILY, "2026-02-03,D,S1,5", "2026-02-03,B,S1,1");
    const held = await poll("till-2.csv");
    expect(shared(held)[0]?.choices[0]?.command).toMatch(/till-2.csv --id-scope till-2 --rekey$/);
    // The file grows while nobody answers, and the answer is for all of it.
    write("till-2.csv", DAILY, "2026-02-03,D,S1,5", "2026-02-03,B,S1,1", "2026-02-03,B,S1,1");
    expect(shared(await poll("till-2.csv"))).toMatchObject([{ decision: shared(held)[0]?.decision }]);
    expect(await quantity()).toBe(10);
    await scoped("till-2.csv", "till-2", true);
    expect(await poll("till-2.csv")).toMatchObject({ state: "ok", emitted: 3, withdrawn: 1 });
    expect(await quantity()).toBe(12);
  });

  it.each([
    ["one sale", ["2026-02-03,B,S1,1"]],
    ["two sales, all that both have", ["2026-02-03,A,S1,3", "2026-02-03,B,S1,1"]],
  ])("are held when they are %s: that may be chance", async (_, lines) => {
    await published("till-1.csv", DAILY, ...DAY_3);
    expect(shared(await published("till-2.csv", DAILY, ...lines))).toHaveLength(1);
    expect(await quantity()).toBe(4);
  });

  it("are no doubt where such files had the same sales on the days before", async () => {
    await published("february.csv", DAILY, ...DAY_3, "2026-02-03,C,S1,1", ...DAY_4);
    expect(await published("3.csv", DAILY, ...DAY_3, "2026-02-03,C,S1,1")).toMatchObject({ state: "ok" });
    expect(await published("4.csv", DAILY, ...DAY_4)).toMatchObject({ state: "ok" });
    // The file of the day is behind that of the month, and grows.
    write(
      "february.csv",
      DAILY,
      ...DAY_3,
      "2026-02-03,C,S1,1",
      ...DAY_4,
      "2026-02-05,A,S1,1",
      "2026-02-05,B,S1,1",
    );
    await poll("february.csv");
    expect(await published("5.csv", DAILY, "2026-02-05,B,S1,1")).toMatchObject({ state: "ok" });
    expect(await quantity()).toBe(9);
  });

  it("are known to a producer that never read the other till", async () => {
    await published("till-1.csv", DAILY, ...TILL_1);
    write("till-2.csv", DAILY, ...TILL_2);
    await add("till-2.csv");
    const failed = await pipeline.run(
      Effect.scoped(
        Effect.flatMap(another, ({ producer, of }) =>
          Effect.flip(pollSource(producer, of("till-2.csv"), { mode: "once" })),
        ),
      ),
    );
    expect(failed).toMatchObject({ code: "source.held_back", doubts: [{ code: "sales.shared" }] });
  });

  it.each([
    ["with ids of their own for equal lines", "sales.shared", DAILY, TILL_1, DAILY, TILL_2],
    ["as the month's file and the days'", "overlap", DAILY, [...DAY_3, ...DAY_4], MONTHLY, MONTH],
  ] as const)(
    "that two producers publish at the same moment are told by one of them, and a command undoes it: %s",
    async (_, code, header, lines, otherHeader, otherLines) => {
      write("till-1.csv", header, ...lines);
      write("till-2.csv", otherHeader, ...otherLines);
      await add("till-1.csv");
      await add("till-2.csv");
      const attention = await pipeline.run(Effect.scoped(raced("till-1.csv", "till-2.csv")));
      expect(attention.map((doubt) => [doubt.code, doubt.weight])).toEqual([[code, "attention"]]);
      if (code === "overlap") {
        expect(attention[0]?.choices[0]?.command).toMatch(/till-2\.csv --key \S+ --rekey/);
        expect(await quantity()).toBe(12);
        await add("till-2.csv", { key: "date_vente,id_magasin,id_produit,quantité", rekey: true });
        await poll("till-2.csv");
        expect(await quantity()).toBe(6);
        return;
      }
      expect(attention[0]?.choices[0]?.command).toMatch(/till-1\.csv --id-scope till-1 --rekey$/);
      expect(await quantity()).toBe(10);
      await scoped("till-1.csv", "till-1", true);
      expect(await poll("till-1.csv")).toMatchObject({ state: "ok", emitted: 3, withdrawn: 3 });
      expect(await quantity()).toBe(11);
    },
  );

  it.each([
    ["under ids that are made of the lines", "sales.shared", DAILY, TILL_1, TILL_2],
    [
      "under ids of the files",
      "ids.collision",
      `sale_id,${DAILY}`,
      TILL_1.map((line, i) => `${i},${line}`),
      TILL_2.map((line, i) => `${i},${line}`),
    ],
  ] as const)(
    "are told by who takes the source over, when the one producer dies before it looks again: %s",
    async (_, code, header, lines, otherLines) => {
      write("till-1.csv", header, ...lines);
      write("till-2.csv", header, ...otherLines);
      await add("till-1.csv");
      await add("till-2.csv");
      const attention = await pipeline.run(
        Effect.scoped(
          Effect.gen(function* () {
            const isDead = yield* Effect.exit(raced("till-1.csv", "till-2.csv", Effect.die("killed")));
            expect(isDead._tag).toBe("Failure");
            const next = yield* another;
            const poll = pollSource(next.producer, next.of("till-1.csv"), { mode: "once" });
            const told = yield* poll;
            // It stays told, and the other source is not told of twice.
            expect((yield* poll).attention).toEqual(told.attention);
            return told.attention;
          }),
        ),
      );
      expect(attention.map((doubt) => [doubt.code, doubt.weight])).toEqual([[code, "attention"]]);
      expect(attention[0]?.choices[0]?.command).toMatch(/till-1\.csv --id-scope till-1 --rekey$/);
      await scoped("till-1.csv", "till-1", true);
      expect(await poll("till-1.csv")).toMatchObject({ state: "ok", emitted: 3, withdrawn: 3 });
      expect(await quantity()).toBe(11);
    },
  );

  it("are no doubt to a producer that takes a file and its copy over", async () => {
    await published("till-1.csv", DAILY, ...TILL_1, ...DAY_4);
    await published("copy.csv", DAILY, ...TILL_1, ...DAY_4);
    pipeline.loseState();
    const all = await pipeline.run(readSourcesOnce());
    expect(all.map(({ state, doubts }) => [state, doubts])).toEqual([
      ["ok", undefined],
      ["ok", undefined],
    ]);
  });
});

/** Another producer, with nothing in its state, and the registrations by the names of their files. */
const another = Effect.gen(function* () {
  const producer = yield* makeTemporaryProducer();
  yield* producer.registry.refresh();
  const of = (name: string) => {
    const found = producer.registry.registrations().find(({ source }) => source.endsWith(`/${name}`));
    if (found === undefined) throw new Error(`${name} is registered`);
    return found;
  };
  return { producer, of };
});

/**
 * What is told when another producer reads and publishes all of `second` between the check of `first` and its
 * events.
 */
const raced = Effect.fnUntraced(function* (
  first: string,
  second: string,
  end: Effect.Effect<void> = Effect.void,
) {
  const [one, two] = [yield* another, yield* another];
  let other: PollResult | undefined;
  const log: typeof one.producer.log = {
    ...one.producer.log,
    publish: (topic, records) =>
      Effect.gen(function* () {
        if (
          topic === "ventes" &&
          other === undefined &&
          records.some(({ key }) => key?.startsWith("file:") === false)
        )
          other = yield* pollSource(two.producer, two.of(second), { mode: "once" }).pipe(Effect.orDie);
        const published = yield* one.producer.log.publish(topic, records);
        if (other !== undefined) yield* end;
        return published;
      }),
  };
  const mine = yield* pollSource({ ...one.producer, log }, one.of(first), { mode: "once" });
  return [...mine.attention, ...(other?.attention ?? [])];
});

describe("a folder of files that is followed", () => {
  const follow = (idScope?: string) =>
    pipeline.run(registerCatalogue(catalogueId(path("all")), idScope === undefined ? {} : { idScope }));
  const pollAll = async () => {
    const all = await pipeline.run(readSourcesOnce());
    return all.filter(({ source }) => source.includes("/all/"));
  };
  const statesOf = async () => (await pollAll()).map(({ state }) => state);
  const codes = (all: readonly SourceStatus[]) =>
    all.flatMap(({ doubts = [] }) => doubts.map(({ code }) => code));

  it("whose daily files number from 1 is decided once, and right each morning", async () => {
    const numbered = (day: number, ...sales: readonly string[]) =>
      write(
        `all/2026-02-0${day}.csv`,
        `sale_id,${DAILY}`,
        ...sales.map((sale, i) => `${i + 1},2026-02-0${day},${sale}`),
      );
    numbered(3, "A,S1,1", "B,S1,1");
    await follow();
    expect(await statesOf()).toEqual(["ok"]);
    numbered(4, "B,S1,2", "C,S1,2");
    const held = await pollAll();
    expect(codes(held)).toEqual(["ids.collision"]);
    const [choice] = held.flatMap(({ doubts = [] }) => doubts.flatMap(({ choices }) => choices));
    expect(choice?.command).toMatch(/ sources add --catalogue \S+\/all --id-scope '\{file\}'$/);
    await follow("{file}");
    expect(await statesOf()).toEqual(["ok", "ok"]);
    numbered(5, "D,S1,4");
    // The file that was published first keeps its ids, and may grow.
    numbered(3, "A,S1,1", "B,S1,1", "C,S1,8");
    expect(await statesOf()).toEqual(["ok", "ok", "ok"]);
    expect(await quantity()).toBe(18);
  });

  it("whose tills share some sales is decided once for later files too, until that is taken back", async () => {
    const day = (n: number) => {
      write(`all/a-${n}.csv`, DAILY, `2026-02-${n},A,S1,1`, `2026-02-${n},B,S1,1`);
      write(`all/b-${n}.csv`, DAILY, `2026-02-${n},B,S1,1`, `2026-02-${n},C,S1,1`);
    };
    day(10);
    await follow();
    const held = await pollAll();
    expect(codes(held)).toEqual(["sales.shared"]);
    const doubts = held.flatMap((status) => status.doubts ?? []);
    expect(doubts[0]?.choices.map(({ command }) => command.replace(/.* sources /, ""))).toEqual([
      expect.stringMatching(/^add --catalogue \S+\/all --id-scope '\{file\}'$/),
      expect.stringMatching(/^confirm \S+\/all sales\.shared:\S+$/),
    ]);
    const all = catalogueId(path("all"));
    await pipeline.run(confirmCatalogue(all, doubts));
    expect(await statesOf()).toEqual(["ok", "ok"]);
    day(11);
    expect(await statesOf()).toEqual(["ok", "ok", "ok", "ok"]);
    expect(await quantity()).toBe(6);
    expect(await pipeline.run(revokeDecisions(all, []))).toEqual([doubts[0]?.decision]);
    day(12);
    expect(codes(await pollAll())).toEqual(["sales.shared"]);
    expect(await pipeline.run(Effect.flip(revokeDecisions(all, ["sales.shared:x"])))).toMatchObject({
      code: "source.not_accepted",
    });
  });
});

it("a catalogue with the daily files and the month's holds one of them", async () => {
  write("all/2026-02-03.csv", DAILY, ...DAY_3);
  write("all/2026-02-04.csv", DAILY, ...DAY_4);
  write("all/month.csv", MONTHLY, ...MONTH);
  await pipeline.run(registerCatalogue(catalogueId(path("all"))));
  const all = (await pipeline.run(readSourcesOnce())).filter(({ source }) => source.includes("/all/"));
  expect(all.some((status) => overlaps(status).length === 1)).toBe(true);
  expect(await quantity()).toBe(6);
});

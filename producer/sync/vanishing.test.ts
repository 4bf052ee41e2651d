/** Rows that a version lacks (rules 9 to 11): they are deleted or kept, or the version waits for a confirmation. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { catalogueId, registerCatalogue } from "../admin/catalogues.ts";
import { confirmCatalogue, confirmSource, namedDoubts } from "../admin/confirm.ts";
import { moveSource } from "../admin/move.ts";
import { type RegisterOptions, registerSource } from "../admin/register.ts";
import { removeSource } from "../admin/remove.ts";
import { producerFile } from "../diff/state/producer-db.ts";
import { readSourcesOnce } from "../run.ts";
import {
  allEvents,
  claimsOf,
  listSources,
  openPipeline,
  type Pipeline,
  rowsOf,
} from "../testing/pipeline.ts";
import { serve } from "../testing/server.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const pathOf = (name: string) => pipeline.pathOf(name);
const idOf = (name: string) => pathToFileURL(pathOf(name)).href;
const write = (name: string, ...lines: readonly string[]) => pipeline.write(name, ...lines);
const add = async (name: string, options: RegisterOptions, ...lines: readonly string[]) => {
  write(name, ...lines);
  await pipeline.run(registerSource(pathOf(name), options));
};
const poll = async (name?: string) => {
  const all = await pipeline.run(readSourcesOnce());
  return name === undefined ? all.at(-1) : all.find((s) => s.source === idOf(name));
};
const events = async () => rowsOf(await pipeline.run(allEvents));
const claims = async (name: string) => claimsOf(await pipeline.run(allEvents), idOf(name));

const SALES = "date_vente,id_produit,id_magasin,quantité";
const sale = (day: number, product = "p") => `2024-01-${String(day).padStart(2, "0")},${product},m,1`;
const sales = (from: number, to: number, product = "p") =>
  Array.from({ length: to - from + 1 }, (_, i) => sale(from + i, product));
const daysOf = (names: Iterable<string>) =>
  [...names].map((name) => Number(/2024-01-(\d\d)/.exec(name)?.[1])).sort((a, b) => a - b);

describe("rows that vanish", () => {
  it("inside those days are a correction, before them they have rolled off", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 6));
    await poll();
    // Days 1 and 2 roll off; day 4 is deleted as a correction.
    write("v.csv", SALES, ...sales(3, 3), ...sales(5, 8));
    const status = await poll();
    expect(status).toMatchObject({ records: 5, emitted: 2, unchanged: 3, vanished: 2, withdrawn: 1 });
    expect(daysOf((await claims("v.csv")).keys())).toEqual([1, 2, 3, 5, 6, 7, 8]);
  });

  it("on the first day are a correction when the days did not move", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 2, "q"), ...sales(1, 3));
    await poll();
    // The first line, whose quantity is corrected, and a line of the first day, which is deleted.
    write("v.csv", SALES, "2024-01-01,q,m,30", sale(2, "q"), ...sales(1, 3));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1, withdrawn: 1, vanished: 0 });
    write("v.csv", SALES, "2024-01-01,q,m,30", sale(2, "q"), ...sales(2, 3));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 0, withdrawn: 1, vanished: 0 });
    expect((await claims("v.csv")).size).toBe(4);
  });

  it("on the first day are a correction, also when a column comes and so all lines change", async () => {
    const lines = (first: string, ...more: readonly string[]) => [
      first,
      ...more.map((line) => `${line},Eve`),
    ];
    await add("v.csv", {}, SALES, ...sales(1, 8));
    await poll();
    write("v.csv", ...lines(`${SALES},vendeur`, "2024-01-01,p,m,10", ...sales(2, 9)));
    expect(await poll()).toMatchObject({ state: "ok", withdrawn: 1, vanished: 0 });
    expect((await claims("v.csv")).size).toBe(9);
  });

  it("with a mistyped date are mended, and count once", async () => {
    for (const [i, mistyped] of ["2062-01-04", "2016-01-04", "2024-02-04"].entries()) {
      const name = `${i}.csv`;
      await add(name, { idScope: name }, SALES, sale(3), `${mistyped},q,m,1`, sale(5));
      await poll();
      write(name, SALES, sale(3), sale(4, "q"), sale(5));
      expect(await poll(name)).toMatchObject({ state: "ok", emitted: 1, withdrawn: 1 });
      expect(daysOf((await claims(name)).keys())).toEqual([3, 4, 5]);
    }
  });

  it("from a rolling file stay, also when a mistyped date is mended in it", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 14));
    await poll();
    for (const [from, last] of [
      [2, []],
      [3, ["2014-01-16,q,m,1"]],
      [4, [sale(16, "q")]],
    ] as const) {
      write("v.csv", SALES, ...sales(from, from + 13), ...last);
      expect(await poll()).toMatchObject({ state: "ok" });
    }
    expect((await claims("v.csv")).size).toBe(18);
    // The version says how the file behaves, so another producer knows it.
    expect((await pipeline.run(listSources)).at(-1)?.announcement?.habit).toMatchObject({ rolled: 3 });
  });

  it("of last month stay when the file begins with this month", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 31));
    await poll();
    write("v.csv", SALES, "2024-02-01,p,m,1", "2024-02-02,p,m,1", "2024-02-03,p,m,1", "2024-01-10,q,m,-1");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 4, vanished: 31, withdrawn: 0 });
  });

  it("and come again under other dates are held back, and each answer does what it says", async () => {
    const month = (m: number) =>
      [1, 2, 3, 4].map((n) => `2024-0${m}-1${n},${n % 2 === 0 ? "p" : "q"},m,${n}`);
    for (const [answer, size] of [
      [/ sources confirm \S+ vanished.unclear:[^ =]+$/, 4],
      [/=rolled$/, 8],
    ] as const) {
      const name = `${size}.csv`;
      await add(name, { idScope: name }, SALES, ...month(1));
      await poll();
      write(name, SALES, ...month(2));
      const held = await poll(name);
      expect(held).toMatchObject({ state: "held", doubts: [{ code: "vanished.unclear" }] });
      expect(held?.doubts?.[0]?.says).toContain("has the same ones under other dates");
      const choice = held?.doubts?.[0]?.choices.find(({ command }) => answer.test(command));
      const decision = choice?.command.split(" ").at(-1) ?? "";
      await pipeline.run(confirmSource(pathOf(name), [{ decision, says: "" }]));
      expect(await poll(name)).toMatchObject({ state: "ok" });
      expect((await claims(name)).size).toBe(size);
    }
  });

  it("stay unclear when the file moves on before anyone answers", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 20));
    await poll();
    write("v.csv", SALES, ...sales(1, 21));
    await poll();
    write("v.csv", SALES, ...sales(2, 21));
    const held = await poll();
    // By itself this version is a window that moved: 12 whole days went, and 11 came.
    write("v.csv", SALES, ...sales(13, 31));
    const later = await poll();
    expect(later).toMatchObject({ state: "held" });
    expect(later?.doubts?.[0]?.decision).toBe(held?.doubts?.[0]?.decision);
    await pipeline.run(confirmSource(pathOf("v.csv"), held?.doubts ?? []));
    expect(await poll()).toMatchObject({ state: "ok", vanished: 11, withdrawn: 1 });
  });

  it("are held back when the end of the file is missing", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 8));
    await poll();
    write("v.csv", SALES, ...sales(1, 5));
    const held = await poll();
    expect(held).toMatchObject({ state: "held", doubts: [{ code: "vanished.unclear" }] });
    expect(held?.doubts?.[0]?.rows).toHaveLength(3);
    // The file is whole again, and nothing happened.
    write("v.csv", SALES, ...sales(1, 9));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1, withdrawn: 0, vanished: 0 });
    write("v.csv", SALES, ...sales(1, 8));
    expect(await poll()).toMatchObject({ state: "ok", withdrawn: 1 });
  });

  it("out of the order of days roll off with the lines of their day", async () => {
    const late = sale(3, "late");
    await add("v.csv", {}, SALES, ...sales(1, 10), late, ...sales(11, 20));
    await poll();
    write("v.csv", SALES, ...sales(3, 10), late, ...sales(11, 22), sale(22, "q"));
    expect(await poll()).toMatchObject({ state: "ok", vanished: 2 });
    write("v.csv", SALES, ...sales(5, 22), sale(22, "q"), ...sales(23, 24));
    expect(await poll()).toMatchObject({ state: "ok", vanished: 5, withdrawn: 0 });
  });

  it("out of the order of days are unclear in a file that never rolled, and corrected where no other of their day went", async () => {
    for (const [name, left, state] of [
      ["rolls.csv", sales(6, 25), "held"],
      ["grows.csv", [...sales(3, 10), ...sales(11, 22)], "ok"],
    ] as const) {
      await add(name, {}, SALES, ...sales(3, 10), sale(2, "late"), ...sales(11, 20));
      await poll();
      write(name, SALES, ...left);
      expect(await poll(name)).toMatchObject(state === "ok" ? { state, withdrawn: 1 } : { state });
    }
  });

  it("of the first days but at the end of the file, where others came, are unclear", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 20), sale(2, "late"));
    await poll();
    write("v.csv", SALES, ...sales(3, 22));
    const held = await poll();
    expect(held).toMatchObject({ state: "held", doubts: [{ code: "vanished.unclear" }] });
    expect(held?.doubts?.[0]?.rows).toHaveLength(1);
    await pipeline.run(
      confirmSource(pathOf("v.csv"), [{ decision: `${held?.doubts?.[0]?.decision}=rolled`, says: "" }]),
    );
    expect(await poll()).toMatchObject({ state: "ok", vanished: 3, withdrawn: 0 });
  });

  it("of several equal lines are those that do not keep the order of the others", async () => {
    const [older, newer] = [[sale(9, "a"), sale(9, "b")] as const, [sale(11, "f"), sale(11, "b")] as const];
    await add(
      "v.csv",
      {},
      SALES,
      ...newer,
      sale(11, "d"),
      sale(10, "e"),
      ...older,
      sale(8, "a"),
      sale(7, "a"),
    );
    await poll();
    write("v.csv", SALES, sale(12), sale(12, "b"), ...newer, sale(11, "d"), sale(10, "e"), ...older);
    expect(await poll()).toMatchObject({ state: "ok", vanished: 2, withdrawn: 0 });
    // An equal line more stands first, and the last line rolled off.
    write(
      "v.csv",
      SALES,
      sale(11, "d"),
      sale(12),
      sale(12, "b"),
      ...newer,
      sale(11, "d"),
      sale(10, "e"),
      sale(9, "a"),
    );
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1, vanished: 3, withdrawn: 0 });
    // The first of the two is corrected, and three lines roll off.
    const corrected = "2024-01-11,d,m,12";
    write(
      "v.csv",
      SALES,
      sale(12, "x"),
      sale(12, "y"),
      corrected,
      sale(12),
      sale(12, "b"),
      ...newer,
      sale(11, "d"),
    );
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3, vanished: 5, withdrawn: 1 });
  });

  it("alone at the beginning of a file that never rolled are unclear", async () => {
    await add("v.csv", {}, SALES, sale(1, "a"), ...sales(1, 8));
    await poll();
    write("v.csv", SALES, ...sales(1, 8));
    expect(await poll()).toMatchObject({ state: "held", doubts: [{ code: "vanished.unclear" }] });
  });

  it("are not judged again once they were kept", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 10));
    await poll();
    write("v.csv", SALES, ...sales(3, 12));
    expect(await poll()).toMatchObject({ vanished: 2, withdrawn: 0 });
    // No event: only places change.
    write("v.csv", SALES, ...sales(4, 12));
    expect(await poll()).toMatchObject({ vanished: 3, withdrawn: 0 });
    write("v.csv", SALES, ...sales(4, 5), ...sales(7, 12));
    expect(await poll()).toMatchObject({ state: "ok", vanished: 3, withdrawn: 1 });
  });

  describe("and of which an operator said what became of them", () => {
    const version = async (...lines: readonly string[]) => {
      write("v.csv", SALES, ...lines);
      return await poll();
    };
    const confirmed = async (doubts: readonly DoubtReport[] | undefined, answer: string) => {
      expect(doubts).toMatchObject([{ code: "vanished.unclear" }]);
      const decision = `${doubts?.[0]?.decision}${answer}`;
      await pipeline.run(confirmSource(pathOf("v.csv"), [{ decision, says: "" }]));
      return decision;
    };
    /** A file that only grew loses its first line. */
    const loseFirst = async (answer: string) => {
      await add("v.csv", {}, SALES, ...sales(1, 5));
      await poll();
      await version(...sales(1, 6));
      return await confirmed((await version(...sales(2, 6)))?.doubts, answer);
    };
    const corrected = ["2024-01-01,p,m,10", ...sales(2, 6)];

    it.each([
      ["own", false],
      ["another", true],
    ])(
      "are judged anew when they have come back and go again: kept before, %s producer",
      async (_, isAnother) => {
        await loseFirst("=rolled");
        expect(await poll()).toMatchObject({ state: "ok", vanished: 1 });
        expect(await version(...sales(1, 6))).toMatchObject({ state: "ok", vanished: 0 });
        if (isAnother) pipeline.loseState();
        const again = await version(...corrected);
        // Another producer does not know where the line stood.
        if (isAnother) expect(again).toMatchObject({ state: "held", doubts: [{ code: "vanished.unclear" }] });
        else expect(again).toMatchObject({ state: "ok", vanished: 0, withdrawn: 1 });
      },
    );

    it("are asked about again when they have come back and go again: deleted before", async () => {
      const decision = await loseFirst("");
      expect(await poll()).toMatchObject({ state: "ok", withdrawn: 1 });
      expect(await version(...sales(1, 6))).toMatchObject({ state: "ok", emitted: 1 });
      const again = await version(...sales(2, 6));
      expect(again).toMatchObject({ state: "held", doubts: [{ code: "vanished.unclear" }] });
      expect(again?.doubts?.[0]?.decision).not.toBe(decision);
      await confirmed(again?.doubts, "=rolled");
      expect(await poll()).toMatchObject({ state: "ok", vanished: 1, withdrawn: 0 });
    });

    it("are judged anew when they were back before the answer was taken", async () => {
      await loseFirst("=rolled");
      expect(await version(...sales(1, 6))).toMatchObject({ state: "ok", vanished: 0 });
      expect(await version(...corrected)).toMatchObject({ state: "ok", vanished: 0, withdrawn: 1 });
    });

    it("are judged anew in a file of a catalogue, and the answer holds for its other files", async () => {
      const file = (name: string, ...lines: readonly string[]) => write(`all/${name}.csv`, SALES, ...lines);
      for (const name of ["a", "b"]) file(name, ...sales(1, 5));
      const all = catalogueId(pathOf("all"));
      await pipeline.run(registerCatalogue(all));
      await poll();
      for (const name of ["a", "b"]) file(name, ...sales(1, 6));
      await poll();
      file("a", ...sales(2, 6));
      const { doubts } = (await poll("all/a.csv")) ?? {};
      await pipeline.run(confirmCatalogue(all, [{ decision: `${doubts?.[0]?.decision}=rolled`, says: "" }]));
      expect(await poll("all/a.csv")).toMatchObject({ state: "ok", vanished: 1 });
      file("a", ...sales(1, 6));
      file("b", ...sales(2, 6));
      const again = await pipeline.run(readSourcesOnce());
      expect(again.find(({ source }) => source === idOf("all/b.csv"))).toMatchObject({
        vanished: 1,
        state: "ok",
      });
      expect(again.find(({ source }) => source === idOf("all/a.csv"))).toMatchObject({
        vanished: 0,
        state: "ok",
      });
      file("a", ...corrected);
      expect(await poll("all/a.csv")).toMatchObject({ state: "ok", vanished: 0, withdrawn: 1 });
    });

    it("are not asked about again while they are away, nor by another producer", async () => {
      await add("v.csv", {}, SALES, ...sales(1, 8));
      await poll();
      await confirmed((await version(...sales(1, 5)))?.doubts, "=rolled");
      expect(await poll()).toMatchObject({ state: "ok", vanished: 3 });
      for (let times = 0; times < 2; times++) {
        pipeline.loseState();
        expect(await poll()).toMatchObject({ state: "ok", vanished: 3 });
      }
    });
  });

  it("are held back when nothing tells, and each answer does what it says", async () => {
    for (const answer of ["delete", "rolled", "keep"] as const) {
      const name = `${answer}.csv`;
      await add(name, {}, SALES, ...sales(1, 5));
      await poll();
      write(name, SALES, ...sales(1, 6));
      await poll();
      // The file only grew; now its first line is gone and nothing else happened.
      write(name, SALES, ...sales(2, 6));
      const held = await poll(name);
      expect(held).toMatchObject({ state: "held" });
      const doubt = held?.doubts?.[0];
      expect(doubt).toMatchObject({ code: "vanished.unclear", weight: "held", entity: "ventes" });
      expect(doubt?.rows).toEqual([expect.stringMatching(/^2024-01-01~.{22}~1$/)]);
      expect(doubt?.choices.map(({ command }) => command.replace(/.* sources /, ""))).toEqual([
        expect.stringMatching(/^confirm .* vanished\.unclear:\S{16}$/),
        expect.stringMatching(/^confirm .* vanished\.unclear:\S{16}=rolled$/),
        expect.stringMatching(/^add .* --vanished keep$/),
        expect.stringMatching(/^add .* --vanished withdraw$/),
      ]);
      if (answer === "keep") await pipeline.run(registerSource(pathOf(name), { vanished: "keep" }));
      else {
        const accepts = doubt?.choices[answer === "delete" ? 0 : 1]?.accepts ?? "";
        const named = await pipeline.run(namedDoubts(idOf(name), held?.doubts ?? [], [accepts]));
        await pipeline.run(confirmSource(pathOf(name), named));
      }
      // The answer is about the row: a line that came meanwhile changes nothing about it.
      write(name, SALES, ...sales(2, 7));
      expect(await poll(name)).toMatchObject({ state: "ok", emitted: 1 });
      expect(daysOf((await claims(name)).keys())).toEqual(
        answer === "delete" ? [2, 3, 4, 5, 6, 7] : [1, 2, 3, 4, 5, 6, 7],
      );
      // When lines of a file have rolled off once, nobody is asked again.
      write(name, SALES, ...sales(3, 7));
      expect((await poll(name))?.state).toBe(answer === "delete" ? "held" : "ok");
    }
  });

  it("of several days are cut at a day: those before have rolled off, the others are deleted", async () => {
    for (const [cut, left] of [
      ["2024-01-05", [4]],
      ["2024-01-06", [4, 5, 5]],
    ] as const) {
      const name = `${cut}.csv`;
      // Products of its own, so that no sale is in two files.
      const of = (day: number, product: string) => sale(day, `${product}${cut.slice(-1)}`);
      // Sorted by product. Days 4 and 5 roll off, and the quantity of the first line of day 6 is corrected.
      await add(name, {}, SALES, of(7, "a"), of(6, "b"), of(4, "d"), of(5, "d"), of(5, "e"), of(6, "e"));
      await poll();
      const now = [of(7, "a"), of(8, "a"), of(8, "b"), `${of(6, "b")}0`, of(9, "c"), of(6, "e"), of(9, "f")];
      write(name, SALES, ...now);
      const held = await poll(name);
      const doubts = held?.doubts ?? [];
      const cuts = doubts[0]?.choices.filter(({ accepts = "" }) => accepts.includes("=before:")) ?? [];
      expect(cuts).toMatchObject([
        {
          effect: { deletes: 3, adds: 5, changes: 0 },
          says: "to keep the one from before 2024-01-05 and delete the other 3",
        },
        {
          effect: { deletes: 1, adds: 5, changes: 0 },
          says: "to keep the 3 from before 2024-01-06 and delete the other one",
        },
      ]);
      const decision = doubts[0]?.decision ?? "";
      const unknown = namedDoubts(idOf(name), doubts, [`${decision}=before:2024-01-07`]);
      await expect(pipeline.run(unknown)).rejects.toMatchObject({ code: "source.nothing_held" });
      expect(cuts.map(({ accepts }) => accepts)).toContain(`${decision}=before:${cut}`);
      // Of two answers the last holds.
      for (const answer of ["rolled", `before:${cut}`])
        await pipeline.run(
          namedDoubts(idOf(name), doubts, [`${decision}=${answer}`]).pipe(
            Effect.flatMap((named) => confirmSource(pathOf(name), named)),
          ),
        );
      // A line that comes meanwhile changes nothing.
      write(name, SALES, ...now, of(10, "g"));
      expect(await poll(name)).toMatchObject({
        state: "ok",
        withdrawn: 4 - left.length,
        vanished: left.length,
      });
      expect(daysOf((await claims(name)).keys())).toEqual([...left, 6, 6, 7, 8, 8, 9, 9, 10]);
      // The corrected line counts in place of the old one.
      const corrected = [...(await claims(name)).values()].filter(({ row }) =>
        row.id_produit?.startsWith("b"),
      );
      expect(corrected.map(({ row }) => `${row.date_vente} ${row.quantité}`).sort()).toEqual([
        "2024-01-06 10",
        "2024-01-08 1",
      ]);
      const [registered] = (await pipeline.run(listSources)).filter(
        ({ registration }) => registration.source === idOf(name),
      );
      // The file is known to roll, by whole days.
      expect(registered?.announcement?.habit).toMatchObject({ rolled: 1, split: false });
    }
  });

  it("of one day are cut where another line came: the nearest are deleted, the others have rolled off", async () => {
    const first = ["a", "b", "c"].map((product) => sale(1, product));
    for (const [name, order] of [
      ["oldest-first.csv", (lines: readonly string[]) => lines],
      ["newest-first.csv", (lines: readonly string[]) => lines.toReversed()],
    ] as const) {
      // Products of its own, so that no sale is in two files.
      const own = (lines: readonly string[]) => lines.map((line) => line.replace(",m,", `,${name[0]},`));
      await add(name, {}, SALES, ...order(own([...first, sale(2, "d"), sale(3, "e")])));
      await poll();
      // Two sales of the first day roll off, and the quantity of the third is corrected.
      const now = own([`${sale(1, "c")}0`, sale(2, "d"), sale(3, "e"), sale(4, "f"), sale(5, "g")]);
      write(name, SALES, ...order(now));
      const held = await poll(name);
      const [doubt] = held?.doubts ?? [];
      const nearest = doubt?.choices.find(({ accepts }) => accepts === `${doubt.decision}=nearest:1`);
      expect(nearest?.says).toBe(
        "to delete the one nearest to the lines that stayed, where another came, and keep the other 2",
      );
      const decided = [{ decision: nearest?.accepts ?? "", says: "" }];
      await pipeline.run(confirmSource(pathOf(name), decided));
      // A line that comes meanwhile changes nothing.
      write(name, SALES, ...order([...now, ...own([sale(6, "h")])]));
      expect(await poll(name)).toMatchObject({ state: "ok", withdrawn: 1, vanished: 2 });
      const rows = [...(await claims(name)).values()].map(({ row }) => `${row.id_produit}${row.quantité}`);
      expect(rows.sort()).toEqual(["a1", "b1", "c10", "d1", "e1", "f1", "g1", "h1"]);
    }
  });

  it("with ids are corrections and roll off like others, and a row that is only changed has not vanished", async () => {
    const header = `id_vente,${SALES}`;
    const lines = (from: number, to: number) => sales(from, to).map((text, i) => `V-${from + i},${text}`);
    await add("v.csv", {}, header, ...lines(1, 8));
    await poll();
    // The first line is corrected, a line in the middle is deleted, and the file grows.
    write("v.csv", header, `V-1,${sale(1)}0`, ...lines(2, 4), ...lines(6, 9));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 2, withdrawn: 1, vanished: 0 });
    // The oldest three days go, and as many come.
    write("v.csv", header, ...lines(4, 4), ...lines(6, 12));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3, withdrawn: 0, vanished: 3 });
    // Another order, and one line less.
    write("v.csv", header, ...lines(8, 12), ...lines(4, 4), ...lines(6, 6));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 0, withdrawn: 1, vanished: 3 });
    expect([...(await claims("v.csv")).keys()].sort()).toEqual(
      [1, 10, 11, 12, 2, 3, 4, 6, 8, 9].map((id) => `ventes V-${id} `),
    );
  });

  it("with ids are held back when the file may hold only what is new or changed, and each answer does what it says", async () => {
    const header = `id_vente,${SALES}`;
    const long = (id: number) => `commande-du-magasin-de-Strasbourg-${id}`;
    const line = (id: number, quantity = 1) => `${long(id)},2024-01-0${id},p,m,${quantity}`;
    for (const [answer, left] of [
      [0, [3, 6]],
      [1, [1, 2, 3, 4, 5, 6]],
    ] as const) {
      const name = `${answer}.csv`;
      await add(name, {}, header, ...[1, 2, 3, 4, 5].map((id) => line(id)));
      await poll();
      write(name, header, line(3, 7), line(6));
      const held = await poll(name);
      const doubt = held?.doubts?.[0];
      expect(held).toMatchObject({ state: "held", doubts: [{ code: "vanished.unclear" }] });
      // Ids that the state keeps as a hash are named as they are.
      expect([...(doubt?.rows ?? [])].sort()).toEqual([1, 2, 4, 5].map(long));
      const accepts = doubt?.choices[answer]?.accepts ?? "";
      const named = await pipeline.run(namedDoubts(idOf(name), held?.doubts ?? [], [accepts]));
      await pipeline.run(confirmSource(pathOf(name), named));
      expect(await poll(name)).toMatchObject({ state: "ok", emitted: 2 });
      expect([...(await claims(name)).keys()].sort()).toEqual(left.map((id) => `ventes ${long(id)} `));
    }
  });

  it("with ids stay when the next file has later ones only", async () => {
    const header = `id_vente,${SALES}`;
    await add("v.csv", {}, header, `1,${sale(1)}`, `2,${sale(2)}`);
    await poll();
    write("v.csv", header, `3,${sale(2)}`, `4,${sale(3)}`);
    expect(await poll()).toMatchObject({ state: "ok", emitted: 2, vanished: 2, withdrawn: 0 });
    write("v.csv", header, `5,${sale(4)}`, `6,${sale(5)}`);
    expect(await poll()).toMatchObject({ state: "ok", emitted: 2, vanished: 4, withdrawn: 0 });
    // A producer without its state knows from the announcement that rows were kept.
    rmSync(producerFile(join(pipeline.dir, "data")));
    write("v.csv", header, `5,${sale(4)}`, `6,${sale(5)}`, `7,${sale(5)}`);
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1, vanished: 4, withdrawn: 0 });
  });

  it("with ids are kept or deleted as an operator decides", async () => {
    const header = `id_vente,${SALES}`;
    const lines = ["1", "2", "3"].map((id) => `${id},${sale(Number(id))}`);
    for (const vanished of ["keep", "withdraw"] as const) {
      const name = `${vanished}.csv`;
      await add(name, { vanished }, header, ...lines);
      await poll();
      write(name, header, ...lines.slice(1));
      expect(await poll(name)).toMatchObject(
        vanished === "keep" ? { vanished: 1, withdrawn: 0 } : { vanished: 0, withdrawn: 1 },
      );
      expect((await claims(name)).size).toBe(vanished === "keep" ? 3 : 2);
    }
  });

  it("with ids too long for the state are deleted by their whole id", async () => {
    const header = `id_vente,${SALES}`;
    const long = "commande-du-magasin-de-Strasbourg-0000001";
    await add("v.csv", { vanished: "withdraw" }, header, `${long},${sale(1)}`, `2,${sale(2)}`);
    await poll();
    write("v.csv", header, `2,${sale(2)}`);
    expect(await poll()).toMatchObject({ withdrawn: 1, unchanged: 1 });
    expect([...(await claims("v.csv")).keys()]).toEqual(["ventes 2 "]);
    const gone = (await events()).find((e) => e.event.kind === "delete");
    expect(gone).toMatchObject({ key: long, event: { row: { id_vente: long } } });
  });
});

/** The first 20 days of the month, two sales a day. */
const twoADay = Array.from({ length: 20 }, (_, i) => [sale(i + 1), sale(i + 1, "q")]).flat();

describe("a version that would delete much", () => {
  it("is held back whole, its rejects too, until exactly these deletes are accepted", async () => {
    await add("v.csv", {}, SALES, ...twoADay);
    await poll();
    const before = (await events()).length;
    write("v.csv", SALES, ...sales(1, 20), "2024-01-20,p,m,beaucoup");
    for (let again = 0; again < 2; again++) {
      const status = await poll();
      expect(status).toMatchObject({ state: "held", records: 40 });
      expect(status?.reason).toMatch(
        /delete 20 rows of 40.*ventes sources confirm \S+v\.csv vanished\.many:\S{16}.*--vanished keep/,
      );
      expect(status?.doubts).toMatchObject([{ weight: "held", entity: "ventes" }]);
      expect(status?.doubts?.[0]?.rows).toHaveLength(20);
      expect((await events()).length).toBe(before);
    }
    const doubts = (await poll())?.doubts ?? [];
    await pipeline.run(confirmSource(pathOf("v.csv"), doubts));
    // The decision is about the deletes: a line that came meanwhile changes nothing about it.
    write("v.csv", SALES, ...sales(1, 20), "2024-01-20,p,m,beaucoup", sale(20, "r"));
    expect(await poll()).toMatchObject({ state: "ok", records: 22, withdrawn: 20, rejected: 1 });
    expect((await claims("v.csv")).size).toBe(22);

    // Other deletes are another decision.
    write("v.csv", SALES, ...sales(20, 20), sale(1));
    const again = await poll();
    expect(again).toMatchObject({ state: "held" });
    expect(again?.doubts?.[0]?.decision).not.toBe(doubts[0]?.decision);
  });

  it("is not held back for a few rows, however large their part", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 11));
    await poll();
    write("v.csv", SALES, sale(1), sale(11));
    expect(await poll()).toMatchObject({ state: "ok", withdrawn: 9 });
  });

  it("of products is held back for one: their prices go too", async () => {
    await add("p.csv", { vanished: "withdraw" }, "id_produit,nom,prix", "p,x,1", "q,y,2");
    await poll();
    write("p.csv", "id_produit,nom,prix", "p,x,1");
    const held = await poll();
    expect(held).toMatchObject({ state: "held" });
    await pipeline.run(confirmSource(pathOf("p.csv"), held?.doubts ?? []));
    expect(await poll()).toMatchObject({ state: "ok", withdrawn: 1 });
  });

  it("is not downloaded again while it stays as it is", async () => {
    let body = [SALES, ...twoADay, ""].join("\n");
    let sent = 0;
    const server = await serve((request, response) => {
      const etag = `"${body.length}"`;
      if (request.headers["if-none-match"] === etag) return response.writeHead(304, { etag }).end();
      sent++;
      return response.writeHead(200, { etag }).end(body);
    });
    try {
      await pipeline.run(registerSource(`${server.url}v.csv`));
      await poll();
      body = [SALES, ...sales(1, 20), ""].join("\n");
      await poll();
      const before = sent;
      const held = await poll();
      expect(held).toMatchObject({ state: "held" });
      expect(sent).toBe(before);
      await pipeline.run(confirmSource(`${server.url}v.csv`, held?.doubts ?? []));
      expect(await poll()).toMatchObject({ state: "ok", withdrawn: 20 });
    } finally {
      await server.close();
    }
  });
});

it("an earlier content is taken when it is there twice: caches answer with old states", async () => {
  const old = [SALES, sale(1), ""].join("\n");
  let body = old;
  const server = await serve((_, response) => response.writeHead(200).end(body));
  try {
    await pipeline.run(registerSource(`${server.url}v.csv`));
    await poll();
    body = `${old}${sale(2)}\n`;
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    body = old;
    expect(await poll()).toMatchObject({ state: "parked", reason: expect.stringMatching(/earlier state/) });
    expect(await poll()).toMatchObject({ state: "ok", records: 1 });
  } finally {
    await server.close();
  }
});

describe("a source that moves", () => {
  it("keeps its sales with their ids, those that rolled off too, and its prices", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 4));
    await add("p.csv", {}, "id_produit,nom,prix", "p,x,1");
    await poll();
    write("v.csv", SALES, ...sales(3, 6));
    write("p.csv", "id_produit,nom,prix", "p,x,2");
    await poll();
    const sold = await claims("v.csv");
    const points = (await events()).filter((e) => e.topic === "produits").map((e) => e.event);
    expect(sold.size).toBe(6);

    for (const name of ["v.csv", "p.csv"]) {
      write(
        `new-${name}`,
        ...(name === "v.csv" ? [SALES, ...sales(3, 6)] : ["id_produit,nom,prix", "p,x,2"]),
      );
      // The user gives the same command again, as after a kill at its end.
      await pipeline.run(moveSource(pathOf(name), pathOf(`new-${name}`)));
      expect((await claims(name)).size).toBe(0);
    }
    const moved = await claims("new-v.csv");
    expect([...moved.keys()]).toEqual([...sold.keys()]);
    const again = (await events()).filter((e) => e.event.source === idOf("new-p.csv"));
    expect(again.map((e) => e.event)).toEqual(
      points.map((p) => ({ ...p, source: idOf("new-p.csv"), version: again[0]?.event.version })),
    );
    const before = (await events()).length;
    await poll();
    expect((await events()).length).toBe(before);
    await expect(pipeline.run(moveSource(pathOf("v.csv"), pathOf("x.csv")))).rejects.toThrow(
      /not a registered source/,
    );
  });

  it("gives the same result when the command is killed anywhere and given again", async () => {
    for (let after = 0; after < 14; after++) {
      const [from, to] = [`${after}-old.csv`, `${after}-new.csv`];
      await add(from, {}, SALES, ...sales(1, 3));
      await poll();
      write(to, SALES, ...sales(1, 3));
      pipeline.fault = { after, kind: "killed", stored: after % 2 === 0 };
      const killed = await pipeline.run(moveSource(pathOf(from), pathOf(to))).then(
        () => false,
        () => true,
      );
      pipeline.fault = undefined;
      if (killed) await pipeline.run(moveSource(pathOf(from), pathOf(to))).catch(() => undefined);
      expect((await claims(from)).size, `killed at publish ${after}`).toBe(0);
      expect((await claims(to)).size, `killed at publish ${after}`).toBe(3);
      expect(await poll(from)).toBeUndefined();
      expect(await poll(to)).toMatchObject({ state: "ok", emitted: 0, unchanged: 3 });
    }
  });

  it("is refused where the new source already has other identity columns", async () => {
    await add("v.csv", {}, SALES, ...sales(1, 3));
    await add("w.csv", {}, `id_vente,${SALES}`, `1,${sale(1)}`);
    await poll();
    await expect(pipeline.run(moveSource(pathOf("v.csv"), pathOf("w.csv")))).rejects.toThrow(/identity/);
    await pipeline.run(removeSource(pathOf("w.csv")));
  });
});

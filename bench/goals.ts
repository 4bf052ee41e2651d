/** The measurements of the whole program, each beside its goal. */
import { statSync } from "node:fs";
import { join } from "node:path";

interface Timed {
  readonly log: string;
  readonly stage: string;
  readonly seconds: number;
  /** Processor time in seconds; null: it was not measured. */
  readonly cpu: number | null;
  readonly peakMb: number;
}

interface Line {
  readonly what: string;
  /** Null: it was not measured. */
  readonly measured: number | null;
  /** Null: it has none. */
  readonly goal: number | null;
  readonly isBest: "most" | "least";
}

/** What `bench/one-event.ts` prints. */
export interface OneEvent {
  readonly sales: number;
  readonly events: readonly {
    readonly consumer: { readonly longest: number };
    readonly analyzer: { readonly longest: number };
  }[];
}

export interface Found {
  readonly results: readonly Timed[];
  readonly sales: number;
  /** The data directory of the first load. */
  readonly data: string;
  readonly helpSeconds: number;
  readonly querySeconds: number;
  readonly oneEvent: OneEvent;
}

export function linesOf({
  results,
  sales,
  data,
  helpSeconds,
  querySeconds,
  oneEvent,
}: Found): readonly Line[] {
  const timed = (log: string, stage: string) => results.find((row) => row.log === log && row.stage === stage);
  const ratio = (theirs: number | null | undefined, ours: number | null | undefined): number | null =>
    theirs == null || ours == null ? null : theirs / ours;
  const allNew = timed("embedded", "start --once, all new");
  const nothingNew = timed("embedded", "start --once, nothing new");
  const pandas = timed("peer", "pandas_batch.py, all new");
  const pandasAgain = timed("peer", "pandas_batch.py, nothing new");
  const longest = (of: "consumer" | "analyzer") =>
    Math.max(...oneEvent.events.map((event) => event[of].longest));
  const most = (what: string, measured: number | null, goal: number | null): Line => ({
    what,
    measured,
    goal,
    isBest: "most",
  });
  const least = (what: string, measured: number | null, goal: number | null): Line => ({
    what,
    measured,
    goal,
    isBest: "least",
  });
  const event = `longest transaction, event of ${oneEvent.sales.toLocaleString("en")} sales, s of processor`;
  return [
    most("first load, times as fast as pandas_batch.py", ratio(pandas?.seconds, allNew?.seconds), 1.5),
    most("the same in processor time", ratio(pandas?.cpu, allNew?.cpu), null),
    least("first load, peak MB", allNew === undefined || allNew.peakMb === 0 ? null : allNew.peakMb, 350),
    most("nothing new, times as fast as its second run", ratio(pandasAgain?.seconds, nothingNew?.seconds), 7),
    most("the same in processor time", ratio(pandasAgain?.cpu, nothingNew?.cpu), null),
    least("nothing new, start --once, s of processor", nothingNew?.cpu ?? null, 0.6),
    least("--help, s, best of five", helpSeconds, 0.2),
    least("query, s, best of five", querySeconds, 0.35),
    least("bytes of ventes.db a sale", statSync(join(data, "ventes.db")).size / sales, 80),
    least(`consumer: ${event}`, longest("consumer"), 1),
    least(`analyzer: ${event}`, longest("analyzer"), 1),
  ];
}

/** The lines as text: what, measured, goal, and whether it is met. */
export function goalsTable(found: Found): string {
  const lines = linesOf(found).map(({ what, measured, goal, isBest }) => [
    what,
    measured === null ? "not measured" : measured.toFixed(2),
    String(goal ?? ""),
    measured === null || goal === null
      ? ""
      : (isBest === "most" ? measured >= goal : measured <= goal)
        ? "met"
        : "missed",
  ]);
  const rows = [["what", "measured", "goal", ""], ...lines];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * What is noticed about the days of sales: after the day of publication, or far from all others. A year is mistyped more
 * easily than seen; nothing is held back for it. Costs what the source has of different days, not of sales.
 */
import * as Effect from "effect/Effect";
import { isoNow } from "#shared/runtime/time.ts";
import { daysBetween, windowOf } from "../diff/index.ts";
import { type Doubt, decisionOf } from "../source/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { dayAfter } from "./takeover.ts";

/** The other sales are at least so many, on so many days; of fewer nothing tells which of them are far. */
const OTHERS = { sales: 3, days: 2 } as const;
/** Far are days further than so many from all others; where the others are many, all that rule 9 calls stray. */
const FAR_DAYS = 300;
const MANY = { sales: 20, days: 5 } as const;

export const dayNotices = Effect.fnUntraced(function* (
  { producer: { state, settings }, registration, version, before, tail }: OpenedVersion,
  { diff }: DiffedVersion,
): Effect.fn.Return<readonly Doubt[]> {
  if (!version.entities.some(({ name }) => name === "ventes")) return [];
  // Of a file that grew, the sales that were there before are in the state.
  const lines =
    tail === null ? new Map<string, number>() : state.days.linesOf(state.source(registration.source).id);
  for (const day of diff.sales.days) lines.set(day, (lines.get(day) ?? 0) + diff.sales.lines(day));
  const published = dayAfter(settings, before?.day, yield* isoNow);
  const past = new Map([...lines].filter(([day]) => day <= published));
  return [...futureOf(lines, published, registration.source), ...farOf(past)];
});

/** One decision for a source: one that sells ahead has such days in each version. */
function futureOf(lines: ReadonlyMap<string, number>, published: string, source: string): readonly Doubt[] {
  const days = [...lines.keys()].filter((day) => day > published);
  return noticed("days.future", lines, days, decisionOf("days.future", [source]), { what: published });
}

function farOf(lines: ReadonlyMap<string, number>): readonly Doubt[] {
  const window = windowOf(lines);
  if (window === null) return [];
  const others = [...lines.keys()].filter((day) => !window.strays.has(day));
  const sales = others.reduce((sum, day) => sum + (lines.get(day) ?? 0), 0);
  if (sales < OTHERS.sales || others.length < OTHERS.days) return [];
  const areMany = sales >= MANY.sales && others.length >= MANY.days;
  const days = [...window.strays].filter(
    (day) => areMany || others.every((other) => Math.abs(daysBetween(day, other)) > FAR_DAYS),
  );
  const span = { what: window.first, more: window.last };
  return noticed("days.far", lines, days, decisionOf("days.far", days), span);
}

function noticed(
  code: "days.future" | "days.far",
  lines: ReadonlyMap<string, number>,
  days: readonly string[],
  decision: string,
  details: Doubt["details"],
): readonly Doubt[] {
  if (days.length === 0) return [];
  const count = days.reduce((sum, day) => sum + (lines.get(day) ?? 0), 0);
  const examples = days.toSorted().slice(0, SHOWN);
  return [
    {
      code,
      decision,
      weight: "noticed",
      details: { ...details, count, examples },
      choices: [{ code: "seen" }],
    },
  ];
}

/** How many days a notice shows. */
const SHOWN = 5;

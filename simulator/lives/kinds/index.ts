/** The kinds of publishers. */
import type { Added, Life, Step } from "../life.ts";
import {
  betterNameComes,
  columnComesAndGoes,
  columnGoes,
  columnRenamed,
  columnsMove,
  secondHeader,
} from "./columns.ts";
import { blankOnce, cutOnce, otherWidth, PAID, statusOnce } from "./damage.ts";
import { appended, corrected, correctedEverywhere, datesMended, monthMended, resorted } from "./growing.ts";
import {
  DOCUMENTS,
  documents,
  equalLines,
  idsChange,
  LINE_IDS,
  lineIds,
  lineIdsCorrectedBelow,
  lineIdsDeleted,
  ticketsRestart,
  tillsWithSameIds,
} from "./ids.ts";
import { monthWithRefund, rolling, rollingAfterAGap, rollingWithMistypedDate } from "./rolling.ts";
import { copies, dailyAndMonthly, twinOpens, twins } from "./sources.ts";

export interface Kind {
  readonly name: string;
  /** The steps of the life with this seed. */
  readonly steps: (seed: number) => readonly Step[];
  /** How its files are added. Absent: without options. */
  readonly added?: Added;
  /** Why some of its lives are still silently wrong. Absent: none may be. */
  readonly known?: string;
}

const days = { by: "days", order: "oldest first" } as const;

export const KINDS: readonly Kind[] = [
  { name: "append", steps: appended },
  { name: "corrected", steps: corrected("oldest first") },
  { name: "corrected-newest-first", steps: corrected("newest first") },
  { name: "corrected-everywhere", steps: correctedEverywhere },
  { name: "dates-mended", steps: datesMended },
  { name: "month-mended", steps: monthMended },
  { name: "resorted", steps: resorted },
  { name: "rolling-days", steps: rolling(days) },
  { name: "rolling-days-mistyped", steps: rollingWithMistypedDate },
  { name: "rolling-count", steps: rolling({ by: "count", order: "oldest first" }) },
  { name: "rolling-days-newest-first", steps: rolling({ by: "days", order: "newest first" }) },
  { name: "rolling-count-newest-first", steps: rolling({ by: "count", order: "newest first" }) },
  { name: "rolling-days-sorted", steps: rolling({ by: "days", order: "sorted" }) },
  { name: "this-month", steps: rolling({ by: "month", order: "oldest first" }) },
  { name: "rolling-hours", steps: rolling({ by: "hours", order: "oldest first" }) },
  { name: "rolling-after-a-gap", steps: rollingAfterAGap },
  {
    name: "month-with-refund",
    steps: monthWithRefund,
  },
  { name: "equal-lines", steps: equalLines },
  { name: "line-ids", steps: lineIds },
  { name: "line-ids-deleted", steps: lineIdsDeleted },
  { name: "line-ids-corrected-below", steps: lineIdsCorrectedBelow },
  { name: "documents", steps: documents(DOCUMENTS) },
  { name: "documents-as-sale-ids", steps: documents(LINE_IDS) },
  { name: "tickets-restart-daily-files", steps: ticketsRestart(false) },
  { name: "tickets-restart-one-file", steps: ticketsRestart(true) },
  { name: "tills-with-same-ids", steps: tillsWithSameIds },
  { name: "ids-change", steps: idsChange(3) },
  { name: "ids-change-kept", steps: idsChange(1), added: { vanished: "keep" } },
  { name: "column-comes-and-goes", steps: columnComesAndGoes },
  { name: "column-goes", steps: columnGoes },
  { name: "columns-move", steps: columnsMove },
  { name: "column-renamed", steps: columnRenamed },
  { name: "better-name-comes", steps: betterNameComes },
  { name: "second-header", steps: secondHeader },
  { name: "blank-once", steps: blankOnce },
  {
    name: "cut-once",
    steps: cutOnce,
  },
  { name: "filtered", steps: statusOnce, added: { where: [PAID] } },
  { name: "other-width", steps: otherWidth },
  {
    name: "daily-and-monthly",
    steps: dailyAndMonthly,
  },
  { name: "twins", steps: twins },
  { name: "twin-opens", steps: twinOpens },
  { name: "copies", steps: copies },
];

/** The life of this kind with this seed. */
export const lifeOf = (kind: Kind, seed: number): Life => ({
  kind: kind.name,
  seed,
  ...(kind.added === undefined ? {} : { added: kind.added }),
  steps: kind.steps(seed),
});

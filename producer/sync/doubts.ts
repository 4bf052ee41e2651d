/**
 * Collects what is unclear about a version before any of it is published (rule 10). A doubt whose decision the operator
 * accepted is none.
 */
import * as Effect from "effect/Effect";
import { acceptedIn, type Doubt, decisionOf } from "../source/index.ts";
import { readBefore, readingDoubts, readOf } from "../version/index.ts";
import { dayNotices } from "./day-notices.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { PollFailure } from "./failure.ts";
import { idDoubts } from "./id-doubts.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { overlapDoubts } from "./overlap-doubt.ts";
import { vanishedDoubts } from "./vanished-doubt.ts";

export interface OpenDoubts {
  /** Nothing of the version is published while there is one. */
  readonly held: readonly Doubt[];
  /** The version is published, but a person must know. What is only noticed stands behind. */
  readonly attention: readonly Doubt[];
}

/** Finds doubts in a version that was read and compared. `open`: those that were found before and are not decided. */
type Finder = (
  opened: OpenedVersion,
  diffed: DiffedVersion,
  open: readonly Doubt[],
) => Effect.Effect<readonly Doubt[], PollFailure>;

/** Sales that come again under other ids seem to vanish: those ids are decided on first. */
const ofTheDiff: Finder = (opened, { diff }, open) =>
  open.some(({ code }) => code === "ids.changed") ? Effect.succeed([]) : vanishedDoubts(opened, diff);

const ofTheReading: Finder = ({ version, before }, { diff }) =>
  Effect.sync(() => {
    const read = readingDoubts(readBefore(before), readOf(version, diff.counts(version)));
    // What calls for attention already, such as lines in another currency, says why the lines are rejected.
    const isTold = ({ code, weight }: Doubt) => code === "rejects.many" && weight === "attention";
    return [...version.doubts, ...(version.doubts.length > 0 ? read.filter((one) => !isTold(one)) : read)];
  });

const ofOthers: Finder = (opened, diffed) => overlapDoubts(opened, diffed);

/** A shop that has several cities: the revenue of all of its sales is that of the last one. */
const ofTheShops: Finder = ({ version, registration: { source } }, { diff }) =>
  Effect.sync(() => {
    const { conflicts, parents } = diff.counts(version);
    const isList = version.main.entity.name === "magasins";
    const count = (isList ? conflicts : parents?.magasins?.conflicts) ?? 0;
    if (count === 0) return [];
    const alone = [
      ["sources", "remove", source, "--withdraw"],
      ["sources", "add", "ventes", source],
    ];
    return [
      {
        code: "shops.several",
        decision: decisionOf("shops.several", ["magasins"]),
        weight: "attention",
        details: { count },
        choices: [
          { code: "lastShop" },
          ...(isList ? [] : [{ code: "salesAlone", commands: alone } as const]),
        ],
      },
    ];
  });

/** In the order in which they are told. */
const FINDERS: readonly Finder[] = [ofTheReading, ofTheShops, idDoubts, ofOthers, ofTheDiff, dayNotices];

export const openDoubts = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  diffed: DiffedVersion,
): Effect.fn.Return<OpenDoubts, PollFailure> {
  const accepted = new Set(acceptedIn(opened.registration));
  const open: Doubt[] = [];
  for (const find of FINDERS)
    open.push(...(yield* find(opened, diffed, open)).filter(({ decision }) => !accepted.has(decision)));
  return {
    held: open.filter(({ weight }) => weight === "held"),
    attention: [
      ...open.filter(({ weight }) => weight === "attention"),
      ...open.filter(({ weight }) => weight === "noticed"),
    ],
  };
});

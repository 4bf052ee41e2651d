/** What is wrong now, from the states of sources and components and from the database. */
import { createHash } from "node:crypto";
import { isOpen } from "#shared/contract/doubt.ts";
import { type CatalogueStatus, needsOperator, type SourceStatus } from "#shared/contract/status.ts";
import type { Verdict } from "./changes.ts";
import type { Seen } from "./database.ts";
import { clipped, type Sentences } from "./sentences.ts";

export interface Limits {
  /** How long a file or a component must fail before it is told. */
  readonly afterMs: number;
  /** Figures are stale when none has changed for this long; null: never. */
  readonly staleMs: number | null;
  /** Rejected records of one version of a file; null: no limit. */
  readonly rejects: number | null;
  /** A sale of this amount or more is told, in units of the currency; null: none is. */
  readonly sale: number | null;
}

/** A component that is a process of its own. */
export interface ComponentHealth {
  readonly name: string;
  /** A sentence; null: it runs. */
  readonly problem: string | null;
}

export interface Observed {
  readonly sources: readonly SourceStatus[];
  readonly catalogues: readonly CatalogueStatus[];
  readonly components: readonly ComponentHealth[];
}

/** The id of a source may hold a secret: the memory has its hash alone. */
const keyOf = (kind: string, source: string): string =>
  `${kind} ${createHash("sha256").update(source).digest("base64url").slice(0, 22)}`;

/** Commits that are in no analysis for this long are told. */
const LATE_MS = 600_000;

export const verdictsOf = (
  { sources, catalogues, components }: Observed,
  database: Seen | null,
  limits: Limits,
  said: Sentences,
  now: Date,
): readonly Verdict[] => [
  ...sources.flatMap((source) => verdictsOnSource(source, limits, said)),
  ...catalogues.flatMap((catalogue) => verdictsOnCatalogue(catalogue, said)),
  ...components.map(
    ({ name, problem }): Verdict => ({
      key: `component ${name}`,
      kind: "component",
      subject: name,
      isWrong: problem !== null,
      state: "",
      says: problem ?? said.componentRuns(name),
    }),
  ),
  ...(database === null ? [] : verdictsOnDatabase(database, limits, said, now)),
];

function verdictsOnSource(status: SourceStatus, { rejects }: Limits, said: Sentences): readonly Verdict[] {
  const { source, state, reason, rejected } = status;
  if (state === "unlisted") return [];
  const unknown = { isWrong: null, subject: source, state: "", says: "" };
  const unknownVersion: Verdict = { ...unknown, key: keyOf("version", source), kind: "version" };
  const unknownRejects: Verdict = { ...unknown, key: keyOf("rejects", source), kind: "rejects" };
  if (state === "new" || state === "reading")
    return [{ ...unknown, key: keyOf("failed", source), kind: "failed" }, unknownVersion, unknownRejects];
  const failed: Verdict = {
    key: keyOf("failed", source),
    kind: "failed",
    subject: source,
    isWrong: state === "parked",
    state: "",
    says: state === "parked" ? said.failed(source, clipped(reason)) : said.readAgain(source),
  };
  // A file that cannot be read tells nothing about its versions.
  if (state === "parked") return [failed, unknownVersion, unknownRejects];
  const isWaiting = needsOperator(status);
  const doubts = (status.doubts ?? []).filter(isOpen);
  const why = clipped(doubts.length === 0 ? reason : doubts.map(({ says }) => says).join("; "));
  const version: Verdict = {
    key: keyOf("version", source),
    kind: "version",
    subject: source,
    isWrong: isWaiting,
    state: doubts.map(({ decision }) => decision).join(" "),
    says: !isWaiting
      ? said.decided(source)
      : state === "held"
        ? said.held(source, why)
        : said.unclear(source, why),
  };
  if (state === "held") return [failed, version, unknownRejects];
  if (rejects === null) return [failed, version];
  const isMany = rejected >= rejects;
  const many: Verdict = {
    key: keyOf("rejects", source),
    kind: "rejects",
    subject: source,
    isWrong: isMany,
    state: "",
    says: isMany ? said.rejects(source, rejected, rejects) : said.fewRejects(source, rejected),
  };
  return [failed, version, many];
}

function verdictsOnCatalogue(
  { catalogue, state, reason, refused, refusals }: CatalogueStatus,
  said: Sentences,
): readonly Verdict[] {
  const failed = { key: keyOf("failed", catalogue), kind: "failed", subject: catalogue } as const;
  if (state === "new" || state === "reading") return [{ ...failed, isWrong: null, state: "", says: "" }];
  const problem =
    state === "parked"
      ? said.failed(catalogue, clipped(reason))
      : refused > 0
        ? said.refused(catalogue, refused, clipped(refusals[0]?.reason ?? ""))
        : null;
  return [
    {
      ...failed,
      isWrong: problem !== null,
      state: state === "parked" ? "" : "refused",
      says: problem ?? said.readAgain(catalogue),
    },
  ];
}

function verdictsOnDatabase(
  { changed, waitingSince }: Seen,
  { staleMs }: Limits,
  said: Sentences,
  now: Date,
): readonly Verdict[] {
  const age = (since: string): number => now.getTime() - Date.parse(since);
  const isLate = waitingSince !== null && age(waitingSince) > LATE_MS;
  const late: Verdict = {
    key: "late",
    kind: "late",
    subject: "",
    isWrong: isLate,
    state: "",
    says: isLate ? said.late(waitingSince) : said.inTime(),
  };
  if (staleMs === null || changed === null) return [late];
  const isStale = age(changed) > staleMs;
  const stale: Verdict = {
    key: "stale",
    kind: "stale",
    subject: "",
    isWrong: isStale,
    state: "",
    says: isStale ? said.stale(changed) : said.fresh(),
  };
  return [late, stale];
}

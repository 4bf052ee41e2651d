/** The metrics of sources. Each label costs a series for ever, so their number has a bound. */
import { isOpen } from "#shared/contract/doubt.ts";
import { needsOperator, type SourceStatus } from "#shared/contract/status.ts";
import { visibleSource } from "../../texts/visible.ts";
import { countsByState, type Labels, type Meter, seriesOf } from "./meter.ts";

/** Sources that have series of their own; those that need a person come first. The others are one more, `other`. */
const MOST_SOURCES = 100;
const OTHER: Labels = { source: "other", entity: "other" };

/** Sources with one set of labels: one, or those of `other`, or some whose names differ in a secret alone. */
interface Group {
  readonly labels: Labels;
  readonly members: readonly SourceStatus[];
}

function groupsOf(sources: readonly SourceStatus[]): readonly Group[] {
  const rank = (source: SourceStatus): number => (needsOperator(source) ? 0 : 1);
  const sorted = sources.toSorted((a, b) => rank(a) - rank(b) || (a.source < b.source ? -1 : 1));
  const own = sorted.slice(0, MOST_SOURCES).map((status): readonly [Labels, SourceStatus] => {
    const { source, entities } = status;
    return [{ source: visibleSource(source), entity: entities.join("+") }, status];
  });
  const others = sorted.slice(MOST_SOURCES).map((status) => [OTHER, status] as const);
  const byLabels = Map.groupBy([...own, ...others], ([labels]) => JSON.stringify(labels));
  return [...byLabels.values()].map((group) => ({
    labels: group[0]?.[0] ?? OTHER,
    members: group.map(([, status]) => status),
  }));
}

const sumOf =
  (value: (status: SourceStatus) => number) =>
  ({ members }: Group): number =>
    members.reduce((sum, status) => sum + value(status), 0);

/** Seconds since 1970 of the oldest of these times; undefined: there is none. */
const oldestOf =
  (time: (status: SourceStatus) => string | null) =>
  ({ members }: Group): number | undefined => {
    const known = members.flatMap((status) => time(status) ?? []).map((at) => Date.parse(at) / 1000);
    return known.length === 0 ? undefined : Math.min(...known);
  };

export function addSources(meter: Meter, sources: readonly SourceStatus[]): void {
  meter.gauge(
    "ventes_sources",
    "Sources by their state: new, reading, ok, parked (cannot be read), held (waits for a decision), unlisted.",
    countsByState(sources),
  );
  const groups = groupsOf(sources);
  const metrics: readonly (readonly [string, string, (group: Group) => number | undefined])[] = [
    ["records", "Records of the last version of the source.", sumOf(({ records }) => records)],
    ["rejected_records", "Records of that version that were rejected.", sumOf(({ rejected }) => rejected)],
    [
      "held",
      "1 while its newest version waits for a decision.",
      sumOf(({ state }) => Number(state === "held")),
    ],
    ["parked", "1 while it cannot be read.", sumOf(({ state }) => Number(state === "parked"))],
    [
      "open_doubts",
      "What is unclear about its version and waits for a decision.",
      sumOf(({ doubts = [] }) => doubts.filter(isOpen).length),
    ],
    [
      "defects",
      "Polls that ended in an unforeseen error, since its producer started.",
      sumOf(({ defects = 0 }) => defects),
    ],
    ["polled_timestamp_seconds", "When it was polled last.", oldestOf(({ polled }) => polled)],
    ["changed_timestamp_seconds", "When its content changed last.", oldestOf(({ changed }) => changed)],
  ];
  for (const [name, description, value] of metrics)
    meter.gauge(
      `ventes_source_${name}`,
      description,
      seriesOf(groups, ({ labels }) => labels, value),
    );
}

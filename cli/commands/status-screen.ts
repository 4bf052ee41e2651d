/** What `ventes status --watch` shows: the state of every part as the lines of one screen. */
import { needsOperator } from "#shared/contract/status.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { wrapped } from "../output/rows.ts";
import type { Size } from "../output/screen.ts";
import { LOOP_FIGURE } from "../run/component-state.ts";
import type { LastBackup } from "../run/last-backup.ts";
import { type Found, LONG_LOOP_MS, pagesOf } from "../run/status.ts";
import type { Texts } from "../texts/texts.ts";
import { visible, visibleSource } from "../texts/visible.ts";
import { type WatchTexts, watchTextsIn } from "../texts/watch-texts.ts";

/** What was found at one moment. */
export interface Seen {
  readonly found: Found;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly disk: { readonly free: number | undefined; readonly used: number };
  readonly backup: LastBackup | undefined;
}

export interface Screen {
  readonly dir: string;
  readonly settings: Pick<SettingsShape, "language" | "timeZone">;
  readonly texts: Texts;
  /** Milliseconds between two looks. */
  readonly paceMs: number;
}

/** The width of the names of rows. */
const NAMES = 12;

/** On a small terminal the problems keep this many lines, and the facts above them are cut. */
const LEAST_LINES = 3;

/** The lines of the screen. The problems come last and get the lines that are left. `before`: what the look before this one saw. */
export function screenOf(seen: Seen, before: Seen | null, screen: Screen, size: Size): readonly string[] {
  const words = watchTextsIn(screen.settings.language);
  const row = (name: string, text: string): string => `${name.padEnd(NAMES)}${text}`;
  const { found } = seen;
  const facts = [
    `${visible(screen.dir)}  ${timeIn(screen, seen.now)} ${screen.settings.timeZone}`,
    screen.texts.runs(found.running),
    "",
    row(words.page, pagesOf(found).map(visible).join("  ") || words.noPage),
    ...inOrder(found.components).map((state) =>
      row(state.component, componentText(state, seen, screen, words)),
    ),
    ...pipelineRows(seen, before, screen, words).map(([name, text]) => row(name, text)),
    ...placeRows(seen, screen, words).map(([name, text]) => row(name, text)),
    row(words.sources, sourcesText(seen, screen, words)),
    "",
  ];
  const foot = words.foot(String(Math.round(screen.paceMs / 1000)));
  const most = size.rows - 1;
  const room = Math.max(Math.min(LEAST_LINES, most), most - facts.length);
  const problems = problemLines(found, size.columns, room, screen, words).slice(0, Math.max(0, most));
  const lines = [...facts.slice(0, Math.max(0, most - problems.length)), ...problems];
  return [...lines, ...Array(Math.max(0, most - lines.length)).fill(""), foot];
}

const ORDER = ["producer", "consumer", "analyzer"];
const inOrder = (components: Found["components"]): Found["components"] =>
  components.toSorted(
    (a, b) => ORDER.indexOf(a.component) - ORDER.indexOf(b.component) || (a.id < b.id ? -1 : 1),
  );

function componentText(
  state: Found["components"][number],
  { found, now }: Seen,
  screen: Screen,
  words: WatchTexts,
): string {
  const isOnly = found.components.filter(({ component }) => component === state.component).length === 1;
  const busy = state.figures[LOOP_FIGURE] ?? 0;
  return [
    state.lost ? words.lost : state.state,
    ago(now, state.at, words),
    ...(isOnly ? [] : [visibleSource(state.id)]),
    ...(busy > LONG_LOOP_MS ? [words.loop(screen.texts.count(busy))] : []),
    ...(state.detail === "" ? [] : [visibleSource(state.detail)]),
  ].join("  ");
}

type Rows = readonly (readonly [name: string, text: string])[];

function pipelineRows({ found, now }: Seen, before: Seen | null, screen: Screen, words: WatchTexts): Rows {
  const { count } = screen.texts;
  const { log, database } = found;
  const seconds = before === null ? 0 : (now - before.now) / 1000;
  const rate = (value: number | undefined, earlier: number | undefined): string =>
    value === undefined || earlier === undefined || seconds <= 0
      ? "…"
      : count(Math.max(0, Math.round((value - earlier) / seconds)));
  const earlier = before?.found;
  const topics: Rows = [
    [
      words.topics,
      log === null
        ? words.noTopics
        : words.records(count(log.events), rate(log.events, earlier?.log?.events)),
    ],
  ];
  if (database === null) return [...topics, [words.database, words.noDatabase]];
  const { rows, lag, waiting, rejects } = database;
  return [
    ...topics,
    [words.database, words.rows(count(rows.ventes), count(rows.produits), count(rows.magasins))],
    [
      words.lagging,
      lag === null
        ? words.noLag
        : words.lag(
            count(lag),
            rate(appliedIn(found), earlier === undefined ? undefined : appliedIn(earlier)),
          ),
    ],
    [
      words.figures,
      database.commit === 0
        ? words.noFigures
        : `${words.asOf(count(database.commit), timeIn(screen, Date.parse(database.at)), ago(now, database.at, words))}, ${database.pending ? words.behind : words.upToDate}`,
    ],
    [words.waiting, words.waitingSales(count(waiting.sales), count(rejects))],
  ];
}

/** The records of the topics that the database has applied. */
const appliedIn = ({ log, database }: Found): number | undefined =>
  log === null || database === null || database.lag === null ? undefined : log.events - database.lag;

function placeRows({ now, disk, backup }: Seen, screen: Screen, words: WatchTexts): Rows {
  const free = disk.free === undefined ? "?" : screen.texts.bytes(disk.free);
  return [
    [words.disk, words.free(free, screen.texts.bytes(disk.used))],
    [
      words.backup,
      backup === undefined
        ? words.noBackup()
        : words.lastBackup(
            timeIn(screen, Date.parse(backup.at)),
            ago(now, backup.at, words),
            visible(backup.path),
          ),
    ],
  ];
}

function sourcesText({ found, now }: Seen, screen: Screen, words: WatchTexts): string {
  const { sources } = found;
  if (sources.length === 0) return words.noSource;
  const states = [...Map.groupBy(sources, ({ state }) => state)].map(
    ([state, of]) => `${screen.texts.count(of.length)} ${state}`,
  );
  const last = sources
    .flatMap(({ changed }) => changed ?? [])
    .toSorted()
    .at(-1);
  return [
    states.join(", "),
    ...(last === undefined
      ? []
      : [words.lastChange(timeIn(screen, Date.parse(last)), ago(now, last, words))]),
  ].join(screen.texts.between());
}

/** The problems, in at most `room` lines and in the order of `status`. */
function problemLines(
  { problems, sources }: Found,
  columns: number,
  room: number,
  { texts }: Screen,
  words: WatchTexts,
): readonly string[] {
  if (problems.length === 0) return [words.nothing];
  const needing = sources.filter(needsOperator).length;
  const title = `${words.needed} (${texts.count(problems.length)}${needing > 0 ? `, ${words.sources} ${texts.count(needing)}` : ""})`;
  const lines = [title];
  for (const [i, problem] of problems.entries()) {
    const own = wrapped(visibleSource(problem.replace(/\s+/g, " ")), columns - 2).map(
      (line, n) => `${n === 0 ? "! " : "  "}${line}`,
    );
    const left = problems.length - i;
    // The line that says how many are left needs a place, unless this one is the last.
    if (lines.length + own.length + (left > 1 ? 1 : 0) > room)
      return [...lines, `  ${words.more(texts.count(left))}`];
    lines.push(...own);
  }
  return lines;
}

/** `28/11 12:03:04`, in the business zone. */
const timeIn = ({ settings }: Screen, at: number): string =>
  new Intl.DateTimeFormat(settings.language === "fr" ? "fr-FR" : "en-GB", {
    timeZone: settings.timeZone,
    day: "2-digit",
    month: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  })
    .format(at)
    .replace(", ", " ");

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** How long ago it was: `4 s`, `12 min`, `3 h`, `5 d`. */
function ago(now: number, iso: string, { units }: WatchTexts): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 2 * MINUTE_S) return `${seconds} ${units.s}`;
  if (seconds < 2 * HOUR_S) return `${Math.floor(seconds / MINUTE_S)} ${units.min}`;
  if (seconds < 2 * DAY_S) return `${Math.floor(seconds / HOUR_S)} ${units.h}`;
  return `${Math.floor(seconds / DAY_S)} ${units.d}`;
}

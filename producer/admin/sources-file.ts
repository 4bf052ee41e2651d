/**
 * The file of VENTES_SOURCES: a list of sources. They are registered, as by `sources add`, when a producer starts and
 * each time the file changes. The file is a CSV with a column url, and optionally entity and the options of
 * catalogue/options.ts. An option that a line leaves empty stays as it is registered. Lines that begin with # are
 * comments. Paths are relative to the file.
 *
 * A line that is not valid is reported by file and line. A line whose source cannot be read now is reported too, and
 * tried again. Neither stops the other lines. A source that is already registered as its line says is not requested.
 * Removing a line removes no source: `sources remove` does that.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { type Language, Settings } from "#shared/runtime/settings.ts";
import type { LogFailure, PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { isOptionName, OPTION_NAMES, type SourceOptions, sourceOptions } from "../catalogue/index.ts";
import { DELIMITERS, parseList } from "../csv/index.ts";
import { foldHeader } from "../header/index.ts";
import { leastEvery, parseEntities, Registry, SourceRefusal, sourceId } from "../source/index.ts";
import { registerSource } from "./register.ts";

/** One valid line. */
export interface ListedLine {
  readonly line: number;
  readonly source: string;
  readonly entities: readonly EntityName[] | undefined;
  readonly options: SourceOptions;
}

export interface SourcesFile {
  readonly lines: readonly ListedLine[];
  /** `file:line: sentence` for each line, column or file that is not valid. */
  readonly troubles: readonly string[];
}

const URL_COLUMN = "url";
const ENTITY_COLUMN = "entity";
const KNOWN_COLUMNS = [URL_COLUMN, ENTITY_COLUMN, ...OPTION_NAMES].join(", ");
const isKnown = (name: string): boolean =>
  name === URL_COLUMN || name === ENTITY_COLUMN || isOptionName(name);

/** Never throws: a file that cannot be read is a trouble. */
export function readSourcesFile(path: string, language: Language): SourcesFile {
  const lines: ListedLine[] = [];
  const troubles: string[] = [];
  const trouble = (line: number | null, source: string, refusal: SourceRefusal) =>
    troubles.push(`${path}${line === null ? "" : `:${line}`}: ${refusal.toError(source, language).sentence}`);
  const attempt = (line: number | null, source: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SourceRefusal)) throw error;
      trouble(line, source, error);
    }
  };

  attempt(null, path, () => {
    const [header, ...rest] = recordsOf(path);
    const names = (header?.fields ?? []).map(foldHeader);
    if (header === undefined || !names.includes(URL_COLUMN))
      throw new SourceRefusal("sources_file.no_url", names.join(", "), KNOWN_COLUMNS);
    for (const name of names)
      if (name !== "" && !isKnown(name))
        trouble(header.line, path, new SourceRefusal("sources_file.unknown_column", name, KNOWN_COLUMNS));
    const firstLines = new Map<string, number>();
    for (const { line, fields } of rest) {
      const values = new Map<string, string>();
      for (const [at, name] of names.entries()) {
        const value = fields?.[at]?.trim() ?? "";
        // If two columns have one name, the first value that is not empty holds.
        if ((values.get(name) ?? "") === "") values.set(name, value);
      }
      attempt(line, values.get(URL_COLUMN) ?? "", () => {
        if (fields === undefined) throw new SourceRefusal("sources_file.bad_line");
        const one = listed(line, values, dirname(resolve(path)));
        const first = firstLines.get(one.source);
        if (first !== undefined) throw new SourceRefusal("sources_file.twice", String(first));
        firstLines.set(one.source, line);
        lines.push(one);
      });
    }
  });
  return { lines, troubles };
}

interface ReadLine {
  readonly line: number;
  /** undefined: the line is not CSV. */
  readonly fields: readonly string[] | undefined;
}

/** Throws SourceRefusal. */
function textOf(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) throw new SourceRefusal("catalogue.not_utf8");
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SourceRefusal("sources_file.not_readable", code);
  }
}

/** Uses the delimiter with which the header has a column url, else the comma. Throws SourceRefusal. */
function recordsOf(path: string): readonly ReadLine[] {
  const text = textOf(path);
  const read = DELIMITERS.map((delimiter) => recordsWith(text, delimiter));
  const hasUrl = (records: readonly ReadLine[]) =>
    records[0]?.fields?.some((field) => foldHeader(field) === URL_COLUMN) === true;
  return read.find(hasUrl) ?? read[0] ?? [];
}

function recordsWith(text: string, delimiter: string): readonly ReadLine[] {
  return text.split(/\r\n|\n|\r/).flatMap((raw, i) => {
    if (raw.trim() === "" || raw.startsWith("#")) return [];
    try {
      return [{ line: i + 1, fields: parseList(raw, delimiter)[0] }];
    } catch {
      return [{ line: i + 1, fields: undefined }];
    }
  });
}

/** Throws SourceRefusal. */
function listed(line: number, values: ReadonlyMap<string, string>, folder: string): ListedLine {
  const source = sourceId(values.get(URL_COLUMN) ?? "", folder);
  const entity = values.get(ENTITY_COLUMN) ?? "";
  const options = sourceOptions(
    Object.fromEntries([...values].filter(([name, value]) => value !== "" && isOptionName(name))),
  );
  const { every } = options;
  if (every !== undefined && every < leastEvery(source))
    throw new SourceRefusal("sources_file.too_often", `${leastEvery(source) / 1_000}s`);
  return { line, source, entities: entity === "" ? undefined : parseEntities(entity), options };
}

/** Whether the source is registered with everything that the line says. */
function isAsListed(registration: Registration | undefined, { entities, options }: ListedLine): boolean {
  if (registration === undefined) return false;
  const { reading, ...others } = options;
  const says = (reported: object | undefined, is: object | undefined): boolean =>
    Object.entries(reported ?? {}).every(([name, value]) =>
      isDeepStrictEqual(value, (is as Record<string, unknown> | undefined)?.[name]),
    );
  return (
    (entities === undefined || entities.every((entity) => registration.entities.includes(entity))) &&
    says(others, registration) &&
    says(reading, registration.reading)
  );
}

/** Called with the result of each line. */
export interface SourcesFileListener {
  readonly onRegistered: (registration: Registration) => void;
  /** `file:line: sentence`. */
  readonly onTrouble: (sentence: string) => void;
}

/** How many sources are read at the same time. */
const AT_ONCE = 4;

/** Registers these lines. Returns the lines whose source could not be read. */
const registerLines = Effect.fnUntraced(function* (
  path: string,
  lines: readonly ListedLine[],
  listener: SourcesFileListener,
): Effect.fn.Return<readonly ListedLine[], DatabaseError | PublishFailure, TopicLog | Settings> {
  const registry = new Registry(yield* TopicLog);
  yield* registry.refresh();
  const wanted = lines.filter((line) => !isAsListed(registry.registration(line.source), line));
  const failed = yield* Effect.forEach(
    wanted,
    (one) =>
      registerSource(one.source, { entities: one.entities, ...one.options }).pipe(
        Effect.map((registration) => {
          listener.onRegistered(registration);
          return [];
        }),
        Effect.catchTag("SourceError", ({ sentence }) =>
          Effect.sync(() => {
            listener.onTrouble(`${path}:${one.line}: ${sentence}`);
            return [one];
          }),
        ),
      ),
    { concurrency: AT_ONCE },
  );
  return failed.flat();
});

/** Registers the sources of the file once. Returns how many lines could not be registered. */
export const registerSourcesFile = Effect.fnUntraced(function* (
  path: string,
  listener: SourcesFileListener,
): Effect.fn.Return<number, DatabaseError | PublishFailure, TopicLog | Settings> {
  const { language } = yield* Settings;
  const { lines, troubles } = readSourcesFile(path, language);
  for (const sentence of troubles) listener.onTrouble(sentence);
  const failed = yield* registerLines(path, lines, listener);
  return troubles.length + failed.length;
});

/** How often the file is checked for a change, and after how many checks the failed lines are tried again. */
const POLL_EVERY_MS = 1_000;
const TRY_AGAIN_EVERY = 5;

/** Registers the sources of the file, again each time it changes. Tries failed lines again. Runs until interrupted. */
export const followSourcesFile = Effect.fnUntraced(function* (
  path: string,
  listener: SourcesFileListener,
): Effect.fn.Return<never, DatabaseError | LogFailure, TopicLog | Settings> {
  const { language } = yield* Settings;
  let seen: string | undefined;
  let waiting: readonly ListedLine[] = [];
  // A trouble that lasts is reported once for each state of the file.
  let reported = new Set<string>();
  const once: SourcesFileListener = {
    ...listener,
    onTrouble: (sentence) => {
      if (!reported.has(sentence)) listener.onTrouble(sentence);
      reported.add(sentence);
    },
  };
  for (let poll = 0; ; poll++) {
    const now = stateOf(path);
    if (now !== seen) {
      seen = now;
      reported = new Set();
      const { lines, troubles } = readSourcesFile(path, language);
      for (const sentence of troubles) once.onTrouble(sentence);
      waiting = lines;
      poll = 0;
    }
    if (waiting.length > 0 && poll % TRY_AGAIN_EVERY === 0)
      // While the topic log does not answer, the lines wait. The producer reports the log.
      waiting = yield* registerLines(path, waiting, once).pipe(
        Effect.catchTags({
          LogUnavailable: () => Effect.succeed(waiting),
          PublishUncertain: () => Effect.succeed(waiting),
        }),
      );
    yield* Effect.sleep(POLL_EVERY_MS);
  }
});

/** A text that changes when the file changes. */
function stateOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "absent" : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

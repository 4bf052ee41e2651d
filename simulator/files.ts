/**
 * The CSV files that the simulated producers poll, and the server that publishes them. The server changes files during a
 * download, answers 304 for a changed file (wrongly, or because of a weak ETag), and answers an old state, an error, or
 * half a file. A poll of a simulated producer calls `served` instead of the network.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import { isoNow, newId } from "#shared/runtime/time.ts";
import type { Random } from "../consumer/testing/random-history.ts";
import type { FetchOptions } from "../producer/download/fetch.ts";
import { contentHash, type Fetched, type Validators } from "../producer/download/fetched.ts";
import { type SourceError, sourceError } from "../producer/source/error.ts";

export type Line = Readonly<Record<string, string | null>>;

interface FileKind {
  readonly entity: EntityName;
  readonly columns: readonly string[];
  /** Columns that come and go. */
  readonly more: readonly string[];
  readonly key: string | undefined;
}

export const FILES = {
  "http://sim/pa.csv": {
    entity: "produits",
    columns: ["id_produit", "nom", "prix"],
    more: ["stock", "date_effet"],
    key: "id_produit",
  },
  "http://sim/ma.csv": {
    entity: "magasins",
    columns: ["id_magasin", "ville"],
    more: ["ouvert"],
    key: "id_magasin",
  },
  "http://sim/va.csv": {
    entity: "ventes",
    columns: ["id_vente", "date_vente", "id_produit", "id_magasin", "quantité"],
    more: ["vendeur", "prix", "chiffre_affaires"],
    key: "id_vente",
  },
  "http://sim/vc.csv": {
    entity: "ventes",
    columns: ["date_vente", "id_produit", "id_magasin", "quantité"],
    more: ["vendeur", "prix"],
    key: undefined,
  },
} as const satisfies Record<string, FileKind>;
export type FileName = keyof typeof FILES;
export const FILE_NAMES = Object.keys(FILES) as readonly FileName[];

export const CHANGES = [
  "append",
  "append",
  "rewrite",
  "change",
  "duplicate",
  "drop",
  "shuffle",
  "column",
  "withdraw",
  "back",
  "back",
] as const;
export type Change = (typeof CHANGES)[number];

export const ANSWERS = [
  "as it is",
  "as it is",
  "as it is",
  "304 that lies",
  "weak ETag",
  "an old state",
  "an error",
  "cut",
  "half a file",
] as const;
export type Answer = (typeof ANSWERS)[number];

interface FileState {
  columns: readonly string[];
  lines: readonly Line[];
  /** Grows with each change; the ETag unless it is weak. */
  change: number;
  readonly contents: string[];
  /** Columns and lines as they were before. */
  readonly before: Pick<FileState, "columns" | "lines">[];
  /** The next answer of the server; later answers are right again. */
  readonly answers: Answer[];
}

const cellOf = (column: string, r: Random): string | null => {
  const day = () => `2026-01-0${1 + r.below(9)}`;
  const cells: Record<string, () => string | null> = {
    id_vente: () => `v${1 + r.below(8)}`,
    id_produit: () => r.pick(["p", "q", "r"]),
    id_magasin: () => r.pick(["m", "n"]),
    date_vente: day,
    quantité: () => (r.chance(0.06) ? "x" : String(1 + r.below(3))),
    prix: () => r.pick(["1", "2.5", "8"]),
    chiffre_affaires: () => r.pick([null, "7", "9.99"]),
    vendeur: () => r.pick(["A", "B", null]),
    nom: () => r.pick(["x", "y", null]),
    ville: () => r.pick(["Paris", "Lyon"]),
    stock: () => r.pick(["1", "2"]),
    ouvert: () => r.pick(["oui", "non"]),
    date_effet: day,
  };
  return (cells[column] as () => string | null)();
};

export class Files {
  readonly #files = new Map<FileName, FileState>();
  /** While false, every answer is the current file. */
  misbehaves = true;

  has(name: FileName): boolean {
    return this.#files.has(name);
  }

  state(name: FileName): FileState | undefined {
    return this.#files.get(name);
  }

  change(name: FileName, change: Change, r: Random): void {
    const kind: FileKind = FILES[name];
    const state = this.#files.get(name);
    const lineOf = (columns: readonly string[]): Line =>
      Object.fromEntries(columns.map((c) => [c, cellOf(c, r)]));
    if (state === undefined) {
      const lines = Array.from({ length: 2 + r.below(6) }, () => lineOf(kind.columns));
      const columns = kind.columns;
      this.#files.set(name, {
        columns,
        lines: unique(kind, lines),
        change: 1,
        contents: [],
        before: [],
        answers: [],
      });
      return;
    }
    state.contents.push(textOf(state));
    const previous = state.before.at(-1);
    state.before.push({ columns: state.columns, lines: state.lines });
    state.change++;
    if (change === "back" && previous !== undefined) {
      Object.assign(state, previous);
      return;
    }
    let columns = [...state.columns];
    let lines = [...state.lines];
    const at = r.below(Math.max(1, lines.length));
    const line = lines[at];
    if (change === "append") for (let n = 1 + r.below(3); n > 0; n--) lines.push(lineOf(columns));
    else if (change === "rewrite") lines = Array.from({ length: 1 + r.below(7) }, () => lineOf(columns));
    else if (change === "duplicate" && line !== undefined) lines.push(line);
    else if (change === "drop" && lines.length > 1) lines.splice(at, 1);
    else if (change === "withdraw") lines = lines.filter((_, i) => i === 0 || r.chance(0.6));
    else if (change === "shuffle")
      lines = lines
        .map((l) => [r.next(), l] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, l]) => l);
    else if (change === "column") {
      const column = r.pick(kind.more);
      if (columns.includes(column)) {
        columns = columns.filter((c) => c !== column);
        lines = lines.map((l) => Object.fromEntries(columns.map((c) => [c, l[c] ?? null])));
      } else {
        columns = [...columns, column];
        lines = lines.map((l) => ({ ...l, [column]: cellOf(column, r) }));
      }
    } else if (line !== undefined) {
      const column = r.pick(columns.filter((c) => c !== kind.key && c !== "date_effet"));
      lines[at] = { ...line, [column]: cellOf(column, r) };
    }
    state.columns = columns;
    state.lines = unique(kind, lines);
  }

  answer(name: FileName, answer: Answer): void {
    this.#files.get(name)?.answers.push(answer);
  }

  /** Answers a poll, in the place of a download. */
  readonly served =
    (data: string, count: (answer: Answer) => void) =>
    ({
      source,
      known,
      resumeFrom,
    }: FetchOptions): ReturnType<typeof import("../producer/download/fetch.ts").fetchSource> =>
      Effect.gen({ self: this }, function* (): Effect.fn.Return<Fetched, SourceError> {
        const state = this.#files.get(source as FileName) as FileState;
        const answer: Answer = (this.misbehaves ? state.answers.shift() : undefined) ?? "as it is";
        if (answer !== "as it is") count(answer);
        let text = textOf(state);
        let etag = `"${state.change}"`;
        if (answer === "an error") return yield* failure("source.http_status", source, "503");
        if (answer === "cut") return yield* failure("source.truncated", source, "reset");
        if (answer === "weak ETag") etag = known?.etag?.startsWith("W/") ? known.etag : `W/"weak"`;
        if (answer === "304 that lies" && known !== null) return unchanged(known);
        if (answer === "an old state") text = state.contents.at(-1) ?? text;
        if (answer === "half a file") text = halfOf(text);
        if (known !== null && known.etag === etag && answer !== "an old state") return unchanged(known);
        const bytes = Buffer.from(text, "utf8");
        const hash = hashOf(bytes);
        if (known !== null && contentHash(known) === hash) return unchanged(known);
        if (answer === "an old state" || answer === "half a file") etag = `"${answer}"`;
        const validators: Validators = {
          etag,
          lastModified: null,
          young: false,
          stat: null,
          left: false,
          bytes: bytes.length,
          segments: [{ end: bytes.length, hash }],
          tail: { bytes: bytes.length, hash },
          ranges: false,
          wholeAt: yield* isoNow,
          charset: null,
        };
        const file = join(data, `spool-${yield* newId}`);
        const isGrown =
          known !== null &&
          resumeFrom !== null &&
          resumeFrom < bytes.length &&
          state.contents.some((c) => hashOf(Buffer.from(c)) === contentHash(known) && text.startsWith(c));
        if (isGrown && known !== null && resumeFrom !== null) {
          // Only the tail, as a server with ranges sends it: what cuts it out of a whole file awaits the real disk.
          const whole = false;
          writeFileSync(file, bytes.subarray(resumeFrom));
          return {
            kind: "grown",
            file,
            from: resumeFrom,
            start: 0,
            whole,
            bytes: bytes.length,
            validators: {
              ...validators,
              segments: [...known.segments, { end: bytes.length, hash: hashOf(bytes.subarray(known.bytes)) }],
            },
            freshMs: null,
            received: bytes.length,
          };
        }
        writeFileSync(file, bytes);
        return {
          kind: "content",
          file,
          bytes: bytes.length,
          url: source,
          validators,
          freshMs: null,
          received: bytes.length,
        };
      });
}

const unchanged = (validators: Validators): Fetched => ({
  kind: "unchanged",
  validators,
  freshMs: null,
  received: 0,
});
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const failure = (code: Parameters<typeof sourceError>[0], source: string, what: string) =>
  sourceError(code, { source, what }, "en");

/** A file that is being written: its first lines, and half a line. */
function halfOf(text: string): string {
  const header = text.indexOf("\n") + 1;
  return text.slice(0, header + Math.ceil((text.length - header) / 2));
}

export const textOf = ({ columns, lines }: Pick<FileState, "columns" | "lines">): string =>
  `${[columns.join(","), ...lines.map((l) => columns.map((c) => l[c] ?? "").join(","))].join("\n")}\n`;

/** One line a record where records have an id (the last holds, anyway). */
function unique({ key }: FileKind, lines: readonly Line[]): readonly Line[] {
  if (key === undefined) return lines;
  return [...new Map(lines.map((l) => [`${l[key]} ${l.date_effet ?? ""}`, l])).values()];
}

/** As `sources add` registers it. */
export const registrationOf = (name: FileName): Registration => ({
  v: 1,
  kind: "source",
  source: name,
  entities: [FILES[name].entity],
  every: null,
  once: false,
  duplicates: "keep",
  // Which versions are held back is a matter of the producer's own tests.
  registered: "2026-01-01T00:00:00.000Z",
});

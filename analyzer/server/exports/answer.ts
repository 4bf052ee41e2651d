/** The answer to /export/TABLE.FORMAT: a stream of the whole table, whose memory does not grow with it. */
import { Readable } from "node:stream";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Scope from "effect/Scope";
import type { Language } from "#shared/runtime/settings.ts";
import { instantOf } from "#shared/runtime/time.ts";
import { EXPORT_FORMATS, EXPORT_TABLES } from "../../api/api.ts";
import type { Filter } from "../../api/filters.ts";
import type { BadFilter, NoSuchAnalysis, NotReadable, Reading } from "../../reading/reading.ts";
import { Places } from "../clients.ts";
import { failure } from "../responses.ts";
import type { Table } from "./table.ts";
import { openTable } from "./tables.ts";
import { excelCsv, json, plainCsv } from "./text-formats.ts";
import { xlsx } from "./xlsx.ts";

/** Exports that run at the same time: each keeps a snapshot of the database. */
const MOST_EXPORTS = 6;

const SENTENCES = {
  noFile: {
    fr: (file: string) =>
      `il n'y a pas de fichier ${file} : demandez TABLE.FORMAT, avec une table de ${EXPORT_TABLES.join(", ")} et un format de ${EXPORT_FORMATS.join(", ")}`,
    en: (file: string) =>
      `there is no file ${file}: ask for TABLE.FORMAT, with a table of ${EXPORT_TABLES.join(", ")} and a format of ${EXPORT_FORMATS.join(", ")}`,
  },
  tooMany: {
    fr: "trop d'exports en cours : redemandez quand l'un d'eux est fini",
    en: "too many exports are running: ask again when one of them has ended",
  },
} as const satisfies Record<string, Record<Language, unknown>>;

const TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  "excel.csv": "text/csv; charset=utf-8; header=present",
  json: "application/json",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const satisfies Record<(typeof EXPORT_FORMATS)[number], string>;

interface ExportQuestion {
  /** `by-city.xlsx` */
  readonly file: string;
  readonly filter: Filter;
  /** Of the analysis, for `analysis.xlsx`. */
  readonly name: string;
  /** For `query.xlsx`. */
  readonly sql: string;
  readonly language: Language;
  /** The address of the client. */
  readonly client: string;
}

/** Answers exports. The rows are read while the client takes them, from one snapshot, which ends with the answer. */
export function makeExports(
  reading: Reading["Service"],
): (
  question: ExportQuestion,
) => Effect.Effect<HttpServerResponse.HttpServerResponse, NotReadable | BadFilter | NoSuchAnalysis> {
  const places = new Places(MOST_EXPORTS);
  return Effect.fnUntraced(function* ({ file, filter, name, sql, language, client }: ExportQuestion) {
    const asked = parse(file);
    if (asked === undefined) return failure(404, SENTENCES.noFile[language](file));
    if (!places.isFree(client)) return failure(503, SENTENCES.tooMany[language]);
    const scope = yield* Scope.make();
    places.take(client);
    const end = () => {
      places.free(client);
      Effect.runSync(Scope.close(scope, Exit.void));
    };
    const table = yield* openTable(reading, { table: asked.table, filter, language, name, sql }).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.onError(() => Effect.sync(end)),
    );
    const at = yield* Effect.clockWith((clock) => Effect.sync(() => instantOf(clock)));
    const stream = streamOf(table, asked, language, at);
    stream.once("close", end);
    return HttpServerResponse.raw(stream, {
      contentType: TYPES[asked.format],
      // The name is that of an analysis that exists: letters, digits and _.
      headers: {
        "content-disposition": `attachment; filename="${asked.table === "analysis" ? `${name}.${asked.format}` : file}"`,
      },
    });
  });
}

type Asked = NonNullable<ReturnType<typeof parse>>;

function parse(file: string) {
  const dot = file.indexOf(".");
  const table = EXPORT_TABLES.find((name) => name === file.slice(0, dot));
  const format = EXPORT_FORMATS.find((name) => name === file.slice(dot + 1));
  return table === undefined || format === undefined ? undefined : { table, format };
}

function streamOf(table: Table, { table: title, format }: Asked, language: Language, at: Date): Readable {
  if (format === "xlsx") return xlsx(table, { title, language, at });
  const pieces =
    format === "json" ? json(table) : format === "csv" ? plainCsv(table) : excelCsv(table, language);
  return Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
}

/** The part of the API that keeps queries as analyses of one's own, and removes such analyses, for the page. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import { Lang } from "./filters.ts";
import { ForWriters, writeErrors } from "./writes.ts";

const Name = Schema.Struct({
  name: Schema.String.check(Schema.isMaxLength(200)).annotate({
    description: "The name of an analysis, as /api/results has it.",
  }),
});

/** The bodies of the requests. */
export const AnalysisRequest = {
  save: Schema.Struct({
    title: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(80)).annotate({
      description: "What people read, of at most 80 characters; the name of the analysis is made of it.",
    }),
    /** One SELECT. */
    sql: Schema.String.check(Schema.isMaxLength(12_000)),
    chart: Schema.String.check(Schema.isMaxLength(20)).annotate({
      description:
        "How it is drawn, as in the header `graphique` of its file: courbe, barres, tableau, chiffre.",
    }),
    units: Schema.Array(Schema.String.check(Schema.isMaxLength(20)))
      .check(Schema.isMaxLength(100))
      .annotate({
        description:
          "The units of the last columns, which are the values of a row: montant, quantité, nombre, pourcentage, jour, texte.",
      }),
  }),
  discard: Name,
  restore: Name,
} as const;

/** What happened, as a sentence. */
export const AnalysisDone = Schema.Struct({
  name: Schema.String,
  sentence: Schema.String,
  /** Whether it can be taken back. */
  undo: Schema.Boolean,
});
export type AnalysisDone = typeof AnalysisDone.Type;

const post = <const Name extends keyof typeof AnalysisRequest>(name: Name, description: string) =>
  HttpApiEndpoint.post(name, `/api/analyses/${name}`, {
    query: Lang,
    payload: AnalysisRequest[name],
    success: AnalysisDone,
    error: writeErrors,
  }).annotate(OpenApi.Description, description);

export const ownAnalyses = HttpApiGroup.make("ownAnalyses")
  .add(
    post("save", "Keeps a query as an analysis, as `ventes query --save`. The query must have an answer."),
    post("discard", "Deletes the file of an analysis of one's own."),
    post("restore", "Writes a file again that this server deleted."),
  )
  .middleware(ForWriters);

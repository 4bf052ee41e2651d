/**
 * The JSON that the server answers and takes, as schemas. The page reads exactly this, and other programs may: paths
 * and fields stay as they are. Every answer is one read transaction: its figures agree with each other, as of `commit`.
 */
import * as Schema from "effect/Schema";
import { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";

/** As of which commit, and whether newer ones wait for the analyzer. */
const AsOf = {
  commit: Schema.Int,
  /** When analyses reached it, ISO 8601; null: no commit yet. */
  reached: Schema.NullOr(Schema.String),
  /** The newest commit of the database. */
  newest: Schema.Int,
  /** The server's clock, so that "n seconds ago" does not depend on the reader's. */
  now: Schema.String,
  /** The figures are of the demo's files, not of the user's. */
  demo: Schema.Boolean,
};

export const AnalysesAnswer = Schema.Struct({
  ...AsOf,
  /** ISO 4217. */
  currency: Schema.String,
  /** null: no sale yet. */
  chiffre_affaires_total: Schema.NullOr(Schema.Finite),
  /** Highest first, at most `?limit=` of `count`. */
  ventes_par_produit: Schema.Struct({
    count: Schema.Int,
    rows: Schema.Array(
      Schema.Struct({
        id_produit: Schema.String,
        nom: Schema.NullOr(Schema.String),
        quantité: Schema.Finite,
      }),
    ),
  }),
  ventes_par_region: Schema.Struct({
    count: Schema.Int,
    rows: Schema.Array(Schema.Struct({ ville: Schema.String, chiffre_affaires: Schema.Finite })),
  }),
  /** Sales that are not counted yet: their product, shop or price is not known. */
  waiting: Schema.Struct({
    sales: Schema.Int,
    /** What most of them wait for. Empty when they wait for a price. */
    missing: Schema.Array(
      Schema.Struct({
        entity: Schema.Literals(["produits", "magasins"]),
        id: Schema.String,
        sales: Schema.Int,
        /** A known id that it resembles. */
        nearest: Schema.NullOr(Schema.String),
      }),
    ),
  }),
  rejects: Schema.Int,
});
export type AnalysesAnswer = typeof AnalysesAnswer.Type;

export const SourcesAnswer = Schema.Struct({
  now: Schema.String,
  demo: Schema.Boolean,
  sources: Schema.Array(SourceStatus),
  catalogues: Schema.Array(CatalogueStatus),
});
export type SourcesAnswer = typeof SourcesAnswer.Type;

/** What POST /sources takes. */
export const SourceRequest = Schema.Struct({
  /** http, https, or a path under VENTES_FILES. */
  url: Schema.String,
  /** What it publishes; its header tells when it is left out. */
  entity: Schema.optionalKey(Schema.String),
  /** As in a catalogue: every, once, duplicates, delimiter, ... */
  options: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
});
export type SourceRequest = typeof SourceRequest.Type;

/** What POST /sources (201, or 200 when it was followed already) and DELETE /sources?url= (200) answer. */
export const SourceAnswer = Schema.Struct({
  /** The source's id. */
  source: Schema.String,
  entities: Schema.Array(Schema.String),
  sentence: Schema.String,
});
export type SourceAnswer = typeof SourceAnswer.Type;

export const RejectsAnswer = Schema.Struct({
  ...AsOf,
  count: Schema.Int,
  codes: Schema.Array(Schema.Struct({ code: Schema.String, count: Schema.Int })),
  /** Newest first. */
  rejects: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      entity: Schema.String,
      source: Schema.String,
      line: Schema.NullOr(Schema.Int),
      /** The raw text, its first MAX_RAW characters. */
      raw: Schema.String,
      code: Schema.String,
      sentence: Schema.String,
    }),
  ),
  /** `?before=` of the next page; null: this was the last. */
  next: Schema.NullOr(Schema.Int),
});
export type RejectsAnswer = typeof RejectsAnswer.Type;

/** The event `analyses` of /api/events: something that the page shows has changed; ask again. */
export const ChangedEvent = Schema.Struct({ commit: Schema.Int, revision: Schema.Int });
export type ChangedEvent = typeof ChangedEvent.Type;

export const HealthAnswer = Schema.Struct({ ok: Schema.Boolean, commit: Schema.Int, newest: Schema.Int });

export const ErrorAnswer = Schema.Struct({ error: Schema.String });

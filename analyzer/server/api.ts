/**
 * The JSON that the server answers and takes, as schemas. The page and other programs read it, so paths and fields keep
 * their names. Each answer comes from one read transaction, so its figures agree with each other, as of `commit`.
 */
import * as Schema from "effect/Schema";
import { CatalogueStatus, SourceStatus, WithdrawnSource } from "#shared/contract/status.ts";
import { AsOf } from "../api/as-of.ts";

export const AnalysesAnswer = Schema.Struct({
  ...AsOf,
  /** ISO 4217. */
  currency: Schema.String,
  /** Null: there is no sale yet. */
  chiffre_affaires_total: Schema.NullOr(Schema.Finite),
  /** The highest first. `count` is the number of all rows; `rows` has at most `?limit=` of them (1,000; at most 10,000), from `?offset=`. */
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
    /** The missing products and shops that most of them wait for. Empty when they wait for a price. */
    missing: Schema.Array(
      Schema.Struct({
        entity: Schema.Literals(["produits", "magasins"]),
        id: Schema.String,
        sales: Schema.Int,
        /** The most similar known id. */
        nearest: Schema.NullOr(Schema.String),
      }),
    ),
  }),
  rejects: Schema.Int,
  /**
   * The product or shop whose change is being applied to its sales in several transactions, `done` of `total`; null: none. Until it is
   * done all figures are those of before, except `waiting`, which has a part of these sales.
   */
  applying: Schema.NullOr(
    Schema.Struct({
      entity: Schema.Literals(["produits", "magasins"]),
      id: Schema.String,
      done: Schema.Int,
      total: Schema.Int,
    }),
  ),
  /** How many events of the topics were gone before the database read them: above 0, the figures are short. */
  missed: Schema.Int,
});
export type AnalysesAnswer = typeof AnalysesAnswer.Type;

export const SourcesAnswer = Schema.Struct({
  now: Schema.String,
  demo: Schema.Boolean,
  /** Of the amounts of doubts; ISO 4217. */
  currency: Schema.String,
  /** `name`: what people call it; absent: nothing. */
  sources: Schema.Array(Schema.Struct({ ...SourceStatus.fields, name: Schema.optionalKey(Schema.String) })),
  catalogues: Schema.Array(CatalogueStatus),
  withdrawn: Schema.Array(WithdrawnSource),
});
export type SourcesAnswer = typeof SourcesAnswer.Type;

/** The body of POST /sources. */
export const SourceRequest = Schema.Struct({
  /** http, https, or a path under VENTES_FILES. */
  url: Schema.String,
  /** The entity that the source publishes; default: as its header says. */
  entity: Schema.optionalKey(Schema.String),
  /** The options of an entry of a catalogue: every, once, duplicates, delimiter, ... */
  options: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
});
export type SourceRequest = typeof SourceRequest.Type;

/** The answer to POST /sources (201; 200 when the source was followed already) and DELETE /sources?url= (200). */
export const SourceAnswer = Schema.Struct({
  /** The source's id. */
  source: Schema.String,
  entities: Schema.Array(Schema.String),
  sentence: Schema.String,
});
export type SourceAnswer = typeof SourceAnswer.Type;

export const RejectsAnswer = Schema.Struct({
  ...AsOf,
  /** All rejects; `?code=` does not count here. */
  count: Schema.Int,
  /** The most frequent first. `example`: the sentence of the newest reject of this code. */
  codes: Schema.Array(Schema.Struct({ code: Schema.String, count: Schema.Int, example: Schema.String })),
  /** Newest first; with `?code=` those of this code. */
  rejects: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      entity: Schema.String,
      source: Schema.String,
      line: Schema.NullOr(Schema.Int),
      /** The first MAX_RAW characters of the raw text. */
      raw: Schema.String,
      code: Schema.String,
      /** What the sentence of the code needs, as shared/contract/sentences.ts has it. */
      details: Schema.Record(Schema.String, Schema.String),
      /** In the language of `?lang=`, else of the settings or of Accept-Language, like the page. */
      sentence: Schema.String,
    }),
  ),
  /** The value of `?before=` for the next page; null: there is no next page. */
  next: Schema.NullOr(Schema.Int),
});
export type RejectsAnswer = typeof RejectsAnswer.Type;

/**
 * The event `analyses` of /api/events: something that the page shows has changed. `revision` grows with each change since the
 * server started; each kind has the revision of its last change, so the newest event alone tells all that a reader missed.
 */
export const ChangedEvent = Schema.Struct({
  commit: Schema.Int,
  revision: Schema.Int,
  /** Sales, products, shops, waiting sales, rejects, and the analyses that are kept with each commit. */
  figures: Schema.Int,
  /** The list of the analyses, and those that run again after commits. */
  results: Schema.Int,
  /** Sources and catalogues: their states, names and history. */
  sources: Schema.Int,
});
export type ChangedEvent = typeof ChangedEvent.Type;

/** The commit that the analyses reflect, and the newest one; null: the database cannot be read, or there is none. */
export const HealthAnswer = Schema.Struct({
  ok: Schema.Boolean,
  commit: Schema.NullOr(Schema.Int),
  newest: Schema.NullOr(Schema.Int),
});
export type HealthAnswer = typeof HealthAnswer.Type;

/** Status 200 when the figures are right, 503 with the reasons otherwise. */
export const ReadyAnswer = Schema.Struct({ ready: Schema.Boolean, reasons: Schema.Array(Schema.String) });

export const ErrorAnswer = Schema.Struct({ error: Schema.String });

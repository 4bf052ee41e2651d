/** The parameters that several questions of the API share: filters, period, pages, and the language of the answer. */
import * as Schema from "effect/Schema";

/** A day that exists, `2026-01-31`. */
export const Day = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/),
  Schema.makeFilter((text) => dayExists(text)),
).annotate({ description: "A day, such as 2026-01-31.", format: "date" });

function dayExists(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

const whole = (least: number, most: number) =>
  Schema.Int.check(Schema.isBetween({ minimum: least, maximum: most }));

/** Reads a whole number from the text of a query. */
export const numberBetween = (least: number, most: number) =>
  Schema.NumberFromString.pipe(Schema.decodeTo(whole(least, most)));

const filter = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }));

/** All of them combine: a sale counts when it meets each one that is given. */
export const Filters = {
  from: Schema.optionalKey(
    Day.annotate({ description: "The first day, included. Default: the first sale." }),
  ),
  to: Schema.optionalKey(Day.annotate({ description: "The last day, included. Default: the last sale." })),
  city: filter("A city (ville), as the shops have it."),
  shop: filter("The id of a shop (id_magasin)."),
  product: filter("The id of a product (id_produit)."),
  source: filter("The id of a source: its URL, as /api/sources has it."),
};

export interface Filter {
  readonly from?: string;
  readonly to?: string;
  readonly city?: string;
  readonly shop?: string;
  readonly product?: string;
  readonly source?: string;
}

export const Lang = {
  lang: Schema.optionalKey(
    Schema.Literals(["fr", "en"]).annotate({
      description: "The language of sentences. Default: that of the settings, then Accept-Language.",
    }),
  ),
};

export const limit = (most: number) => ({
  limit: Schema.optionalKey(
    numberBetween(1, most).annotate({ description: `How many rows the answer may have, at most ${most}.` }),
  ),
});

export const Offset = {
  offset: Schema.optionalKey(
    numberBetween(0, 1_000_000_000).annotate({ description: "How many rows to pass over." }),
  ),
};

/** The key of the last row of a page gives the next page. */
export const After = {
  after: Schema.optionalKey(Schema.String.annotate({ description: "`next` of the page before." })),
};

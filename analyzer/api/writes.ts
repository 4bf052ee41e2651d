/**
 * The part of the API that changes something, for the page: which browsers may (`session`), and what they may do with
 * sources (`sources`). Each request needs the header `x-ventes`, which a form of another web site cannot send; its value
 * is the key of the session.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint";
import * as HttpApiGroup from "effect/http-api/HttpApiGroup";
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware";
import * as OpenApi from "effect/http-api/OpenApi";
import * as Schema from "effect/Schema";
import { DoubtReport } from "#shared/contract/doubt.ts";
import { error } from "./errors.ts";
import { Lang } from "./filters.ts";

const BadRequest = error(400, "A member of the body is missing or cannot be read: the sentence names it.");
const Forbidden = error(403, "The browser has no session, or the source may not be read from here.");
const NotHere = error(404, "No such source or analysis, or this server changes nothing.");
const Refused = error(422, "It cannot be done: the sentence says why, and what to do.");
const NoLog = error(503, "The topics or the database cannot be used now: ask again.");

const Session = Schema.Struct({
  /** Whether this browser may change something. */
  writes: Schema.Boolean,
  /** Whether the server changes anything at all, with the link that it printed. */
  offered: Schema.Boolean,
  /** How the program is called, for commands that a reader pastes: `npx ventes`. */
  program: Schema.String,
  /** In the answer that begins a session: its key, which each request that changes something sends as `x-ventes`. */
  key: Schema.optionalKey(Schema.String),
});
export type Session = typeof Session.Type;

export const session = HttpApiGroup.make("session").add(
  HttpApiEndpoint.get("session", "/api/session", { success: Session }).annotate(
    OpenApi.Description,
    "Whether this browser may change something.",
  ),
  HttpApiEndpoint.post("open", "/api/session", {
    payload: Schema.Struct({ link: Schema.String.check(Schema.isMaxLength(200)) }),
    success: Session,
    error: [BadRequest, Forbidden],
  }).annotate(
    OpenApi.Description,
    "Exchanges the secret of the link that the program printed (what follows #write=) for a session, once. The session is a cookie.",
  ),
  HttpApiEndpoint.delete("close", "/api/session", { success: Session }).annotate(
    OpenApi.Description,
    "Ends the session of this browser.",
  ),
);

/** Admits requests of a browser with a session. */
export class ForWriters extends HttpApiMiddleware.Service<ForWriters>()("ventes/analyzer/api/ForWriters", {
  error: Forbidden,
}) {}

const EntityNames = Schema.Array(Schema.Literals(["produits", "magasins", "ventes"]));
const Address = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(8_192)).annotate({
  description: "A URL or an absolute path; of a registered source also as /api/sources shows it.",
});

/** What happened, as a sentence. */
export const Done = Schema.Struct({
  /** The source's id, with its secrets masked. */
  source: Schema.String,
  sentence: Schema.String,
  /** Whether there is anything to take back: a source that was followed already was not added. */
  undo: Schema.Boolean,
});
export type Done = typeof Done.Type;

export const InspectAnswer = Schema.Struct({
  source: Schema.String,
  entities: EntityNames,
  delimiter: Schema.String,
  records: Schema.Int,
  /** Each field of the header, with the column that it is read as; `column` null: it is kept beside, under `name`. */
  columns: Schema.Array(
    Schema.Struct({
      entity: Schema.String,
      field: Schema.String,
      column: Schema.NullOr(Schema.String),
      name: Schema.String,
      format: Schema.NullOr(Schema.String),
    }),
  ),
  /** The first rows of each entity; `values` by column. */
  rows: Schema.Array(
    Schema.Struct({
      entity: Schema.String,
      line: Schema.Int,
      values: Schema.Record(Schema.String, Schema.NullOr(Schema.String)),
    }),
  ),
  /** How many records each code rejects, with the first of them. */
  rejects: Schema.Array(
    Schema.Struct({
      code: Schema.String,
      count: Schema.Int,
      line: Schema.NullOr(Schema.Int),
      raw: Schema.String,
      sentence: Schema.String,
    }),
  ),
  /** What a person should know of how the file is written, as sentences. */
  notes: Schema.Array(Schema.String),
  /** What is unclear: its first version would be held back, or applied with attention. */
  doubts: Schema.Array(DoubtReport),
});
export type InspectAnswer = typeof InspectAnswer.Type;

export const WithdrawalAnswer = Schema.Struct({
  /** The sources that would be followed no longer. */
  sources: Schema.Array(Schema.String),
  /** The rows that they alone have brought, and the revenue now and afterwards; null: there is no database. */
  rows: Schema.NullOr(
    Schema.Struct({
      ventes: Schema.Int,
      produits: Schema.Int,
      magasins: Schema.Int,
      /** Sales that wait and are in no figure: they go too. */
      orphelins: Schema.Int,
      /** Sales of other sources that would wait for their product or shop. */
      waiting: Schema.Int,
      /** Of the sales that would go. */
      amount: Schema.Finite,
      total: Schema.Finite,
      /** null: not known, because prices would go too from which sales that stay are computed. */
      after: Schema.NullOr(Schema.Finite),
    }),
  ),
  currency: Schema.String,
});
export type WithdrawalAnswer = typeof WithdrawalAnswer.Type;

const OfSource = Schema.Struct({ source: Address });
const Decisions = Schema.Struct({
  source: Address,
  /** Of doubts, or of their choices (`accepts`); empty: all. */
  decisions: Schema.Array(Schema.String).check(Schema.isMaxLength(64)),
});
const NewSource = Schema.Struct({
  url: Address,
  /** Default: as its header says. */
  entities: Schema.optionalKey(EntityNames),
});

const Name = Schema.String.check(Schema.isMaxLength(200)).annotate({
  description: "What people call it, of at most 80 characters; empty: nothing.",
});

/** The bodies of the requests. */
export const Request = {
  inspect: NewSource,
  add: Schema.Struct({ ...NewSource.fields, name: Schema.optionalKey(Name) }),
  rename: Schema.Struct({ source: Address, name: Name }),
  confirm: Decisions,
  revoke: Decisions,
  retry: OfSource,
  withdrawal: OfSource,
  remove: Schema.Struct({
    source: Address,
    withdraw: Schema.Boolean,
    /**
     * With `withdraw`: how many rows (sales, waiting ones too, products and shops) a person was told would go. The removal is
     * refused when far more would go.
     */
    shown: Schema.optionalKey(Schema.Int),
  }),
  restore: OfSource,
} as const;

/** The errors of each request that changes something. */
export const writeErrors = [BadRequest, Forbidden, NotHere, Refused, NoLog];
const post = <const Name extends keyof typeof Request, Success extends Schema.Top>(
  name: Name,
  success: Success,
  description: string,
) =>
  HttpApiEndpoint.post(name, `/api/sources/${name}`, {
    query: Lang,
    payload: Request[name],
    success,
    error: writeErrors,
  }).annotate(OpenApi.Description, description);

export const sources = HttpApiGroup.make("sources")
  .add(
    post("inspect", InspectAnswer, "Shows how a file would be read. Registers nothing."),
    post("add", Done, "Registers a source, as `ventes sources add`."),
    post("rename", Done, "Gives a source a name that people read."),
    post("confirm", Done, "Accepts doubts about the version of a source or catalogue."),
    post("revoke", Done, "Takes such decisions back: for versions that come later."),
    post("retry", Done, "Has the source read again as a whole, at once."),
    post("withdrawal", WithdrawalAnswer, "What removing the source with its rows would delete."),
    post("remove", Done, "Stops following a source; with `withdraw` the rows that it alone has brought go."),
    post("restore", Done, "Follows a source again that this server removed, with its options."),
  )
  .middleware(ForWriters);

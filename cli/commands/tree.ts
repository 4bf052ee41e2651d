/**
 * The commands and their flags. Each command has a file in commands/, which is loaded when the command runs, so that
 * --help and short commands stay quick.
 */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Language } from "#shared/runtime/settings.ts";
import { type Invocation, invocation } from "../settings/invocation.ts";
import { ARGUMENT_HELP, COMMAND_HELP, type CommandName, FLAG_HELP } from "../texts/help.ts";

const given = Option.getOrUndefined;

/** The command tree, described in one language. */
export function commandTree(language: Language) {
  const help =
    (name: keyof typeof FLAG_HELP) =>
    <A>(flag: Flag.Flag<A>): Flag.Flag<A> =>
      Flag.withDescription(flag, FLAG_HELP[name][language]);
  const about =
    (name: keyof typeof ARGUMENT_HELP) =>
    <A>(argument: Argument.Argument<A>): Argument.Argument<A> =>
      Argument.withDescription(argument, ARGUMENT_HELP[name][language]);
  const text = (name: string, metavar: string, key: keyof typeof FLAG_HELP): Flag.Flag<string | undefined> =>
    Flag.String(name).pipe(Flag.withMetavar(metavar), help(key), Flag.optional, Flag.map(given));
  const repeated = (
    name: string,
    metavar: string,
    key: keyof typeof FLAG_HELP,
  ): Flag.Flag<ReadonlyArray<string>> =>
    Flag.String(name).pipe(Flag.withMetavar(metavar), help(key), Flag.atLeast(0));
  const toggle = (name: string, key: keyof typeof FLAG_HELP): Flag.Flag<boolean> =>
    Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDefault(false), help(key));
  const described =
    (name: CommandName) =>
    <N extends string, I, C, E, R>(command: Command.Command<N, I, C, E, R>) => {
      const texts = COMMAND_HELP[name];
      return command.pipe(
        Command.withDescription("long" in texts ? texts.long[language] : texts.short[language]),
        Command.withShortDescription(texts.short[language]),
        Command.withExamples(texts.examples.map((e) => ({ command: e.command, description: e[language] }))),
      );
    };
  const duration = language === "fr" ? "DURÉE" : "DURATION";
  const directory = language === "fr" ? "RÉP" : "DIR";
  const fileOrUrl = language === "fr" ? "FICHIER_OU_URL" : "FILE_OR_URL";

  const root = Command.make("ventes").pipe(
    Command.withSharedFlags({
      data: text("data", directory, "data"),
      namespace: text("namespace", language === "fr" ? "NOM" : "NAME", "namespace"),
      every: text("every", duration, "every"),
      json: toggle("json", "json"),
      allowPrivate: toggle("allow-private", "allowPrivate"),
    }),
  );

  /** Loads the handler when the command runs, and gives it the settings from flags and environment. */
  const lazily =
    <Input, E>(load: () => Promise<(input: Input, run: Invocation) => Effect.Effect<void, E>>) =>
    (input: Input) =>
      Effect.gen(function* () {
        const run = yield* invocation(yield* root, process.env);
        const handler = yield* Effect.promise(load);
        yield* handler(input, run);
      });

  const page = {
    port: text("port", "N", "port"),
    host: text("host", language === "fr" ? "HÔTE" : "HOST", "host"),
    open: toggle("open", "open"),
  };

  const start = Command.make(
    "start",
    {
      files: Argument.String(fileOrUrl).pipe(about("sources"), Argument.variadic({ min: 0 })),
      source: Flag.String("source").pipe(
        Flag.withMetavar(`${language === "fr" ? "ENTITÉ" : "ENTITY"}=${fileOrUrl}`),
        help("source"),
        Flag.atLeast(0),
      ),
      once: toggle("once", "once"),
      timeout: text("timeout", duration, "timeout"),
      ...page,
    },
    lazily(async () => (await import("./start.ts")).start),
  ).pipe(described("start"));

  const producer = Command.make(
    "producer",
    {},
    lazily(async () => (await import("./producer.ts")).producer),
  ).pipe(described("producer"));

  const consumer = Command.make(
    "consumer",
    {},
    lazily(async () => (await import("./consumer.ts")).consumer),
  ).pipe(described("consumer"));

  const analyzer = Command.make(
    "analyzer",
    page,
    lazily(async () => (await import("./analyzer.ts")).analyzer),
  ).pipe(described("analyzer"));

  const add = Command.make(
    "add",
    {
      what: Argument.String(language === "fr" ? "[ENTITÉ] FICHIER_OU_URL" : "[ENTITY] FILE_OR_URL").pipe(
        about("entityAndUrl"),
        Argument.variadic({ min: 1, max: 2 }),
      ),
      once: toggle("once", "onceAdd"),
      dryRun: toggle("dry-run", "dryRun"),
      preset: text("preset", language === "fr" ? "NOM" : "NAME", "preset"),
      delimiter: text("delimiter", "C", "delimiter"),
      encoding: text("encoding", language === "fr" ? "NOM" : "NAME", "encoding"),
      decimal: text("decimal", "point|comma", "decimal"),
      dateFormat: text("date-format", "dmy|mdy|ymd|excel", "dateFormat"),
      noHeader: toggle("no-header", "noHeader"),
      columns: text("columns", "A,B,C", "columns"),
      map: repeated("map", language === "fr" ? "colonne=NOM" : "column=NAME", "map"),
      set: repeated("set", language === "fr" ? "colonne=valeur" : "column=value", "set"),
      where: repeated("where", language === "fr" ? "NOM=valeur" : "NAME=value", "where"),
      fillDown: repeated("fill-down", language === "fr" ? "NOM" : "NAME", "fillDown"),
      key: text("key", "A,B", "key"),
      prices: Flag.Boolean("prices").pipe(help("prices"), Flag.optional, Flag.map(given)),
      idScope: text("id-scope", language === "fr" ? "NOM" : "NAME", "idScope"),
      rekey: toggle("rekey", "rekey"),
      catalogue: toggle("catalogue", "catalogue"),
      duplicates: Flag.Literals("duplicates", ["keep", "drop"]).pipe(
        help("duplicates"),
        Flag.optional,
        Flag.map(given),
      ),
      vanished: Flag.Literals("vanished", ["keep", "withdraw", "auto"]).pipe(
        help("vanished"),
        Flag.optional,
        Flag.map(given),
      ),
    },
    lazily(async () => (await import("./sources-add.ts")).addSource),
  ).pipe(described("sources add"));

  const remove = Command.make(
    "remove",
    { url: Argument.String("URL").pipe(about("url")), withdraw: toggle("withdraw", "withdraw") },
    lazily(async () => (await import("./sources-remove.ts")).removeOne),
  ).pipe(described("sources remove"));

  const confirm = Command.make(
    "confirm",
    { url: Argument.String("URL").pipe(about("url")) },
    lazily(async () => (await import("./sources-confirm.ts")).confirmOne),
  ).pipe(described("sources confirm"));

  const move = Command.make(
    "move",
    {
      from: Argument.String(language === "fr" ? "ANCIENNE" : "OLD").pipe(about("url")),
      to: Argument.String(language === "fr" ? "NOUVELLE" : "NEW").pipe(about("newUrl")),
    },
    lazily(async () => (await import("./sources-move.ts")).moveOne),
  ).pipe(described("sources move"));

  const sources = Command.make(
    "sources",
    {},
    lazily(async () => (await import("./sources.ts")).sources),
  ).pipe(Command.withSubcommands([add, remove, confirm, move]), described("sources"));

  const status = Command.make(
    "status",
    {},
    lazily(async () => (await import("./status.ts")).status),
  ).pipe(described("status"));

  const query = Command.make(
    "query",
    { sql: Argument.String("SQL").pipe(about("sql")), csv: toggle("csv", "csv") },
    lazily(async () => (await import("./query.ts")).query),
  ).pipe(described("query"));

  const ofSource = text("source", fileOrUrl, "ofSource");

  const retry = Command.make(
    "retry",
    { source: ofSource, timeout: text("timeout", duration, "timeoutRetry") },
    lazily(async () => (await import("./rejects-retry.ts")).retryRejects),
  ).pipe(described("rejects retry"));

  const rejects = Command.make(
    "rejects",
    {
      code: Flag.String("code").pipe(Flag.withMetavar("CODE"), help("code"), Flag.atLeast(0)),
      source: ofSource,
      entity: text("entity", language === "fr" ? "ENTITÉ" : "ENTITY", "ofEntity"),
      limit: text("limit", "N", "limit"),
      byCode: toggle("by-code", "byCode"),
      csv: toggle("csv", "csv"),
    },
    lazily(async () => (await import("./rejects.ts")).rejects),
  ).pipe(Command.withSubcommands([retry]), described("rejects"));

  const replay = Command.make(
    "replay",
    {},
    lazily(async () => (await import("./replay.ts")).replay),
  ).pipe(described("replay"));

  const hello = Command.make(
    "hello",
    {},
    lazily(async () => (await import("./hello.ts")).hello),
  ).pipe(described("hello"));

  const schema = Command.make(
    "schema",
    {},
    lazily(async () => (await import("./schema.ts")).schema),
  ).pipe(described("schema"));

  const topics = Command.make(
    "topics",
    { asyncapi: toggle("asyncapi", "asyncapi") },
    lazily(async () => (await import("./topics.ts")).topics),
  ).pipe(described("topics"));

  return root.pipe(
    described("ventes"),
    Command.withSubcommands([
      start,
      sources,
      status,
      query,
      rejects,
      replay,
      producer,
      consumer,
      analyzer,
      hello,
      schema,
      topics,
    ]),
  );
}

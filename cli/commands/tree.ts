/**
 * The commands and their flags. What a command does is a file of this folder, loaded when it runs, so that --help and
 * short commands stay quick.
 */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { Language } from "#shared/runtime/settings.ts";
import type { Env } from "../settings/language.ts";
import {
  given,
  type Lazily,
  lazily,
  notifyFlag,
  pageFlags,
  rootCommand,
  type Speaking,
  speaking,
} from "./flags.ts";
import { sourcesCommand } from "./sources-tree.ts";

/** The command tree, described in one language. The commands take their settings from flags and this environment. */
export function commandTree(language: Language, env: Env) {
  const speak = speaking(language);
  const root = rootCommand(speak);
  const load = lazily(root, env);
  const { producer, consumer, analyzer } = componentCommands(speak, load);
  const { status, doctor, query, analyses, replay, hello, schema, topics } = askingCommands(speak, load);
  return root.pipe(
    speak.described("ventes"),
    Command.withSubcommands([
      startCommand(speak, load),
      sourcesCommand(speak, load),
      status,
      doctor,
      query,
      analyses,
      rejectsCommand(speak, load),
      pricesCommand(speak, load),
      replay,
      notifyCommand(speak, load),
      ...backupCommands(speak, load),
      producer,
      consumer,
      analyzer,
      hello,
      schema,
      topics,
    ]),
  );
}

function startCommand(speak: Speaking, lazily: Lazily) {
  const { text, toggle, help, about, described, word, duration, fileOrUrl } = speak;
  return Command.make(
    "start",
    {
      files: Argument.String(fileOrUrl).pipe(about("sources"), Argument.variadic({ min: 0 })),
      source: Flag.String("source").pipe(
        Flag.withMetavar(`${word("ENTITÉ", "ENTITY")}=${fileOrUrl}`),
        help("source"),
        Flag.atLeast(0),
      ),
      once: toggle("once", "once"),
      timeout: text("timeout", duration, "timeout"),
      ...pageFlags(speak),
      ...notifyFlag(speak),
    },
    lazily(async () => (await import("./start.ts")).start),
  ).pipe(described("start"));
}

function notifyCommand(speak: Speaking, lazily: Lazily) {
  return Command.make(
    "notify",
    notifyFlag(speak),
    lazily(async () => (await import("./notify.ts")).notify),
  ).pipe(speak.described("notify"));
}

function componentCommands(speak: Speaking, lazily: Lazily) {
  const { described } = speak;
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
    { ...pageFlags(speak), ...notifyFlag(speak) },
    lazily(async () => (await import("./analyzer.ts")).analyzer),
  ).pipe(described("analyzer"));

  return { producer, consumer, analyzer };
}

function askingCommands({ about, toggle, text, word, duration, described }: Speaking, lazily: Lazily) {
  const status = Command.make(
    "status",
    {
      forget: text("forget", word("COMPOSANT", "COMPONENT"), "forget"),
      watch: toggle("watch", "watch"),
    },
    lazily(async () => (await import("./status.ts")).status),
  ).pipe(described("status"));

  const doctor = Command.make(
    "doctor",
    {},
    lazily(async () => (await import("./doctor.ts")).doctor),
  ).pipe(described("doctor"));

  const query = Command.make(
    "query",
    {
      sql: Argument.String("SQL").pipe(about("sql")),
      csv: toggle("csv", "csv"),
      timeout: text("timeout", duration, "timeoutQuery"),
      save: text("save", word("NOM", "NAME"), "save"),
      noPager: toggle("no-pager", "noPager"),
    },
    lazily(async () => (await import("./query.ts")).query),
  ).pipe(described("query"));

  const analyses = Command.make(
    "analyses",
    {
      name: Argument.String(word("NOM", "NAME")).pipe(
        about("analysis"),
        Argument.optional,
        Argument.map(given),
      ),
      csv: toggle("csv", "csv"),
    },
    lazily(async () => (await import("./analyses.ts")).analyses),
  ).pipe(described("analyses"));

  const replay = Command.make(
    "replay",
    {
      topic: text("topic", word("TOPIC", "TOPIC"), "replayTopic"),
      rebuild: toggle("rebuild", "rebuild"),
      dryRun: toggle("dry-run", "dryRunRebuild"),
      acceptLoss: toggle("accept-loss", "acceptLoss"),
    },
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

  return { status, doctor, query, analyses, replay, hello, schema, topics };
}

function backupCommands({ about, text, word, described }: Speaking, lazily: Lazily) {
  const backup = Command.make(
    "backup",
    {
      directory: Argument.String(word("RÉPERTOIRE", "DIRECTORY")).pipe(about("backups")),
      keep: text("keep", "N", "keepBackups"),
    },
    lazily(async () => (await import("./backup.ts")).backup),
  ).pipe(described("backup"));

  const restore = Command.make(
    "restore",
    { backup: Argument.String(word("SAUVEGARDE", "BACKUP")).pipe(about("backup")) },
    lazily(async () => (await import("./restore.ts")).restore),
  ).pipe(described("restore"));

  return [backup, restore] as const;
}

function rejectsCommand(
  { text, toggle, help, described, word, duration, fileOrUrl }: Speaking,
  lazily: Lazily,
) {
  const ofSource = text("source", fileOrUrl, "ofSource");

  const retry = Command.make(
    "retry",
    { source: ofSource, timeout: text("timeout", duration, "timeoutRetry") },
    lazily(async () => (await import("./rejects-retry.ts")).retryRejects),
  ).pipe(described("rejects retry"));

  return Command.make(
    "rejects",
    {
      code: Flag.String("code").pipe(Flag.withMetavar("CODE"), help("code"), Flag.atLeast(0)),
      source: ofSource,
      entity: text("entity", word("ENTITÉ", "ENTITY"), "ofEntity"),
      limit: text("limit", "N", "limit"),
      byCode: toggle("by-code", "byCode"),
      csv: toggle("csv", "csv"),
    },
    lazily(async () => (await import("./rejects.ts")).rejects),
  ).pipe(Command.withSubcommands([retry]), described("rejects"));
}

function pricesCommand({ about, text, toggle, help, described, word }: Speaking, lazily: Lazily) {
  const product = Argument.String(word("PRODUIT", "PRODUCT")).pipe(about("product"));
  const day = word("JOUR", "DAY");

  const set = Command.make(
    "set",
    {
      product,
      price: Argument.String(word("PRIX", "PRICE")).pipe(about("price")),
      from: Flag.String("from").pipe(Flag.withMetavar(day), help("from")),
      until: text("until", day, "until"),
      onwards: toggle("onwards", "onwards"),
      dryRun: toggle("dry-run", "dryRunPrices"),
    },
    lazily(async () => (await import("./prices-set.ts")).setPrice),
  ).pipe(described("prices set"));

  const remove = Command.make(
    "remove",
    { product, dryRun: toggle("dry-run", "dryRunPrices") },
    lazily(async () => (await import("./prices-set.ts")).removePrices),
  ).pipe(described("prices remove"));

  return Command.make(
    "prices",
    { product: product.pipe(Argument.optional, Argument.map(given)) },
    lazily(async () => (await import("./prices.ts")).prices),
  ).pipe(Command.withSubcommands([set, remove]), described("prices"));
}

/** `ventes sources` and the commands under it. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import { given, type Lazily, type Speaking } from "./flags.ts";

/** How a source is read, followed and registered, as flags of `sources add`. */
const addFlags = ({ text, repeated, toggle, help, word }: Speaking) => ({
  once: toggle("once", "onceAdd"),
  name: text("name", word("NOM", "NAME"), "sourceName"),
  dryRun: toggle("dry-run", "dryRun"),
  preset: text("preset", word("NOM", "NAME"), "preset"),
  delimiter: text("delimiter", "C", "delimiter"),
  encoding: text("encoding", word("NOM", "NAME"), "encoding"),
  quote: text("quote", "double|single|none", "quote"),
  comment: text("comment", "#", "comment"),
  skipLines: text("skip-lines", "N", "skipLines"),
  decimal: text("decimal", "point|comma", "decimal"),
  dateFormat: text("date-format", "dmy|mdy|ymd|excel", "dateFormat"),
  noHeader: toggle("no-header", "noHeader"),
  columns: text("columns", "A,B,C", "columns"),
  map: repeated("map", word("colonne=NOM", "column=NAME"), "map"),
  set: repeated("set", word("colonne=valeur", "column=value"), "set"),
  same: repeated("same", word("colonne=nom", "column=name"), "same"),
  where: repeated("where", word("NOM=valeur", "NAME=value"), "where"),
  fillDown: repeated("fill-down", word("NOM", "NAME"), "fillDown"),
  key: text("key", "A,B", "key"),
  drop: repeated("drop", "A,B", "drop"),
  only: repeated("only", "A,B", "only"),
  keep: repeated("keep", "A,B", "keep"),
  prices: Flag.Boolean("prices").pipe(help("prices"), Flag.optional, Flag.map(given)),
  wholeIds: Flag.Boolean("whole-ids").pipe(help("wholeIds"), Flag.optional, Flag.map(given)),
  idScope: text("id-scope", word("NOM", "NAME"), "idScope"),
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
});

export function sourcesCommand(speak: Speaking, lazily: Lazily) {
  const { about, toggle, described, word } = speak;
  const add = Command.make(
    "add",
    {
      what: Argument.String(word("[ENTITÉ] FICHIER_OU_URL", "[ENTITY] FILE_OR_URL")).pipe(
        about("entityAndUrl"),
        Argument.variadic({ min: 1, max: 2 }),
      ),
      ...addFlags(speak),
    },
    lazily(async () => (await import("./sources-add.ts")).addSource),
  ).pipe(described("sources add"));

  const remove = Command.make(
    "remove",
    {
      url: Argument.String("URL").pipe(about("url"), Argument.optional, Argument.map(given)),
      withdraw: toggle("withdraw", "withdraw"),
      invalid: toggle("invalid", "invalidRecords"),
      dryRun: toggle("dry-run", "dryRunRemove"),
    },
    lazily(async () => (await import("./sources-remove.ts")).removeOne),
  ).pipe(described("sources remove"));

  const confirm = Command.make(
    "confirm",
    {
      url: Argument.String("URL").pipe(about("url")),
      decisions: Argument.String(word("DÉCISION", "DECISION")).pipe(
        about("decisions"),
        Argument.variadic({ min: 0 }),
      ),
      dryRun: toggle("dry-run", "dryRunConfirm"),
      revoke: toggle("revoke", "revoke"),
    },
    lazily(async () => (await import("./sources-confirm.ts")).confirmOne),
  ).pipe(described("sources confirm"));

  const history = Command.make(
    "history",
    { url: Argument.String("URL").pipe(about("url")) },
    lazily(async () => (await import("./sources-history.ts")).sourceHistory),
  ).pipe(described("sources history"));

  const move = Command.make(
    "move",
    {
      from: Argument.String(word("ANCIENNE", "OLD")).pipe(about("url")),
      to: Argument.String(word("NOUVELLE", "NEW")).pipe(about("newUrl")),
    },
    lazily(async () => (await import("./sources-move.ts")).moveOne),
  ).pipe(described("sources move"));

  return Command.make(
    "sources",
    {},
    lazily(async () => (await import("./sources.ts")).sources),
  ).pipe(Command.withSubcommands([add, remove, confirm, history, move]), described("sources"));
}

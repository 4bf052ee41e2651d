/** How the command tree speaks one language, and how its flags and handlers are made. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { withErrorsOf } from "#shared/database/attempt.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { tracedAs } from "#shared/runtime/traced.ts";
import { type Invocation, invocation } from "../settings/invocation.ts";
import type { Env } from "../settings/language.ts";
import { isTracingWanted } from "../settings/settings.ts";
import { VERSION } from "../settings/version.ts";
import { ARGUMENT_HELP, COMMAND_HELP, type CommandName, FLAG_HELP } from "../texts/help.ts";

export const given = Option.getOrUndefined;

/** The makers of flags and descriptions in one language. */
export function speaking(language: Language) {
  const word = (fr: string, en: string): string => (language === "fr" ? fr : en);
  const help =
    (name: keyof typeof FLAG_HELP) =>
    <A>(flag: Flag.Flag<A>): Flag.Flag<A> =>
      Flag.withDescription(flag, FLAG_HELP[name][language]);
  const about =
    (name: keyof typeof ARGUMENT_HELP) =>
    <A>(argument: Argument.Argument<A>): Argument.Argument<A> =>
      Argument.withDescription(argument, ARGUMENT_HELP[name][language]);
  const text = (name: string, metavar: string, said: keyof typeof FLAG_HELP): Flag.Flag<string | undefined> =>
    Flag.String(name).pipe(Flag.withMetavar(metavar), help(said), Flag.optional, Flag.map(given));
  const repeated = (
    name: string,
    metavar: string,
    said: keyof typeof FLAG_HELP,
  ): Flag.Flag<ReadonlyArray<string>> =>
    Flag.String(name).pipe(Flag.withMetavar(metavar), help(said), Flag.atLeast(0));
  const toggle = (name: string, said: keyof typeof FLAG_HELP): Flag.Flag<boolean> =>
    Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDefault(false), help(said));
  const described =
    (name: CommandName) =>
    <N extends string, I, C, E, R>(command: Command.Command<N, I, C, E, R>) => {
      const said = COMMAND_HELP[name];
      return command.pipe(
        Command.withDescription("long" in said ? said.long[language] : said.short[language]),
        Command.withShortDescription(said.short[language]),
        Command.withExamples(said.examples.map((e) => ({ command: e.command, description: e[language] }))),
      );
    };
  return {
    word,
    help,
    about,
    text,
    repeated,
    toggle,
    described,
    /** Names of values. */
    duration: word("DURÉE", "DURATION"),
    directory: word("RÉP", "DIR"),
    fileOrUrl: word("FICHIER_OU_URL", "FILE_OR_URL"),
  };
}
export type Speaking = ReturnType<typeof speaking>;

/** The command above all others, with the flags that each of them takes. */
export const rootCommand = ({ text, toggle, word, duration, directory }: Speaking) =>
  Command.make("ventes").pipe(
    Command.withSharedFlags({
      data: text("data", directory, "data"),
      namespace: text("namespace", word("NOM", "NAME"), "namespace"),
      every: text("every", duration, "every"),
      json: toggle("json", "json"),
      analyses: text("analyses", directory, "analyses"),
      allowPrivate: toggle("allow-private", "allowPrivate"),
    }),
  );
export type Root = ReturnType<typeof rootCommand>;

/** A handler whose file is loaded when it runs, with what the flags and the environment state. */
export const lazily =
  (root: Root, env: Env) =>
  <Input, E>(load: () => Promise<(input: Input, run: Invocation) => Effect.Effect<void, E>>) =>
  (input: Input) =>
    Effect.gen(function* () {
      const run = yield* invocation(yield* root, env);
      const handler = yield* Effect.promise(load);
      // The components name their files; what is left is of a file in the directory.
      yield* handler(input, run).pipe(
        withErrorsOf(run.settings.data),
        tracedAs(isTracingWanted(env) ? VERSION : null, env),
      );
    });
export type Lazily = ReturnType<typeof lazily>;

/** The flags of commands that serve the page. */
export const pageFlags = ({ text, toggle, word }: Speaking) => ({
  port: text("port", "N", "port"),
  host: text("host", word("HÔTE", "HOST"), "host"),
  open: toggle("open", "open"),
});

/** The flag of commands that send alerts. */
export const notifyFlag = ({ repeated }: Speaking) => ({ notify: repeated("notify", "URL", "notify") });

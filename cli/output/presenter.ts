/** The output of effect/cli: help on stdout in our format, wrong usage as one line on stderr. */
import type * as CliError from "effect/cli/CliError";
import * as CliOutput from "effect/cli/CliOutput";
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Language } from "#shared/runtime/settings.ts";
import { FLAG_HELP, HEADINGS, USAGE_ERRORS } from "../texts/help.ts";
import { visible } from "../texts/visible.ts";
import { bold, print, say } from "./stdout.ts";

const WIDTH = 100;

/** `left   right`, the right side folded at WIDTH under itself. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.min(34, Math.max(...rows.map(([l]) => l.length)));
  return rows.flatMap(([l, r]) => {
    const lines = fold(r, WIDTH - left - 4);
    if (l.length > left) return [`  ${l}`, ...lines.map((line) => `  ${"".padEnd(left)}  ${line}`)];
    return lines.map((line, i) => `  ${(i === 0 ? l : "").padEnd(left)}  ${line}`.trimEnd());
  });
}

function fold(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    const line = lines[last] ?? "";
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[last] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

const flagRow = (flag: FlagDoc): readonly [string, string] => [
  [`--${flag.name}`, ...flag.aliases].join(", ") + (flag.type === "boolean" ? "" : ` ${flag.type}`),
  Option.getOrElse(flag.description, () => ""),
];

/** effect/cli describes its own flags in English. */
const described = (flag: FlagDoc, language: Language): FlagDoc =>
  flag.name === "help" || flag.name === "version" || flag.name === "completions"
    ? { ...flag, description: Option.some(FLAG_HELP[flag.name][language]) }
    : flag;

export function formatHelp(doc: HelpDoc, language: Language): string {
  const heading = (name: keyof typeof HEADINGS) => bold(HEADINGS[name][language]);
  const section = (name: keyof typeof HEADINGS, rows: readonly (readonly [string, string])[]) =>
    rows.length === 0 ? [] : ["", heading(name), ...columns(rows)];
  const isRoot = (doc.commandPath ?? []).length <= 1;
  const common = [...(isRoot ? doc.flags : (doc.inheritedFlags ?? []))];
  const builtIns = (doc.globalFlags ?? []).map((flag) => described(flag, language));
  const commands = (doc.subcommands ?? []).flatMap((group) => group.commands);
  const usage = [
    ...(doc.commandPath ?? ["ventes"]),
    ...(commands.length > 0 ? [isRoot ? COMMAND[language] : `[${COMMAND[language]}]`] : []),
    ...(doc.args ?? []).map((a) =>
      a.name.startsWith("[") ? a.name : a.required ? a.name : `[${a.name} ...]`,
    ),
    `[${OPTIONS[language]}]`,
  ].join(" ");
  return [
    ...doc.description.split("\n").flatMap((line) => fold(line, WIDTH)),
    "",
    heading("usage"),
    `  ${usage}`,
    ...section(
      "commands",
      commands.map((c) => [c.name, c.shortDescription ?? c.description] as const),
    ),
    ...section(
      "arguments",
      (doc.args ?? []).map((a) => [a.name, Option.getOrElse(a.description, () => "")] as const),
    ),
    ...section("flags", isRoot ? [] : doc.flags.map(flagRow)),
    ...section("common", [...common, ...builtIns].map(flagRow)),
    ...(doc.examples && doc.examples.length > 0
      ? [
          "",
          heading("examples"),
          ...doc.examples.flatMap((e) => [`  # ${e.description ?? ""}`, `  ${e.command}`]),
        ]
      : []),
  ].join("\n");
}

const COMMAND = { fr: "COMMANDE", en: "COMMAND" } as const;
const OPTIONS = { fr: "options", en: "flags" } as const;

/** One line: the first error, a suggestion where there is one, and where the help is. */
export function usageLine(
  errors: readonly CliError.NonShowHelpErrors[],
  commandPath: readonly string[],
  language: Language,
): string {
  const path = commandPath.join(" ");
  const first = errors[0];
  let line: string;
  let suggestions: readonly string[] = [];
  switch (first?._tag) {
    case "UnknownSubcommand":
      line = USAGE_ERRORS.unknownCommand[language](first.subcommand);
      suggestions = first.suggestions;
      break;
    case "UnrecognizedOption":
      line = USAGE_ERRORS.unknownFlag[language](first.option);
      suggestions = first.suggestions;
      break;
    case "InvalidValue":
      line =
        first.value === "" && first.kind === "flag"
          ? USAGE_ERRORS.missingValue[language](first.option)
          : USAGE_ERRORS.badValue[language](first.option, first.value, first.expected);
      break;
    case "MissingOption":
      line = USAGE_ERRORS.missingArgument[language](`--${first.option}`);
      break;
    case "MissingArgument":
      line = USAGE_ERRORS.missingArgument[language](first.argument);
      break;
    case "UnexpectedArgument":
      line = USAGE_ERRORS.unexpectedArgument[language](first.arguments[0] ?? "");
      break;
    default:
      line = first?.message ?? USAGE_ERRORS.missingCommand[language]();
  }
  const hint = suggestions[0] === undefined ? "" : USAGE_ERRORS.didYouMean[language](suggestions[0]);
  return visible(`ventes: ${line.replace(/\s+/g, " ")}${hint}${USAGE_ERRORS.seeHelp[language](path)}`);
}

export const layerPresenter = (language: Language) =>
  CliOutput.layerPresenter({
    present: (event) =>
      Effect.sync(() => {
        switch (event._tag) {
          case "InvalidInvocation":
            say(usageLine(event.errors, event.commandPath, language), "error");
            break;
          case "Version":
            print(event.version);
            break;
          case "Help":
            // --help goes to stdout. Otherwise a command was called without its subcommand: wrong usage.
            if (event.reason === "Requested") print(formatHelp(event.helpDoc, language));
            else say(usageLine([], event.commandPath, language), "error");
        }
      }),
  });

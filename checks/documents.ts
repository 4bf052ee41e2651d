/** Extracts commands, variables and titles from documents (Markdown) and code, so that tests can compare them. */

/** The text of each fenced block and code span. */
export const codeIn = (markdown: string): readonly string[] => {
  const blocks = [...markdown.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].map((m) => m[1] ?? "");
  const prose = markdown.replaceAll(/^```[^\n]*\n[\s\S]*?^```/gm, "");
  return [...blocks, ...[...prose.matchAll(/`([^`\n]+)`/g)].map((m) => m[1] ?? "")];
};

/** The levels of the headings, in order: two documents of one structure have equal ones. */
export const headingLevels = (markdown: string): readonly number[] =>
  [...markdown.replaceAll(/^```[^\n]*\n[\s\S]*?^```/gm, "").matchAll(/^(#+) /gm)].map(
    (m) => m[1]?.length ?? 0,
  );

const COMMAND = /^(?:\$ )?((?:[A-Z_]+=\S+ )*(?:npm|npx|node|ventes|docker|git|curl|sqlite3|cd) .*)$/;

/** The lines of fenced blocks that one types, without a prompt and a comment behind; `text` blocks are output. */
export const typedCommands = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```/gm)]
    .filter((m) => m[1]?.trim() !== "text")
    .flatMap((m) => (m[2] ?? "").split("\n"))
    .flatMap((line) => COMMAND.exec(line.trim())?.[1]?.replace(/\s+#.*$/, "") ?? []);

/** `ventes a b --c`: the words after the program's name and the flags, of each use in some code. */
export const usesOfVentes = (
  code: string,
): readonly { readonly words: readonly string[]; readonly flags: readonly string[] }[] =>
  [...code.matchAll(/(?<![\w/.-])ventes((?: +[^\s|;&`]+)*)/g)].flatMap((m) => {
    const parts = (m[1] ?? "")
      .trim()
      .split(/ +/)
      .filter((part) => part !== "");
    const end = parts.findIndex((part) => !/^[a-z]+$/.test(part));
    const words = end === -1 ? parts : parts.slice(0, end);
    const flags = parts.flatMap((part) => /^--[a-z][a-z-]*/.exec(part)?.[0] ?? []);
    return parts.length === 0 ? [] : [{ words, flags }];
  });

/** The environment variables of ours that a table documents: rows that begin with the name in code. */
export const variablesInTables = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...markdown.matchAll(/^\|([^|]*)\|/gm)].flatMap((m) =>
      [...(m[1] ?? "").matchAll(/`([A-Z][A-Z0-9_]+)(?:=[^`]*)?`/g)].map((name) => name[1] ?? ""),
    ),
  );

/** The environment variables of ours that code names: `env.KAFKA_X`, "VENTES_X". */
export const variablesInCode = (code: string): readonly string[] =>
  [...code.matchAll(/(?:\benv\.|["'])((?:KAFKA|VENTES)_[A-Z][A-Z0-9_]*)\b(?=["']|[^"'\w])/g)].map(
    (m) => m[1] ?? "",
  );

/** The commands in the last column of the first table below a heading, in order. */
export const commandsBelow = (markdown: string, heading: string): readonly string[] => {
  const section = markdown.split(new RegExp(`^## ${heading}$`, "m"))[1]?.split(/^## /m)[0] ?? "";
  return [...section.matchAll(/^\|.*\| `([^`]+)` \|$/gm)].map((m) => m[1] ?? "");
};

/** The targets of links and images that name files of the project. */
export const linksIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((m) => (m[1] ?? "").replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));

/**
 * What a document says that tests prove (docs/invariants.md, docs/rules.md): a line names test files in code,
 * `a/b.test.ts`, each followed by the titles (or parts of them) in double quotes of the tests that prove it.
 */
export const promisedTests = (
  markdown: string,
): readonly { readonly file: string; readonly titles: readonly string[] }[] =>
  markdown.split("\n").flatMap((line) => {
    const [, ...pieces] = line.split(/`([^`]+\.test\.ts)`/);
    const found = [];
    for (let i = 0; i < pieces.length; i += 2)
      found.push({
        file: pieces[i] ?? "",
        titles: [...(pieces[i + 1] ?? "").matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? ""),
      });
    return found;
  });

/** What a command's --help names: its subcommands and its flags. */
export const namedInHelp = (
  help: string,
): { readonly commands: readonly string[]; readonly flags: readonly string[] } => {
  const section = /^COMMANDS\n((?: .*\n|\n(?= ))*)/m.exec(`${help}\n`)?.[1] ?? "";
  return {
    commands: [...section.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map((m) => m[1] ?? ""),
    flags: [...help.matchAll(/^ {2}(--[a-z][a-z-]*)/gm)].map((m) => m[1] ?? ""),
  };
};

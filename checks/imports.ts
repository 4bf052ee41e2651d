/**
 * Which modules a source file names: `importsOf(text)`, one entry an import, with its line. It reads TypeScript and
 * JavaScript as characters (strings, templates, comments and regular expressions are skipped), so that it needs no
 * compiler. It sees `import` in all forms, `export ... from`, `import()`, `require()` and `new URL(x, import.meta.url)`.
 */

export interface Import {
  readonly specifier: string;
  /** Of the keyword, counted from 1. */
  readonly line: number;
  /** "type" is erased when the program runs; "file" is new URL(specifier, import.meta.url). */
  readonly kind: "static" | "type" | "dynamic" | "require" | "file";
  /** What stands between the keyword and the module's name, its white space folded. */
  readonly clause: string;
}

type Token =
  | { readonly type: "word" | "sign"; readonly text: string; readonly at: number }
  | { readonly type: "string"; readonly text: string; readonly at: number };

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\d[\w.]*/y;
const STRING = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const REGEXP = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

/** After one of these words a slash begins a regular expression; after any other word or `)` or `]` it divides. */
const BEFORE_REGEXP = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "do",
  "else",
  "void",
  "delete",
  "throw",
  "await",
]);

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

/** Where the comment or white space at `at` ends, or `at` itself. */
const skipBlank = (text: string, at: number): number => {
  if (text.startsWith("//", at)) {
    const end = text.indexOf("\n", at);
    return end === -1 ? text.length : end;
  }
  if (text.startsWith("/*", at)) {
    const end = text.indexOf("*/", at + 2);
    return end === -1 ? text.length : end + 2;
  }
  return /\s/.test(text.charAt(at)) ? at + 1 : at;
};

const slashBeginsRegExp = (before: Token | undefined): boolean => {
  if (before === undefined) return true;
  if (before.type === "string") return false;
  if (before.type === "word") return BEFORE_REGEXP.has(before.text);
  return before.text !== ")" && before.text !== "]" && before.text !== "}";
};

/** The words, signs and strings of the code, in order. The code inside `${}` of a template is read as well. */
const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  /** For each open `{`: whether it is a template's `${`, to be followed by more of the template. */
  const braces: boolean[] = [];
  let at = text.startsWith("#!") ? text.indexOf("\n") : 0;

  const template = (from: number): number => {
    let i = from;
    while (i < text.length) {
      const c = text.charAt(i);
      if (c === "\\") i += 2;
      else if (c === "`") return i + 1;
      else if (c === "$" && text.charAt(i + 1) === "{") {
        braces.push(true);
        tokens.push({ type: "sign", text: "{", at: i });
        return i + 2;
      } else i += 1;
    }
    return i;
  };

  while (at >= 0 && at < text.length) {
    const next = skipBlank(text, at);
    if (next !== at) {
      at = next;
      continue;
    }
    const c = text.charAt(at);
    const word = matchAt(WORD, text, at);
    const string = matchAt(STRING, text, at);
    if (word !== undefined) {
      tokens.push({ type: "word", text: word, at });
      at += word.length;
    } else if (string !== undefined) {
      tokens.push({ type: "string", text: string.slice(1, -1), at });
      at += string.length;
    } else if (c === "`") {
      // A template without ${} can name a module too: import(`./x.ts`).
      const end = template(at + 1);
      if (text.charAt(end - 1) === "`")
        tokens.push({ type: "string", text: text.slice(at + 1, end - 1), at });
      at = end;
    } else if (c === "/" && slashBeginsRegExp(tokens.at(-1)) && matchAt(REGEXP, text, at) !== undefined) {
      const regexp = matchAt(REGEXP, text, at) ?? c;
      tokens.push({ type: "string", text: "", at });
      at += regexp.length;
    } else if (c === "}") {
      tokens.push({ type: "sign", text: c, at });
      at = braces.pop() === true ? template(at + 1) : at + 1;
    } else {
      if (c === "{") braces.push(false);
      tokens.push({ type: "sign", text: c, at });
      at += matchAt(NUMBER, text, at)?.length ?? 1;
    }
  }
  return tokens;
};

/** What follows the keyword at `i` when it is `... from "x"` or `"x"`: the index of the string, or undefined. */
const fromClause = (tokens: readonly Token[], i: number): number | undefined => {
  let depth = 0;
  for (let j = i + 1; j < tokens.length; j++) {
    const token = tokens[j];
    if (token === undefined) return undefined;
    if (token.type === "string") {
      const before = tokens[j - 1];
      if (j === i + 1) return j;
      if (before?.type === "word" && before.text === "from" && depth === 0) return j;
      if (depth === 0) return undefined;
    } else if (token.text === "{") depth += 1;
    else if (token.text === "}") depth -= 1;
    else if (token.type === "sign" && token.text !== "," && token.text !== "*") return undefined;
  }
  return undefined;
};

export const importsOf = (text: string): readonly Import[] => {
  const tokens = tokensOf(text);
  const found: Import[] = [];
  const add = (keyword: Token, name: Token | undefined, kind: Import["kind"], clause: string) => {
    if (name?.type !== "string") return;
    const line = text.slice(0, keyword.at).split("\n").length;
    found.push({ specifier: name.text, line, kind, clause: clause.replaceAll(/\s+/g, " ").trim() });
  };
  const is = (token: Token | undefined, sign: string) => token?.type === "sign" && token.text === sign;

  for (const [i, token] of tokens.entries()) {
    if (token.type !== "word" || is(tokens[i - 1], ".")) continue;
    const next = tokens[i + 1];
    if (token.text === "import" && is(next, "(")) add(token, tokens[i + 2], "dynamic", "");
    else if (token.text === "require" && is(next, "(")) add(token, tokens[i + 2], "require", "");
    else if (token.text === "new" && next?.text === "URL" && is(tokens[i + 2], "(")) {
      const [, comma, keyword, dot, meta, , url] = tokens.slice(i + 3, i + 10);
      if (
        is(comma, ",") &&
        keyword?.text === "import" &&
        is(dot, ".") &&
        meta?.text === "meta" &&
        url?.text === "url"
      )
        add(token, tokens[i + 3], "file", "");
    } else if (
      token.text === "import" ||
      (token.text === "export" && /^[{*]$|^type$/.test(next?.text ?? ""))
    ) {
      const name = fromClause(tokens, i);
      if (name === undefined) continue;
      const to = tokens[name];
      const clause = text.slice(token.at + token.text.length, to?.at).replace(/\bfrom\s*$/, "");
      add(token, to, /^\s*type\b(?!\s*,|\s*$)/.test(clause) ? "type" : "static", clause);
    }
  }
  return found;
};

/** Splits SQL text into statements, because better-sqlite3 prepares one at a time. */

/** A quoted string or name, a comment, a semicolon, or any other character. */
const TOKEN =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;|[\s\S]/g;

/** The statements of a text, without those that are only white space and comments. */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let current = "";
  let hasContent = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ";") {
      if (hasContent) statements.push(current);
      current = "";
      hasContent = false;
      continue;
    }
    current += token;
    if (!/^(\s|--|\/\*)/.test(token)) hasContent = true;
  }
  if (hasContent) statements.push(current);
  return statements;
}

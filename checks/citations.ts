/**
 * Finds the citations in comments and documents: rules and invariants by their number, documents by their name. So every
 * cited number exists, and the old name of a renamed document is found.
 */
import { parseSync } from "oxc-parser";
import { isCode } from "./tree.ts";

/** SQL, YAML, shell and Dockerfiles: a comment is the rest of a line after this sign. */
const LINE_COMMENTS: readonly (readonly [path: RegExp, comment: RegExp])[] = [
  [/\.sql$/, /--.*$/gm],
  [/\.ya?ml$|\.env$|(?:^|\/)(?:Dockerfile|\.env\.example)$|^\.ci\/|^docker\/[^.]+$/, /(?<=^|\s)#.*$/gm],
];

/** The comments of a file, each as one text without the signs that frame it. Of a document: all of it. */
export function proseOf(path: string, text: string): readonly string[] {
  if (path.endsWith(".md")) return [text];
  if (isCode(path))
    return joinedLines(parseSync(path, text).comments.map(({ type, value }) => ({ type, value })));
  const comment = LINE_COMMENTS.find(([paths]) => paths.test(path))?.[1];
  return comment === undefined
    ? []
    : [(text.match(comment) ?? []).map((c) => c.replace(/^[-#]+/, "")).join("\n")];
}

/** Comments of one line each that follow each other may be one sentence: they are joined. */
function joinedLines(comments: readonly { readonly type: string; readonly value: string }[]): string[] {
  const blocks = comments.filter((c) => c.type === "Block").map((c) => c.value.replaceAll(/^\s*\*/gm, ""));
  const lines = comments.filter((c) => c.type === "Line").map((c) => c.value);
  return [...blocks, lines.join("\n")];
}

const NUMBERS = String.raw`\d+(?:(?:,\s+|\s+(?:and|or|to)\s+|,\s+and\s+)\d+)*`;

/** `rules 8, 12 to 14 and 20` cites 8, 12, 13, 14 and 20. Each number once, in order. */
export function numbersCited(prose: string, what: "rule" | "invariant"): readonly number[] {
  const cited = new Set<number>();
  for (const [, list = ""] of prose.matchAll(new RegExp(String.raw`\b${what}s?\s+(${NUMBERS})`, "gi"))) {
    for (const [, from = "", to = from] of list.matchAll(/(\d+)(?:\s+to\s+(\d+))?/g))
      for (let n = Number(from); n <= Number(to); n++) cited.add(n);
  }
  return [...cited].sort((a, b) => a - b);
}

/** The numbers of docs/rules.md: each rule has a heading, `### 4. The id of a sale`. */
export const rulesIn = (markdown: string): readonly number[] =>
  [...markdown.matchAll(/^### (\d+)\. /gm)].map((m) => Number(m[1]));

/** The text of each rule in docs/rules.md, by its number. */
export const ruleTexts = (markdown: string): ReadonlyMap<number, string> =>
  new Map(
    markdown.split(/^(?=##)/m).flatMap((section) => {
      const number = /^### (\d+)\. /.exec(section)?.[1];
      return number === undefined ? [] : [[Number(number), section] as const];
    }),
  );

/** The numbers of docs/invariants.md: each invariant is a row, `| 4 | **Every commit ...`. */
export const invariantsIn = (markdown: string): readonly number[] =>
  [...markdown.matchAll(/^\| (\d+) \| \*\*/gm)].map((m) => Number(m[1]));

const PART =
  /^(?:cli|producer|consumer|analyzer|shared|simulator|checks|bench|integration-tests|demo|docs|docker)\/[\w./-]+$/;

/** Paths of the project that stand in code: files, folders, and the beginnings of names that one gives to vitest. */
export const pathsNamed = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(/^```[^\n]*\n[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)]
    .map((m) => m[1] ?? "")
    .filter((text) => PART.test(text));

/** Names of documents in prose: `docs/rules.md`, `SECURITY.md`. Not those of links, which are held by themselves. */
export const documentsNamed = (prose: string): readonly string[] => [
  ...new Set(
    [
      ...prose
        .replaceAll(/\]\([^)\s]+\)/g, "]")
        .matchAll(/(?<![\w./:-])(?:[\w-]+\/)*[\w-]+(?:\.[a-z]{2})?\.md\b/g),
    ].map(([name]) => name),
  ),
];

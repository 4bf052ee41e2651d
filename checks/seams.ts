/**
 * The seams of the program: what one part calls of another. Each function there has a docstring for readers
 * who do not know its code: what it takes and returns with units, how it fails, and the rule or document that it follows.
 */
import { posix } from "node:path";
import { parseSync } from "oxc-parser";

/** Files whose exported functions are seams; a folder stands for its files. */
export const SEAMS: readonly string[] = [
  "producer/run.ts",
  "producer/admin/index.ts",
  "consumer/run.ts",
  "consumer/replay.ts",
  "consumer/rebuild.ts",
  "analyzer/run.ts",
  "analyzer/server/serve.ts",
  "shared/topic-log/topic-log.ts",
  "shared/topic-log/layer.ts",
  "shared/contract/",
  "shared/database/ventes-db.ts",
  "shared/runtime/time.ts",
  "cli/run/components.ts",
  "cli/run/pipeline.ts",
];

/** An exported name of a file: declared there (`documented` says whether a docstring stands above), or of another file. */
type Exported =
  | { readonly name: string; readonly documented: boolean }
  | { readonly name: string; readonly from: string; readonly original: string };

/** The functions, constants and classes that a file exports, without its types. */
export function exportsOf(path: string, text: string): readonly Exported[] {
  const { program, comments } = parseSync(path, text);
  const isDocumented = (start: number): boolean =>
    comments.some(
      ({ type, value, end }) =>
        type === "Block" && value.startsWith("*") && end <= start && text.slice(end, start).trim() === "",
    );
  return program.body.flatMap((node): readonly Exported[] => {
    if (node.type !== "ExportNamedDeclaration" || node.exportKind === "type") return [];
    const { declaration, source } = node;
    if (source !== null)
      return node.specifiers
        .filter(({ exportKind }) => exportKind !== "type")
        .map(({ local, exported }) => ({
          name: nameOf(exported),
          original: nameOf(local),
          from: posix.join(posix.dirname(path), source.value),
        }));
    const documented = isDocumented(node.start);
    if (declaration?.type === "VariableDeclaration")
      return declaration.declarations.map(({ id }) => ({ name: nameOf(id), documented }));
    if (declaration?.type === "FunctionDeclaration" || declaration?.type === "ClassDeclaration")
      return declaration.id === null ? [] : [{ name: nameOf(declaration.id), documented }];
    return [];
  });
}

const nameOf = (node: object): string =>
  "name" in node ? String(node.name) : "value" in node ? String(node.value) : "";

/** `file: name` of each export of a seam that no docstring explains, where it is declared. `read`: the text of a file. */
export const undocumented = (path: string, read: (path: string) => string): readonly string[] =>
  exportsOf(path, read(path)).flatMap((one) => {
    if ("documented" in one) return one.documented ? [] : [`${path}: ${one.name}`];
    return undocumented(one.from, read).filter((line) => line.endsWith(`: ${one.original}`));
  });

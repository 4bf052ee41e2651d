/**
 * The modules that a source file imports: `importsOf(path, text)` has one entry for each import, with its line. TypeScript's own
 * API is not part of the TypeScript that we use, so oxc-parser reads the file.
 */
import { parseSync, Visitor } from "oxc-parser";

export interface Import {
  readonly specifier: string;
  /** Of the statement, counted from 1. */
  readonly line: number;
  /** "type" is erased when the program runs; "file" is new URL(specifier, import.meta.url). */
  readonly kind: "static" | "type" | "dynamic" | "require" | "file";
  /** The names that are taken, as the other module exports them. */
  readonly names: readonly string[];
}

/** The text of a string, or of a template without `${}`. */
function textOf(node: unknown): string | undefined {
  const { type, value, quasis } = node as {
    readonly type: string;
    readonly value?: unknown;
    readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  };
  if (type === "Literal" && typeof value === "string") return value;
  return type === "TemplateLiteral" && quasis?.length === 1 ? quasis[0]?.value.cooked : undefined;
}

/** In the order of the text. Throws for a text that is no TypeScript. */
export function importsOf(path: string, text: string): readonly Import[] {
  const { module, program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const found: (Import & { readonly at: number })[] = [];
  const add = (at: number, specifier: string | undefined, kind: Import["kind"], names: readonly string[]) => {
    if (specifier === undefined) return;
    found.push({ at, specifier, line: text.slice(0, at).split("\n").length, kind, names });
  };
  for (const { start, moduleRequest, entries } of module.staticImports) {
    const isType = entries.length > 0 && entries.every((entry) => entry.isType);
    const names = entries.map(({ importName: { kind, name } }) => name ?? kind.toLowerCase());
    add(start, moduleRequest.value, isType ? "type" : "static", names);
  }
  for (const { start, entries } of module.staticExports) {
    const [first] = entries;
    const isType = entries.every((entry) => entry.isType);
    const names = entries.map(({ importName: { kind, name } }) => name ?? kind.toLowerCase());
    add(start, first?.moduleRequest?.value, isType ? "type" : "static", names);
  }
  new Visitor({
    ImportExpression: ({ start, source }) => add(start, textOf(source), "dynamic", []),
    TSImportType: ({ start, source }) => add(start, textOf(source), "type", []),
    CallExpression: ({ start, callee, arguments: [name] }) => {
      if (callee.type === "Identifier" && callee.name === "require" && name !== undefined)
        add(start, textOf(name), "require", []);
    },
    NewExpression: ({ start, callee, arguments: [name, base] }) => {
      const isBeside = base !== undefined && text.slice(base.start, base.end) === "import.meta.url";
      if (callee.type === "Identifier" && callee.name === "URL" && name !== undefined && isBeside)
        add(start, textOf(name), "file", []);
    },
  }).visit(program);
  return found.sort((a, b) => a.at - b.at).map(({ at: _, ...one }) => one);
}

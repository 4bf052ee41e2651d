// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test hold templates
import { describe, expect, it } from "vitest";
import { importsOf } from "./imports.ts";

const seen = (text: string) => importsOf(text).map((i) => `${i.line} ${i.kind} ${i.specifier}`);

describe("the import scanner", () => {
  it("sees each form", () => {
    expect(
      seen(
        [
          'import a from "a";',
          "import * as b from 'b'",
          'import { c, type C } from "c";',
          "import {",
          "  d, // from 'not this'",
          '} from "d";',
          'import "e";',
          'import type { F } from "f";',
          'import G, { type H } from "g";',
          'export { i } from "i";',
          'export * from "j";',
          'export * as k from "k";',
          'export type { L } from "l";',
          'const m = await import("m");',
          'const n = import(\n  "n"\n);',
          'type O = import("o").O;',
          'const p = require("p");',
          'const q = new URL("./q.sql", import.meta.url);',
          "const r = await import(`r`);",
          'import s from "./s.json" with { type: "json" };',
        ].join("\n"),
      ),
    ).toEqual([
      "1 static a",
      "2 static b",
      "3 static c",
      "4 static d",
      "7 static e",
      "8 type f",
      "9 static g",
      "10 static i",
      "11 static j",
      "12 static k",
      "13 type l",
      "14 dynamic m",
      "15 dynamic n",
      "18 dynamic o",
      "19 require p",
      "20 file ./q.sql",
      "21 dynamic r",
      "22 static ./s.json",
    ]);
  });

  it("is not misled by what only looks like an import", () => {
    expect(
      seen(
        [
          '// import a from "a"',
          '/* import b from "b" */',
          "const c = 'import c from \"c\"';",
          'const d = `import d from "d" ${d2} import e from "e"`;',
          'import.meta.resolve("f");',
          'const g = /import h from "h"/.test(x) ? x / 2 : 4 / x; // "',
          'const h = [/["\'`]/, /[/"]import/];',
          'export const i = { from: "i" };',
          'export type J = "j";',
          'log.import("k");',
          'export { l };\nconst m = "m";',
          "const import_ = 1, reimport = 'n';",
          'new URL("o", base);',
        ].join("\n"),
      ),
    ).toEqual([]);
  });

  it("reads the code inside a template", () => {
    expect(seen("const a = `x ${`${(await import('a')).b}`} 'unclosed`;\nimport \"c\";")).toEqual([
      "1 dynamic a",
      "2 static c",
    ]);
  });

  it("goes on after divisions, regular expressions and apostrophes", () => {
    expect(seen("const a = b / c; const d = (e) / f / g;\nimport h from 'h';")).toEqual(["2 static h"]);
    expect(seen("// it's\nconst a = x.replace(/'/g, \"\");\nimport h from 'h';")).toEqual(["3 static h"]);
    expect(seen("#!/usr/bin/env node\nimport h from 'h';")).toEqual(["2 static h"]);
  });

  it("gives the clause, to tell what was imported", () => {
    expect(importsOf('import {\n  A,\n  type B,\n} from "c";')[0]?.clause).toBe("{ A, type B, }");
    expect(importsOf('import type from "c";')[0]).toMatchObject({ kind: "static", clause: "type" });
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test hold templates
import { describe, expect, it } from "vitest";
import { importsOf } from "./imports.ts";

const seen = (text: string) =>
  importsOf("a.ts", text).map(({ line, kind, specifier }) => `${line} ${kind} ${specifier}`);

describe("the imports of a file", () => {
  it("are seen in each form", () => {
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
          'import { type T } from "t";',
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
      "18 type o",
      "19 require p",
      "20 file ./q.sql",
      "21 dynamic r",
      "22 static ./s.json",
      "23 type t",
    ]);
  });

  it("are not what only looks like one", () => {
    expect(
      seen(
        [
          '// import a from "a"',
          "const c = 'import c from \"c\"';",
          'const d = `import d from "d" ${`import("e")`}`;',
          'const f = `${x}import("f")`;',
          'const u = new URL("g", base);',
        ].join("\n"),
      ),
    ).toEqual([]);
  });

  it("have the names that they take", () => {
    const [one, all] = importsOf("a.ts", 'import A, { b as c } from "x";\nexport * from "y";');
    expect([one?.names, all?.names]).toEqual([["default", "b"], ["allbutdefault"]]);
  });

  it("are not guessed of a text that is no TypeScript", () => {
    expect(() => importsOf("a.ts", "import {")).toThrow("a.ts");
  });
});

/** Work on a list grows with the list, in slices; what it shows of the list is short. Each case once stopped the page. */
import fc from "fast-check";
import { Parser } from "htmlparser2";
import { expect, it } from "vitest";
import { entityNamed } from "#shared/contract/entities/index.ts";
import { growthOf, LINEAR } from "#shared/runtime/testing/growth.ts";
import { mapHeader } from "../header/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { readDocument } from "./document.ts";
import { entriesOf } from "./entries.ts";

const URL_OF_LIST = "https://shop.example/list";

/** The longest step between two yields, in ms of CPU time. */
function read(text: string): {
  readonly longest: number;
  readonly reasons: readonly string[];
  readonly sources: readonly string[];
} {
  let longest = 0;
  const run = <A>(work: Generator<void, A>): A => {
    for (;;) {
      const before = process.cpuUsage();
      const step = work.next();
      const { user, system } = process.cpuUsage(before);
      longest = Math.max(longest, (user + system) / 1000);
      if (step.done === true) return step.value;
    }
  };
  try {
    const { entries, refused } = run(
      entriesOf(run(readDocument(Buffer.from(text), URL_OF_LIST)), URL_OF_LIST, "en"),
    );
    return {
      longest,
      reasons: refused.flatMap(({ source, reason }) => [source, reason]),
      sources: entries.map(({ source }) => source),
    };
  } catch (error) {
    if (!(error instanceof SourceRefusal)) throw error;
    return { longest, reasons: [error.toError(URL_OF_LIST, "en").sentence], sources: [] };
  }
}

const numbered = (n: number, name: string): string[] => Array.from({ length: n }, (_, i) => `${name}${i}`);

it.each<readonly [string, (n: number) => string]>([
  ["tags that nothing closes", (n) => "<div>".repeat(n * 20)],
  ["forms in forms", (n) => "<form>".repeat(n * 20)],
  ["signs of tags", (n) => "<".repeat(n * 50)],
  ["attributes", (n) => `<a ${"x=1 ".repeat(n * 20)}>`],
  [
    "links",
    (n) =>
      numbered(n / 2, "x")
        .map((name) => `<a href=${name}.csv>`)
        .join(""),
  ],
  ["columns of a CSV list", (n) => `url,${numbered(n / 10, "c").join(",")}\nx.csv\n`],
  ["columns of one name", (n) => `url,${"abc,".repeat(n / 10)}\nx.csv\n`],
  [
    "lines",
    (n) =>
      numbered(n / 2, "x")
        .map((name) => `${name}.csv`)
        .join("\n"),
  ],
  [
    "members of JSON",
    (n) => JSON.stringify([{ url: "x.csv", ...Object.fromEntries(numbered(n, "k").map((k) => [k, 1])) }]),
  ],
  ["levels of JSON", (n) => "[".repeat(n * 10)],
  ["white space", (n) => `${" ".repeat(n * 20)}x`],
  ["quotes", (n) => '"'.repeat(n * 20)],
])("work on a list grows with its %s", (_, list) => {
  expect(growthOf((size) => read(list(size)), 2_000)).toBeLessThan(LINEAR);
});

it("work on many equal columns grows with their number, and each has a name of its own", () => {
  const header = (n: number) => ["id_produit", "prix", ...Array.from({ length: n }, () => "zzz")];
  expect(growthOf((n) => mapHeader(header(n), entityNamed("produits")), 500)).toBeLessThan(LINEAR);
  const { fields } = mapHeader(["id_produit", "a", "a (2)", "a", "a", "a (2)"], entityNamed("produits"));
  expect(fields.map((field) => ("extra" in field ? field.extra : ""))).toEqual([
    "",
    "a",
    "a (2)",
    "a (3)",
    "a (4)",
    "a (2) (2)",
  ]);
});

it("a page is read in slices", () => {
  expect(read(`<html>${"<div>".repeat(1_500_000)}<a href=x.csv>`)).toMatchObject({
    sources: ["https://shop.example/x.csv"],
  });
  // Garbage collection may lengthen a slice, but hardly one of each run.
  const runs = [1, 2, 3].map(() => read(`<html>${"<div>".repeat(1_500_000)}`).longest);
  expect(Math.min(...runs)).toBeLessThan(50);
});

it("a list of one long line is read once, not once for each delimiter", () => {
  expect(read("x".repeat(600_000)).longest).toBeLessThan(100);
});

it("a reason is short, whatever was listed", () => {
  const long = "x".repeat(660_000);
  for (const list of [
    `ftp://${long}`,
    `https://a.example/${long}`,
    `https://me:pw@a.example/${long}`,
    `url,every\nx.csv,${long}\n`,
    `[{"url":"x.csv","every":"${long}"}]`,
    `[{"url":"x.csv","columns":${JSON.stringify(numbered(50_000, "c"))},"key":7}]`,
  ])
    for (const reason of read(list).reasons) {
      expect(reason.length).toBeLessThan(5_000);
      expect(reason).not.toContain("pw");
    }
});

it("the links are those of htmlparser2's parser", () => {
  const piece = fc.constantFrom(
    "<a href=",
    "<A HREF='",
    '<a x=1 href="',
    "<base href=",
    "x.csv",
    "&amp;",
    "&#65;",
    "'",
    '"',
    ">",
    "/>",
    " ",
    "<!-- ",
    "-->",
    "<script>",
    "</script>",
    "<svg>",
    "</a>",
    "é",
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((all) => `<html>${all.join("")}`),
      (text) => {
        const theirs: string[] = [];
        const parser = new Parser({
          onopentag: (name, { href }) => {
            if (name === "a" && href !== undefined) theirs.push(href);
          },
        });
        parser.end(text);
        const listing = readDocument(Buffer.from(text), URL_OF_LIST);
        let step = listing.next();
        while (step.done !== true) step = listing.next();
        const ours = step.value.listed.map(({ reference }) => reference);
        expect(theirs.filter((href) => ours.includes(href))).toEqual(ours);
      },
    ),
    { numRuns: 2_000 },
  );
});

/** The entries and refusals of each form of catalogue. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { SourceRefusal } from "../source/error.ts";
import { readDocument } from "./document.ts";
import { entriesOf } from "./entries.ts";
import { readFolder } from "./folder.ts";

const PAGE = "https://shop.example/exports/index";

interface Read {
  readonly form: string;
  readonly ignored: readonly string[];
  readonly entries: Readonly<Record<string, object>>;
  readonly refused: Readonly<Record<string, string>>;
}

/** Runs work that yields to its end. */
function atOnce<A>(work: Generator<void, A>): A {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Entries: source -> its entities and options; refusals: source -> reason. */
function read(text: string | Buffer, url = PAGE): Read | string {
  try {
    const listing = atOnce(readDocument(Buffer.from(text as string), url));
    const { entries, refused } = atOnce(entriesOf(listing, url, "en"));
    return {
      form: listing.form,
      ignored: listing.ignored,
      entries: Object.fromEntries(
        entries.map(({ source, entities, options }) => [
          source,
          { ...(entities && { entity: entities.join() }), ...options },
        ]),
      ),
      refused: Object.fromEntries(refused.map(({ source, reason }) => [source, reason])),
    };
  } catch (error) {
    if (error instanceof SourceRefusal) return error.code;
    throw error;
  }
}

const of = (form: string, entries: Record<string, object>, more: Partial<Read> = {}): Read => ({
  form,
  entries,
  ignored: [],
  refused: {},
  ...more,
});

const A = "https://shop.example/exports/a.csv";
const B = "https://shop.example/exports/b.csv";

describe("a document", () => {
  it.each<readonly [string, string, Read | string]>([
    ["a text list", "a.csv\n\n# of march\r\n  b.csv  \n", of("text", { [A]: {}, [B]: {} })],
    ["a text list with a byte order mark", "\uFEFFa.csv", of("text", { [A]: {} })],
    [
      "URLs of any place, with commas and fragments",
      "https://x.example/a,b.csv?d=1,2#top\n/c.csv",
      of("text", { "https://x.example/a,b.csv?d=1,2": {}, "https://shop.example/c.csv": {} }),
    ],
    [
      "a quote that is never closed",
      '"a.csv\nb.csv',
      of("text", { [A.replace("a.csv", "%22a.csv")]: {}, [B]: {} }),
    ],
    [
      "a CSV list whose quote is never closed",
      'entity,url\nventes,"a.csv\nventes,b.csv',
      "catalogue.bad_csv",
    ],
    ["the same file twice", "a.csv\nhttps://shop.example/exports/a.csv", of("text", { [A]: {} })],
    [
      "what is no URL, and a password in one",
      "ftp://x/a.csv\nhttps://me:secret@x.example/b.csv\na.csv",
      of(
        "text",
        { [A]: {} },
        {
          refused: {
            "ftp://x/a.csv": expect.stringContaining("is neither a path nor an http, https or file URL"),
            "https://***@x.example/b.csv":
              "the URL holds a password, which would be copied into the topics: remove it from the URL",
          },
        },
      ),
    ],
    [
      "entity,url",
      "ventes,a.csv\nproduits,b.csv\n",
      of("csv", { [A]: { entity: "ventes" }, [B]: { entity: "produits" } }),
    ],
    [
      "a header in any order, an entity left out, options and a column that means nothing",
      "titre;url;entité;every;date_format;duplicates\nMars;a.csv;ventes;1h;dmy;drop\nAvril;b.csv;;;;\n",
      of(
        "csv",
        {
          [A]: { entity: "ventes", every: 3_600_000, duplicates: "drop", reading: { dateFormat: "dmy" } },
          [B]: {},
        },
        {
          ignored: ["titre"],
        },
      ),
    ],
    ["a list of one column under a header", "fichier\na.csv\nb.csv\n", of("csv", { [A]: {}, [B]: {} })],
    [
      "an entity and an option that are none",
      "entity,url,once\nclients,a.csv,\nventes,b.csv,perhaps\n",
      of(
        "csv",
        {},
        {
          refused: {
            [A]: 'there is no entity "clients": give one of these: produits, magasins, ventes',
            [B]: `once "perhaps": give true, false`,
          },
        },
      ),
    ],
    [
      "the same file twice, said to be two things",
      "ventes,a.csv\nproduits,a.csv\nventes,b.csv",
      of(
        "csv",
        { [B]: { entity: "ventes" } },
        { refused: { [A]: `${A} is listed several times, with different options: keep one line` } },
      ),
    ],
    [
      "a file of sales",
      "id_vente,date_vente,id_produit,id_magasin,quantité\n1,2024-01-01,p,m,1\n",
      "catalogue.not_a_list",
    ],
    ["JSON: texts", '["a.csv", "b.csv"]', of("json", { [A]: {}, [B]: {} })],
    [
      "JSON: objects with options",
      '{"sources": [{"url": "a.csv", "entity": "ventes", "once": true, "map": {"id_produit": "Code"}, "label": "x"}]}',
      of(
        "json",
        { [A]: { entity: "ventes", once: true, reading: { map: { id_produit: "Code" } } } },
        { ignored: ["label"] },
      ),
    ],
    [
      "a data package: other formats and data within it left alone, encoding and delimiter taken",
      JSON.stringify({
        name: "p",
        resources: [
          { name: "a", path: "a.csv", format: "csv", encoding: "iso-8859-1", dialect: { delimiter: ";" } },
          { name: "b", path: ["b.csv"] },
          { name: "c", path: "c.geojson", format: "geojson" },
          { name: "d", data: [1] },
        ],
      }),
      of("json", { [A]: { reading: { encoding: "iso-8859-1", delimiter: ";" } }, [B]: {} }),
    ],
    ["JSON that is none", '{"sources": [', "catalogue.bad_json"],
    ["JSON that lists nothing", '{"a": 1}', "catalogue.bad_json"],
    ["a number in a JSON list", "[1]", "catalogue.bad_json"],
    [
      "an index page: links to files of its own origin only, no parent, no sorting, no folder",
      `<!DOCTYPE html><html><head><title>Index of /exports</title></head><body><h1>Index</h1><pre>
       <a href="?C=N;O=D">Name</a> <a href="../">Parent</a> <a href="/exports/sub/">sub/</a>
       <a href="a.csv">a.csv</a> <a HREF='b%2Ecsv'>b</a> <a href="https://other.example/c.csv">c</a>
       <a href="notes.pdf">n</a> <a href="d.CSV.GZ?x=1&amp;y=2">d</a> <a href="javascript:alert(1)//x.csv">x</a>
       <!-- <a href="hidden.csv">h</a> --> <a name="e.csv">e</a> <a href="mailto:a@x.csv">m</a>`,
      of("html", {
        [A]: {},
        [B.replace("b.csv", "b%2Ecsv")]: {},
        "https://shop.example/exports/d.CSV.GZ?x=1&y=2": {},
      }),
    ],
    [
      "a page whose base says what its links are relative to",
      '<html><base href="/other/"><a href="a.csv">a</a>',
      of("html", { "https://shop.example/other/a.csv": {} }),
    ],
  ])("%s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("on disk may have relative paths, as people write them", () => {
    const url = pathToFileURL("/data/listes/a.txt").href;
    expect(read("b c#1.csv\n../d.csv\n/e.csv\nhttps://x.example/f.csv", url)).toEqual(
      of("text", {
        "file:///data/listes/b%20c%231.csv": {},
        "file:///data/d.csv": {},
        "file:///e.csv": {},
        "https://x.example/f.csv": {},
      }),
    );
  });

  it("has no more entries than the limit, and is UTF-8", () => {
    const lines = (n: number) => Array.from({ length: n }, (_, i) => `${i}.csv`).join("\n");
    expect(read(lines(10_001))).toBe("catalogue.too_many");
    expect(Object.keys((read(lines(10_000)) as Read).entries)).toHaveLength(10_000);
    expect(read(Buffer.from([0x61, 0xe9, 0x2e, 0x63, 0x73, 0x76]))).toBe("catalogue.not_utf8");
  });
});

describe("in any form", () => {
  const csvField = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const attribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const sources = (text: string, url: string) => {
    const found = read(text, url);
    return typeof found === "string" ? found : Object.keys(found.entries);
  };
  /** Unusual names of files that file systems allow. */
  const names = fc.uniqueArray(
    fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
      .map((name) => `${name.replace(/[/\\\p{C}]/gu, "_")}.csv`.normalize("NFC"))
      .filter((name) => name.trim() === name && !/^#|^[a-z][a-z0-9+.-]+:/i.test(name)),
    { minLength: 1, maxLength: 8 },
  );

  it("the same URLs are the same entries", () => {
    fc.assert(
      fc.property(names, (all) => {
        const links = all.map((name) => encodeURIComponent(name));
        const expected = links.map((link) => new URL(`https://shop.example/exports/${link}`).href);
        for (const text of [
          links.join("\n"),
          `url\n${links.map(csvField).join("\r\n")}\n`,
          `nom;url\n${links.map((link) => `x;${csvField(link)}`).join("\n")}`,
          JSON.stringify(links),
          JSON.stringify({ sources: links.map((url) => ({ url })) }),
          JSON.stringify({ resources: links.map((path) => ({ path })) }),
          `<html>${links.map((link) => `<a href="${attribute(link)}">${attribute(link)}</a>`).join("")}`,
        ])
          expect(sources(text, PAGE)).toEqual(expected);
      }),
    );
  });

  it("the same paths are the same files, whatever their names", () => {
    const url = pathToFileURL("/data/listes/liste").href;
    fc.assert(
      fc.property(names, (all) => {
        const expected = all.map((name) => pathToFileURL(`/data/listes/${name}`).href);
        for (const text of [
          all.join("\n"),
          `fichier\n${all.map(csvField).join("\n")}\n`,
          JSON.stringify(all.map((path) => ({ path }))),
        ])
          expect(sources(text, url)).toEqual(expected);
      }),
    );
  });

  it("any text is read or refused with a reason", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })), (text) => {
        const found = read(text);
        if (typeof found === "string") return;
        for (const source of Object.keys(found.entries)) expect(URL.canParse(source)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

it("a folder lists its data files by name, without hidden, unfinished and other files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ventes-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of [
    "b.csv",
    "a.CSV",
    "c.tsv",
    "d.txt.gz",
    ".hidden.csv",
    "~$lock.csv",
    "e.csv.part",
    "f.csv~",
    "g.tmp",
    "h.csv.crdownload",
    "notes.pdf",
  ])
    writeFileSync(join(folder, name), "x");
  mkdirSync(join(folder, "sub.csv"));
  symlinkSync(join(folder, "b.csv"), join(folder, "link.csv"));
  symlinkSync(join(folder, "nowhere"), join(folder, "broken.csv"));
  const { listed } = await readFolder(folder);
  expect(listed.map(({ reference }) => reference.slice(folder.length + 1))).toEqual([
    "a.CSV",
    "b.csv",
    "c.tsv",
    "d.txt.gz",
    "link.csv",
  ]);
});

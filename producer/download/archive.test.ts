/** Packed files, over HTTP and from a path: told by their bytes, unpacked within limits, refused when they are not whole. */

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { sourceId } from "../source/reference.ts";
import { Downloads, taken } from "../testing/downloads.ts";
import { publish, type ScriptedServer } from "../testing/scripted.ts";
import { zipOf } from "../testing/zip.ts";
import { fetchFile } from "./file.ts";
import { LIMITS } from "./limits.ts";

const CSV = `id_magasin,ville\n${Array.from({ length: 3000 }, (_, n) => `${n},Ville ${(n * 7919) % 1000}\n`).join("")}`;
const csv = { name: "magasins.csv", content: CSV };

let downloads: Downloads;
let server: ScriptedServer;
let dir: string;
beforeEach(async () => {
  downloads = new Downloads();
  server = await publish(CSV);
  dir = mkdtempSync(join(tmpdir(), "ventes-archive-"));
});
afterEach(async () => {
  await Promise.all([downloads.close(), server.close()]);
  rmSync(dir, { recursive: true, force: true });
});

const fromUrl = (bytes: Buffer, fragment = "") => {
  server.content = bytes;
  return downloads.poll(`${server.url}x.bin${fragment}`);
};
const fromPath = (bytes: Buffer, fragment = "") => {
  const file = join(dir, "x.zip");
  writeFileSync(file, bytes);
  return fetchFile({
    source: `${pathToFileURL(file).href}${fragment}`,
    spool: join(dir, "spooled"),
    known: null,
    resumeFrom: null,
    under: null,
    within: null,
    signal: new AbortController().signal,
    clock: systemClock,
  });
};

interface Case {
  readonly what: string;
  readonly bytes: Buffer;
  readonly entry?: string;
  /** What it is read as, or the code it is refused with. */
  readonly gives: string | { readonly code: string; readonly what?: unknown; readonly more?: unknown };
}

const gzipped = gzipSync(CSV);
const workbook = zipOf(
  { name: "[Content_Types].xml", content: "<Types/>" },
  { name: "xl/workbook.xml", content: "<workbook/>" },
);
const openDocument = zipOf(
  { name: "mimetype", content: "application/vnd.oasis.opendocument.spreadsheet", stored: true },
  { name: "content.xml", content: "<x/>" },
);
const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
};

const CASES: readonly Case[] = [
  { what: "plain content", bytes: Buffer.from(CSV), gives: CSV },
  {
    what: "content that only begins like a name of one",
    bytes: Buffer.from("PK,ville\n1,Paris\n"),
    gives: "PK,ville\n1,Paris\n",
  },
  { what: "nothing at all", bytes: Buffer.alloc(0), gives: "" },
  { what: "a gzip", bytes: gzipped, gives: CSV },
  {
    what: "a gzip of several members",
    bytes: Buffer.concat([gzipSync(CSV), gzipSync("9999,Nice\n")]),
    gives: `${CSV}9999,Nice\n`,
  },
  {
    what: "a gzip that is cut",
    bytes: gzipped.subarray(0, -20),
    gives: { code: "source.bad_archive", what: "gzip" },
  },
  {
    what: "a gzip with a wrong checksum",
    bytes: flipped(gzipped, gzipped.length - 6),
    gives: { code: "source.bad_archive", what: "gzip" },
  },
  {
    what: "a gzip whose middle is broken",
    bytes: flipped(gzipped, gzipped.length >> 1),
    gives: { code: "source.bad_archive" },
  },
  {
    what: "a gzip that inflates beyond measure",
    bytes: gzipSync(Buffer.alloc(30_000_000)),
    gives: { code: "source.too_large" },
  },
  {
    what: "a gzip in a gzip",
    bytes: gzipSync(gzipped),
    gives: { code: "source.nested_archive", what: "gzip < gzip" },
  },
  {
    what: "a zip in a gzip",
    bytes: gzipSync(zipOf(csv)),
    gives: { code: "source.nested_archive", what: "zip < gzip" },
  },
  {
    what: "a tar in a gzip",
    bytes: gzipSync(Buffer.concat([Buffer.alloc(257), Buffer.from("ustar\x0000"), Buffer.alloc(2000)])),
    gives: { code: "source.nested_archive", what: "tar < gzip" },
  },
  { what: "a zip of one CSV", bytes: zipOf(csv), gives: CSV },
  { what: "a zip that stores", bytes: zipOf({ ...csv, stored: true }), gives: CSV },
  {
    what: "a zip with folders, what a Mac adds, and a read-me",
    bytes: zipOf(
      { name: "export/", content: "" },
      { name: "__MACOSX/export/._magasins.csv", content: "x" },
      { name: "export/.DS_Store", content: "x" },
      { name: "export/LISEZMOI.pdf", content: "x" },
      { name: "export/magasins.CSV", content: CSV },
    ),
    gives: CSV,
  },
  { what: "a zip of one file of any name", bytes: zipOf({ name: "export", content: CSV }), gives: CSV },
  {
    what: "a zip of several CSVs",
    bytes: zipOf(csv, { name: "ventes.csv", content: "x" }),
    gives: { code: "source.zip_entries", what: "magasins.csv, ventes.csv", more: "magasins.csv" },
  },
  {
    what: "the CSV of several that is named",
    bytes: zipOf({ name: "ventes.csv", content: "x" }, csv),
    entry: "#magasins.csv",
    gives: CSV,
  },
  {
    what: "one whose name has blanks and accents, in a folder",
    bytes: zipOf(csv, { name: "données/été 2024.csv", content: "é" }),
    entry: "#donn%C3%A9es/%C3%A9t%C3%A9%202024.csv",
    gives: "é",
  },
  {
    what: "one that is not in it",
    bytes: zipOf(csv),
    entry: "#ventes.csv",
    gives: { code: "source.zip_no_entry", what: "ventes.csv", more: "magasins.csv" },
  },
  {
    what: "an entry of what is no zip",
    bytes: Buffer.from(CSV),
    entry: "#magasins.csv",
    gives: { code: "source.not_a_zip" },
  },
  {
    what: "a zip without a CSV",
    bytes: zipOf({ name: "a.pdf", content: "x" }, { name: "b.pdf", content: "x" }),
    gives: { code: "source.zip_no_entry", more: "a.pdf, b.pdf" },
  },
  { what: "an empty zip", bytes: zipOf(), gives: { code: "source.zip_no_entry", more: "" } },
  {
    what: "an encrypted zip",
    bytes: zipOf({ ...csv, encrypted: true }),
    gives: { code: "source.zip_encrypted" },
  },
  {
    what: "a zip that is cut",
    bytes: zipOf(csv).subarray(0, -30),
    gives: { code: "source.bad_archive", what: "zip" },
  },
  {
    what: "a zip with a wrong checksum",
    bytes: zipOf({ ...csv, crc: 1 }),
    gives: { code: "source.bad_archive" },
  },
  {
    what: "a zip that says a smaller size",
    bytes: zipOf({ ...csv, size: 100 }),
    gives: { code: "source.bad_archive" },
  },
  {
    what: "a zip whose data is broken",
    bytes: flipped(zipOf(csv), 200),
    gives: { code: "source.bad_archive" },
  },
  {
    what: "a zip that inflates beyond measure",
    bytes: zipOf({ name: "a.csv", content: Buffer.alloc(30_000_000) }),
    gives: { code: "source.too_large" },
  },
  {
    what: "a gzip in a zip",
    bytes: zipOf({ name: "a.csv.gz", content: gzipped }),
    gives: { code: "source.nested_archive" },
  },
  {
    what: "an entry that would climb out",
    bytes: zipOf({ name: "../../a.csv", content: CSV }),
    gives: { code: "source.bad_archive" },
  },
  { what: "a workbook, left as it is", bytes: workbook, gives: workbook.toString() },
  { what: "an OpenDocument, left as it is", bytes: openDocument, gives: openDocument.toString() },
];

for (const [way, fetch] of [
  ["from a URL", fromUrl],
  ["from a path", fromPath],
] as const)
  describe(`${way}`, () => {
    for (const { what, bytes, entry, gives } of CASES)
      it(`${what}: ${typeof gives === "string" ? "read" : gives.code}`, async () => {
        if (typeof gives === "string") expect(taken(await fetch(bytes, entry))).toBe(gives);
        else await expect(fetch(bytes, entry)).rejects.toMatchObject(gives);
        const left = way === "from a URL" ? downloads.left() : readdirSync(dir).filter((f) => f !== "x.zip");
        expect(left).toEqual([]);
      });
  });

it("a packed file is compared by its content, and never requested in parts", async () => {
  server.ranges = true;
  server.content = gzipSync(CSV);
  expect(taken(await downloads.poll(server.url))).toBe(CSV);
  expect(downloads.known).toMatchObject({
    ranges: false,
    bytes: CSV.length,
    segments: [{ end: CSV.length, hash: createHash("sha256").update(CSV).digest("hex") }],
  });
  // Packed in another way it is the same.
  server.content = zipOf(csv);
  expect((await downloads.poll(server.url)).kind).toBe("unchanged");
  server.content = gzipSync(`${CSV}9999,Nice\n`, { level: 1 });
  const grown = await downloads.poll(server.url, { resumeFrom: CSV.length });
  expect(grown).toMatchObject({ kind: "grown", whole: true });
  expect(taken(grown)).toBe("9999,Nice\n");
  expect(server.asked).toEqual(["GET", "GET", "GET"]);
});

it("a packed file that is also compressed in transfer is unpacked", async () => {
  server.headers = { "content-encoding": "deflate" };
  server.content = deflateSync(zipOf(csv));
  expect(taken(await downloads.poll(server.url))).toBe(CSV);
});

it("a zip with more entries than the limit is refused", async () => {
  const small = new Downloads({ limits: { ...LIMITS, zipEntries: 2 } });
  try {
    server.content = zipOf(csv, csv, csv);
    await expect(small.poll(server.url)).rejects.toMatchObject({ code: "source.bad_archive", more: "3 > 2" });
  } finally {
    await small.close();
  }
});

it("the id of a source keeps the name of an entry, and no other fragment", () => {
  expect(sourceId("https://a.example/export.zip#ventes.csv")).toBe("https://a.example/export.zip#ventes.csv");
  expect(sourceId("https://a.example/download?id=3#ventes.csv")).toBe(
    "https://a.example/download?id=3#ventes.csv",
  );
  expect(sourceId("https://a.example/ventes.csv#gid=0")).toBe("https://a.example/ventes.csv");
  expect(sourceId("./export.zip#été/ventes du jour.csv", "/srv")).toBe(
    "file:///srv/export.zip#%C3%A9t%C3%A9/ventes%20du%20jour.csv",
  );
  expect(sourceId("./a#b.csv", "/srv")).toBe("file:///srv/a%23b.csv");
});

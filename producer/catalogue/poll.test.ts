/** Catalogues over the embedded log: which entries are registered, refused or removed, and what they may reach. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { until } from "../../integration-tests/support/until.ts";
import {
  catalogueId,
  inspectCatalogue,
  listedCatalogues,
  registerCatalogue,
  removeCatalogue,
} from "../admin/catalogues.ts";
import { registerSource } from "../admin/register.ts";
import { removeEntry, removeSource } from "../admin/remove.ts";
import { readSourcesOnce, runProducer } from "../run.ts";
import { Registry } from "../source/registry.ts";
import {
  allEvents,
  claimsOf,
  listSources,
  openPipeline,
  type Pipeline,
  rowsOf,
} from "../testing/pipeline.ts";
import { serve, type TestServer } from "../testing/server.ts";

const SALES = "id_vente,date_vente,id_produit,id_magasin,quantité";
const sales = (...ids: readonly number[]) =>
  `${[SALES, ...ids.map((id) => `${id},2024-01-01,p,m,1`)].join("\n")}\n`;
const SHOPS = "id_magasin,ville\nm,Lyon\n";

let pipeline: Pipeline;
let server: TestServer;
/** The files of the server, by path. */
let files: Record<string, string>;
let asked: string[];
let etag: number;

beforeEach(async () => {
  pipeline = await openPipeline();
  files = {};
  asked = [];
  etag = 0;
  server = await serve((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const text = files[path];
    if (text === undefined) return response.writeHead(404).end();
    if (text === "slow") return response.writeHead(200, { "content-length": "1000000" }).write(SALES);
    if (text.startsWith("->")) return response.writeHead(302, { location: text.slice(2) }).end();
    const tag = `"${text.length}-${etag}"`;
    if (request.headers["if-none-match"] === tag) return response.writeHead(304, { etag: tag }).end();
    return response.writeHead(200, { etag: tag }).end(text);
  });
});
afterEach(async () => {
  await server.close();
  await pipeline.close();
});

const at = (path: string) => new URL(path, server.url).href;

/** Polls everything once. Returns the statuses of catalogues and sources. */
async function poll() {
  let catalogues: readonly CatalogueStatus[] = [];
  const sources = await pipeline.run(
    readSourcesOnce({
      onCatalogues: (all) => {
        catalogues = all;
      },
    }),
  );
  return { catalogue: catalogues[0], catalogues, sources };
}
const add = (id: string, options = {}) => pipeline.run(registerCatalogue(id, options));
const listed = Effect.gen(function* () {
  const registry = new Registry(yield* TopicLog);
  yield* registry.refresh();
  return listedCatalogues(registry);
});
const registered = async () =>
  (await pipeline.run(listSources))
    .map(({ registration }) => registration)
    .sort((a, b) => (a.source < b.source ? -1 : 1));
const claims = async (path: string) => [...claimsOf(await pipeline.run(allEvents), at(path)).keys()].sort();
const states = (sources: readonly SourceStatus[]) =>
  Object.fromEntries(sources.map(({ source, state }) => [source.slice(server.url.length - 1), state]));

describe("a catalogue", () => {
  it("has its entries registered, each read once, and new ones as they are listed", async () => {
    files = { "/list.txt": "a.csv\nm.csv\n", "/a.csv": sales(1), "/m.csv": SHOPS };
    await add(at("list.txt"), { every: 7_000, duplicates: "drop" });
    const first = await poll();
    expect(first.catalogue).toMatchObject({
      form: "text",
      state: "ok",
      listed: 2,
      taken: 2,
      refused: 0,
      unlisted: 0,
    });
    expect(await registered()).toMatchObject([
      {
        source: at("a.csv"),
        entities: ["ventes"],
        every: 7_000,
        duplicates: "drop",
        catalogue: at("list.txt"),
      },
      { source: at("m.csv"), entities: ["magasins"], catalogue: at("list.txt") },
    ]);
    expect(await claims("b.csv")).toEqual([]);

    files["/list.txt"] += "b.csv\n";
    files["/b.csv"] = sales(2);
    expect((await poll()).catalogue).toMatchObject({ listed: 3, taken: 3 });
    expect(await claims("b.csv")).toEqual(["ventes 2 "]);
    // Each row once, and no new event for the old rows.
    expect(rowsOf(await pipeline.run(allEvents))).toHaveLength(3);
    expect((await poll()).sources.map(({ emitted }) => emitted)).toEqual([0, 0, 0]);
    expect(rowsOf(await pipeline.run(allEvents))).toHaveLength(3);
  });

  it("that has not changed is one conditional request, and writes nothing", async () => {
    files = { "/list.txt": "a.csv\n", "/a.csv": sales(1) };
    await add(at("list.txt"));
    await poll();
    const before = await registered();
    const ends = Effect.gen(function* () {
      return (yield* allEvents).length;
    });
    const events = await pipeline.run(ends);
    await poll();
    expect(await registered()).toEqual(before);
    expect(await pipeline.run(ends)).toBe(events);
  });

  it("reports which entries it cannot register and why, and tries them again", async () => {
    files = {
      "/list.csv": "entity,url\nventes,a.csv\nproduits,m.csv\n,what.csv\n,gone.csv\nventes,ftp://x/y.csv\n",
      "/a.csv": sales(1),
      "/m.csv": SHOPS,
      "/what.csv": "x,y\n1,2\n",
    };
    await add(at("list.csv"));
    const { catalogue } = await poll();
    expect(catalogue).toMatchObject({ form: "csv", listed: 5, taken: 1, refused: 4 });
    const reasons = Object.fromEntries(
      (catalogue?.refusals ?? []).map(({ source, reason }) => [source, reason]),
    );
    expect(reasons[at("m.csv")]).toContain("the given entity is produits, but the file holds magasins");
    expect(reasons[at("what.csv")]).toMatch(/columns found: x, y; missing/);
    expect(reasons[at("gone.csv")]).toMatch(/does not exist/);
    expect(reasons["ftp://x/y.csv"]).toMatch(/neither a path nor/);
    expect((await registered()).map(({ source }) => source)).toEqual([at("a.csv")]);

    files["/gone.csv"] = sales(9);
    files["/what.csv"] = sales(3);
    expect((await poll()).catalogue).toMatchObject({ taken: 3, refused: 2 });
    expect(await claims("gone.csv")).toEqual(["ventes 9 "]);
  });

  it("gives options to all its entries and to each; when they change, the entries are read again", async () => {
    const odd = "Quand|Ref|Boutique|Nb\n02/01/2024|p|m|1,5\n";
    files = {
      "/list.csv": "url,delimiter\na.csv,\nb.csv,;\n",
      "/a.csv": odd,
      "/b.csv": odd.replace("1,5", "2,5"),
    };
    const map = { date_vente: "Quand", id_produit: "Ref", id_magasin: "Boutique", quantité: "Nb" };
    await add(at("list.csv"), { reading: { delimiter: "|", map } });
    const first = await poll();
    expect(first.catalogue).toMatchObject({ taken: 1, refused: 1, refusals: [{ source: at("b.csv") }] });
    expect(await registered()).toMatchObject([{ source: at("a.csv"), reading: { delimiter: "|", map } }]);
    expect(await claims("a.csv")).toHaveLength(1);

    // The file has not changed, only its options.
    files["/list.csv"] = "url,delimiter\na.csv,\nb.csv,|\n";
    etag++;
    expect((await poll()).catalogue).toMatchObject({ taken: 2, refused: 0 });
    expect(await claims("b.csv")).toHaveLength(1);

    // An option that would change the ids of existing sales is refused (rule 4), and the other entries go on.
    await add(at("list.csv"), { reading: { map: { id_produit: "Boutique", id_magasin: "Ref" } } });
    const { catalogue } = await poll();
    expect(catalogue).toMatchObject({ taken: 0, refused: 2 });
    expect(catalogue?.refusals[0]?.reason).toMatch(/already have ids that depend on/);
    expect((await registered()).map(({ reading }) => reading?.map)).toEqual([map, map]);
    await add(at("list.csv"), { reading: { map } });
    expect((await poll()).catalogue).toMatchObject({ taken: 2, refused: 0 });
  });

  it("may list wide files, and exports that a preset knows", async () => {
    files = {
      "/list.csv": 'url,entity\nwide.csv,"produits,magasins,ventes"\n',
      "/wide.csv":
        "id_vente,date_vente,id_produit,nom,id_magasin,ville,quantité\n1,2024-01-01,p,Pain,m,Lyon,2\n",
    };
    await add(at("list.csv"));
    expect((await poll()).catalogue).toMatchObject({ taken: 1, refused: 0 });
    expect(await claims("wide.csv")).toEqual(["magasins m ", "produits p ", "ventes 1 "]);
    files["/list.csv"] = "url,preset\nwide.csv,\nx.csv,nothing-of-this-name\n";
    files["/x.csv"] = sales(9);
    const { catalogue } = await poll();
    expect(catalogue).toMatchObject({ taken: 1, refused: 1 });
    expect(catalogue?.refusals[0]?.reason).toMatch(/nothing-of-this-name/);
  });

  it("keeps the rows of an unlisted entry and does not poll it; listed again, it is followed again", async () => {
    files = { "/list.txt": "a.csv\nb.csv\n", "/a.csv": sales(1), "/b.csv": sales(2) };
    await add(at("list.txt"));
    await poll();
    files["/list.txt"] = "a.csv\n";
    asked = [];
    const { catalogue, sources } = await poll();
    expect(catalogue).toMatchObject({ listed: 1, taken: 1, unlisted: 1 });
    expect(sources.map(({ source }) => source)).toEqual([at("a.csv")]);
    expect(asked).not.toContain("/b.csv");
    expect(await claims("b.csv")).toEqual(["ventes 2 "]);
    const listed = await pipeline.run(listSources);
    expect(states(listed.map(({ status }) => status))).toEqual({ "/a.csv": "ok", "/b.csv": "unlisted" });

    files["/list.txt"] = "a.csv\nb.csv\n";
    files["/b.csv"] = sales(2, 3);
    etag++;
    expect((await poll()).catalogue).toMatchObject({ listed: 2, taken: 2, unlisted: 0 });
    expect(await claims("b.csv")).toEqual(["ventes 2 ", "ventes 3 "]);
  });

  it("an empty or broken document is parked, and its entries are followed as before", async () => {
    files = { "/list.txt": "a.csv\n", "/a.csv": sales(1) };
    await add(at("list.txt"));
    await poll();
    const ids = [1];
    for (const [text, reason] of [
      ["", /lists no file/],
      ["{", /no JSON list/],
      [undefined, /does not exist/],
      [SHOPS, /lists no files, but holds magasins/],
    ] as const) {
      if (text === undefined) delete files["/list.txt"];
      else files["/list.txt"] = text;
      ids.push(ids.length + 1);
      files["/a.csv"] = sales(...ids);
      etag++;
      const { catalogue, sources } = await poll();
      expect(catalogue).toMatchObject({ state: "parked", reason: expect.stringMatching(reason) });
      expect(states(sources)).toEqual({ "/a.csv": "ok" });
    }
  });

  it("ignores sources that an operator registered or removed, until an operator adds them again", async () => {
    files = {
      "/list.txt": "a.csv\nb.csv\nbad.csv\n",
      "/a.csv": sales(1),
      "/b.csv": sales(2),
      "/bad.csv": "x\n",
    };
    await pipeline.run(registerSource(at("a.csv"), { every: 9_000 }));
    await add(at("list.txt"), { every: 7_000 });
    await poll();
    expect(await registered()).toMatchObject([
      { source: at("a.csv"), every: 9_000 },
      { source: at("b.csv"), every: 7_000, catalogue: at("list.txt") },
    ]);
    await pipeline.run(removeSource(at("b.csv")));
    await pipeline.run(removeEntry(at("bad.csv"), at("list.txt")));
    asked = [];
    const { catalogue } = await poll();
    expect(catalogue).toMatchObject({ listed: 3, taken: 0, others: 1, removed: 2, refused: 0, unlisted: 0 });
    expect(asked).not.toContain("/b.csv");
    expect(asked).not.toContain("/bad.csv");

    // An operator has registered it.
    await pipeline.run(registerSource(at("b.csv")));
    expect((await poll()).catalogue).toMatchObject({ taken: 0, others: 2, removed: 1 });
    expect((await registered())[1]?.catalogue).toBeUndefined();
  });

  it("is removed with its entries; with their rows, when asked; and nothing of it is remembered", async () => {
    files = { "/list.txt": "a.csv\nb.csv\n", "/a.csv": sales(1), "/b.csv": sales(2) };
    await add(at("list.txt"));
    await poll();
    await pipeline.run(removeSource(at("b.csv")));
    const removed = await pipeline.run(Effect.scoped(removeCatalogue(at("list.txt"), { withdraw: true })));
    expect(removed).toEqual({ catalogue: at("list.txt"), entries: 1, withdrawn: 1 });
    expect(await registered()).toEqual([]);
    expect(await claims("a.csv")).toEqual([]);
    expect(await claims("b.csv")).toEqual(["ventes 2 "]);
    expect(await pipeline.run(Effect.scoped(removeCatalogue(at("list.txt"))))).toBeUndefined();

    await add(at("list.txt"));
    expect((await poll()).catalogue).toMatchObject({ listed: 2, taken: 2, removed: 0 });
    expect(await claims("a.csv")).toEqual(["ventes 1 "]);
  });

  it("and a source of one name exclude each other", async () => {
    files = { "/list.txt": "a.csv\n", "/a.csv": sales(1), "/loop.txt": "loop.txt\n" };
    await add(at("list.txt"));
    await expect(pipeline.run(registerSource(at("list.txt")))).rejects.toMatchObject({
      code: "source.is_catalogue",
    });
    await pipeline.run(registerSource(at("a.csv")));
    await expect(add(at("a.csv"))).rejects.toMatchObject({ code: "catalogue.is_source" });
    await pipeline.run(Effect.scoped(removeCatalogue(at("list.txt"))));
    await add(at("loop.txt"));
    expect((await poll()).catalogue).toMatchObject({ taken: 0, refused: 1 });
  });
});

describe("what its entries may reach", () => {
  it("is its own origin, private or not; on other origins only public addresses, at every poll", async () => {
    const other = await serve((_, response) => response.end(sales(5)));
    try {
      files = { "/list.txt": `a.csv\n${other.url}b.csv\nfile:///etc/hostname\nc.csv\n`, "/a.csv": sales(1) };
      files["/c.csv"] = `->${other.url}`;
      await add(at("list.txt"));
      const { catalogue } = await poll();
      expect(catalogue).toMatchObject({ listed: 4, taken: 1, refused: 3 });
      for (const { reason } of catalogue?.refusals ?? [])
        expect(reason).toMatch(/leads to an address that is private|is not allowed: VENTES_FILES/);
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it("is anywhere with --allow-private", async () => {
    await pipeline.close();
    pipeline = await openPipeline({ allowPrivate: true });
    const other = await serve((_, response) => response.end(sales(5)));
    try {
      files = { "/list.txt": `${other.url}b.csv\n` };
      await add(at("list.txt"));
      expect((await poll()).catalogue).toMatchObject({ taken: 1 });
    } finally {
      await other.close();
    }
  });

  it("links are relative to the address of the document after redirects", async () => {
    files = {
      "/list": "->/deep/list.html",
      "/deep/list.html": '<a href="a.csv">a</a>',
      "/deep/a.csv": sales(1),
    };
    await add(at("list"));
    expect((await poll()).catalogue).toMatchObject({ form: "html", taken: 1 });
    expect(await claims("deep/a.csv")).toEqual(["ventes 1 "]);
  });

  it("a document that is too large is refused before it is read", async () => {
    files = { "/list.txt": `${"#".repeat(11 * 1024 ** 2)}\na.csv\n` };
    await expect(add(at("list.txt"))).rejects.toMatchObject({ code: "source.too_large" });
  });
});

describe("on this machine's disk", () => {
  const folder = () => join(pipeline.dir, "exports");
  const put = (name: string, text: string) => writeFileSync(join(folder(), name), text);
  beforeEach(() => mkdirSync(folder()));

  it("a folder is a catalogue: new files are followed, removed files are unlisted", async () => {
    put("a.csv", sales(1));
    put("b.csv.part", sales(2));
    const id = catalogueId(`${pathToFileURL(folder()).href}/`);
    expect(id).toBe(pathToFileURL(folder()).href);
    await add(id);
    expect((await poll()).catalogue).toMatchObject({ form: "folder", listed: 1, taken: 1 });
    rmSync(join(folder(), "a.csv"));
    put("b.csv", sales(2));
    expect((await poll()).catalogue).toMatchObject({ listed: 1, taken: 1, unlisted: 1 });
    expect(rowsOf(await pipeline.run(allEvents)).map(({ key }) => key)).toEqual(["1", "2"]);
    rmSync(folder(), { recursive: true });
    expect((await poll()).catalogue).toMatchObject({
      state: "parked",
      reason: expect.stringMatching(/does not exist/),
    });
  });

  it("a folder of wide files is followed, new ones by themselves: told by the header, or for all of them", async () => {
    const WIDE = "date,ref,nom produit,magasin,ville,qty";
    const day = (n: number, city = "Brest") => `${WIDE}\n2026-02-0${n},A,Pomme,S1,${city},${n}\n`;
    put("1.csv", day(1));
    put("notes.csv", "id_magasin,ville\nS2,Rennes\n");
    await add(catalogueId(folder()));
    await poll();
    put("2.csv", day(2));
    const { sources } = await poll();
    expect(sources.map(({ entities }) => entities.join(" ")).sort()).toEqual([
      "magasins",
      "produits magasins ventes",
      "produits magasins ventes",
    ]);
    // For all of them: a file that is none of these is refused.
    await pipeline.run(Effect.scoped(removeCatalogue(catalogueId(folder()), { withdraw: true })));
    await add(catalogueId(folder()), { entities: ["magasins", "ventes"] });
    put("3.csv", day(3));
    const again = await poll();
    expect(again.catalogue).toMatchObject({ taken: 3, refused: 1 });
    expect(again.sources.map(({ entities }) => entities.join(" "))).toEqual(Array(3).fill("magasins ventes"));
  });

  it("mappings of a folder apply to the files that they fit", async () => {
    put("a.csv", "quand,ref,ou,qty\n2026-02-01,A,S1,1\n");
    const map = { date_vente: "quand", id_magasin: "ou", ville: "lieu" };
    put("b.csv", "ou,lieu\nS1,Brest\n");
    await add(catalogueId(folder()), { reading: { map } });
    const { catalogue, sources } = await poll();
    expect(catalogue).toMatchObject({ taken: 2, refused: 0 });
    expect(sources.map(({ entities, emitted }) => [entities.join(" "), emitted]).sort()).toEqual([
      ["magasins", 1],
      ["ventes", 1],
    ]);
    expect((await registered()).map(({ reading }) => Object.keys(reading?.map ?? {}))).toEqual([
      ["date_vente", "id_magasin"],
      ["id_magasin", "ville"],
    ]);
    // The same options again write nothing.
    const before = await registered();
    await poll();
    expect(await registered()).toEqual(before);
  });

  it("a folder tells what it passes over: notes, workbooks and folders inside; none is a failure", async () => {
    put("a.csv", sales(1));
    put("notes.txt", "The sales of the shop.\nThey are by day, and by till.\nAsk Anne.\n");
    put("licence.txt", "<html><body>Licence</body></html>");
    put("broken.csv", "<html><body>Error 500</body></html>");
    put("unknown.csv", "Datum;Ware\n3.2.2026;x\n4.2.2026;y\n");
    put("sheet.xlsx", "PK");
    put("export", sales(1));
    put("more.tab", sales(3));
    mkdirSync(join(folder(), "old"));
    mkdirSync(join(folder(), "empty"));
    put("old/b.csv", sales(2));
    await add(catalogueId(folder()));
    const { catalogue } = await poll();
    const names = (all: readonly { readonly source: string }[] = []) =>
      all.map(({ source }) => source.split("/").at(-1)).sort();
    expect(catalogue).toMatchObject({ state: "ok", listed: 9, taken: 2, refused: 2, passed: 5 });
    expect(names(catalogue?.refusals)).toEqual(["broken.csv", "unknown.csv"]);
    expect(names(catalogue?.passedOver)).toEqual(["export", "licence.txt", "notes.txt", "old", "sheet.xlsx"]);
    const other = catalogue?.passedOver?.find(({ source }) => source.endsWith("/export"));
    expect(other?.reason).toMatch(/to follow it too: npx ventes sources add \S+\/export$/);
    const old = catalogue?.passedOver?.find(({ source }) => source.endsWith("/old"));
    expect(old?.reason).toMatch(/to follow it too: npx ventes sources add \S+\/old --catalogue$/);
    await add(catalogueId(join(folder(), "old")));
    const both = (await poll()).catalogues.map(({ listed, passed = 0 }) => [listed, passed]).sort();
    expect(both).toEqual([
      [1, 0],
      [8, 4],
    ]);
    expect(
      rowsOf(await pipeline.run(allEvents))
        .map(({ key }) => key)
        .sort(),
    ).toEqual(["1", "2", "3"]);
  });

  it("a page passes over workbooks and texts; a list that names them has them refused", async () => {
    files = {
      "/": '<html><a href="a.csv">a</a><a href="s.ods">s</a><a href="n.txt">n</a><a href="o.csv">o</a></html>',
      "/a.csv": sales(1),
      "/n.txt": "just a note\n",
      "/o.csv": "x,y\n1,2\n",
      "/list.txt": "b.csv\nn.txt\n",
      "/b.csv": sales(2),
    };
    await add(server.url);
    expect((await poll()).catalogue).toMatchObject({ listed: 4, taken: 1, refused: 1, passed: 2 });
    await pipeline.run(Effect.scoped(removeCatalogue(server.url)));
    await add(at("list.txt"));
    expect((await poll()).catalogue).toMatchObject({ listed: 2, taken: 1, refused: 1 });
  });

  it("a folder's links are not followed out of it, and that is shown; nor is a file that becomes one", async () => {
    const outside = join(pipeline.dir, "outside.csv");
    writeFileSync(outside, sales(666));
    mkdirSync(join(folder(), "old"));
    put("a.csv", sales(1));
    put("old/b.csv", sales(2));
    symlinkSync(outside, join(folder(), "out.csv"));
    symlinkSync(join(folder(), "old", "b.csv"), join(folder(), "in.csv"));
    spawnSync("mkfifo", [join(folder(), "pipe.csv")]);
    await add(catalogueId(folder()));
    const { catalogue, sources } = await poll();
    expect(catalogue).toMatchObject({ listed: 4, taken: 2, refused: 1, passed: 1 });
    expect(catalogue?.refusals).toEqual([
      {
        source: pathToFileURL(join(folder(), "out.csv")).href,
        reason: expect.stringContaining(`leads out of the followed folder ${folder()}`),
      },
    ]);
    expect(sources.map(({ state }) => state)).toEqual(["ok", "ok"]);
    rmSync(join(folder(), "a.csv"));
    symlinkSync(outside, join(folder(), "a.csv"));
    expect((await poll()).catalogue).toMatchObject({ taken: 1, refused: 2, unlisted: 1 });
    expect(rowsOf(await pipeline.run(allEvents)).map(({ key }) => key)).toEqual(["1", "2"]);
  });

  it("a list names paths relative to itself", async () => {
    mkdirSync(join(folder(), "sub"));
    put("sub/a.csv", sales(1));
    writeFileSync(join(folder(), "list.txt"), "sub/a.csv\n");
    await add(catalogueId(join(folder(), "list.txt")));
    expect((await poll()).catalogue).toMatchObject({ taken: 1, refused: 0 });
  });

  it("is inspected without writing anything", async () => {
    put("a.csv", sales(1));
    const found = await pipeline.run(inspectCatalogue(pathToFileURL(folder()).href));
    expect(found).toMatchObject({
      form: "folder",
      entries: [{ source: pathToFileURL(join(folder(), "a.csv")).href }],
    });
    expect(await pipeline.run(listed)).toEqual([]);
  });
});

it("a running producer follows entries that come, go and come back, and has each row once", async () => {
  files = { "/list.txt": Array.from({ length: 20 }, (_, i) => `${i}.csv`).join("\n") };
  for (let i = 0; i < 30; i++) files[`/${i}.csv`] = sales(i);
  const seen = new Map<string, string>();
  let status: CatalogueStatus | undefined;
  await pipeline.run(
    Effect.gen(function* () {
      yield* registerCatalogue(at("list.txt"), { every: 50 });
      const running = yield* Effect.forkChild(
        runProducer({
          onSources: (all) => {
            for (const { source, state } of all) seen.set(source, state);
          },
          onCatalogues: ([one]) => {
            status = one;
          },
        }),
      );
      const waitFor = (what: string, is: () => boolean) =>
        Effect.promise(() => until(what, is, { within: 30_000 }));
      const allOk = (n: number) => () =>
        seen.size === n && [...seen.values()].every((state) => state === "ok") && status?.taken === n;
      yield* waitFor("the first entries", allOk(20));
      files["/list.txt"] += `\n${Array.from({ length: 10 }, (_, i) => `${20 + i}.csv`).join("\n")}`;
      yield* waitFor("the new entries", allOk(30));
      const list = files["/list.txt"] ?? "";
      files["/list.txt"] = list.replace(/^0\.csv\n/, "");
      yield* waitFor(
        "one that is gone",
        () => seen.get(at("0.csv")) === "unlisted" && status?.unlisted === 1,
      );
      files["/list.txt"] = list;
      yield* waitFor("it is back", allOk(30));
      yield* Fiber.interrupt(running);
    }),
  );
  const rows = rowsOf(await pipeline.run(allEvents));
  expect(rows.map(({ key }) => Number(key)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, i) => i),
  );
});

it("entries that send without an end hold up no other entry", async () => {
  const slow = Array.from({ length: 7 }, (_, i) => `slow${i}.csv`);
  files["/list.txt"] = [...slow, "a.csv", "b.csv"].join("\n");
  for (const name of slow) files[`/${name}`] = "slow";
  Object.assign(files, { "/a.csv": sales(1), "/b.csv": sales(2) });
  const seen = new Map<string, string>();
  await pipeline.run(
    Effect.gen(function* () {
      yield* registerCatalogue(at("list.txt"), { every: 60_000 });
      const running = yield* Effect.forkChild(
        runProducer({
          onSources: (all) => {
            for (const { source, state } of all) seen.set(source, state);
          },
        }),
      );
      const areRead = () => ["a.csv", "b.csv"].every((name) => seen.get(at(name)) === "ok");
      yield* Effect.promise(() => until("the others", areRead, { within: 20_000 }));
      yield* Fiber.interrupt(running);
    }),
  );
});

describe("hostile addresses in a list", () => {
  const HOSTILE = [
    "file://evil/x.csv",
    "file:///a%2Fb.csv",
    "file:///%zz.csv",
    "file:///a%00b.csv",
    "http://[::zz]/x.csv",
    "http://256.256.256.256/x.csv",
    `http://h/${"x".repeat(9_000)}.csv`,
  ];

  for (const [form, text] of [
    ["text", [...HOSTILE, "a.csv"].join("\n")],
    ["json", JSON.stringify([...HOSTILE, "a.csv"])],
    ["csv", `url,entity\n${[...HOSTILE, "a.csv"].map((url) => `"${url}",`).join("\n")}\n`],
  ] as const)
    it(`of form ${form} are refused one by one, and the file beside them is read, again and again`, async () => {
      files = { "/list": text, "/a.csv": sales(1) };
      await add(at("list"));
      for (let again = 0; again < 2; again++) {
        const { catalogue, sources } = await poll();
        expect(catalogue).toMatchObject({ form, state: "ok", taken: 1, refused: HOSTILE.length });
        expect(catalogue?.refusals.filter(({ reason }) => reason.length < 20)).toEqual([]);
        expect(catalogue?.defects).toBeUndefined();
        expect(sources).toMatchObject([{ source: at("a.csv"), state: "ok", records: 1 }]);
        files["/list"] += form === "text" ? "\n" : " ";
      }
    });

  it("an id of another host's file is refused where it is named", () => {
    expect(() => catalogueId("file://evil/list.txt")).toThrow("source.bad_file_url");
  });
});

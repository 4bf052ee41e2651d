/** The file of VENTES_SOURCES: how its lines are parsed and registered. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { listSources } from "../testing/pipeline.ts";
import { registerSource } from "./register.ts";
import { removeSource } from "./remove.ts";
import { followSourcesFile, readSourcesFile, registerSourcesFile } from "./sources-file.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-sources-file-"));
  mkdirSync(join(dir, "data"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const urlOf = (name: string): string => pathToFileURL(join(dir, name)).href;
const list = (text: string): string => file("sources.csv", text);

describe("the file of sources", () => {
  it("has urls and paths, with their options, in any delimiter; comments and blank lines are ignored", () => {
    const path = list(
      "\ufeff# our files\nENTITY;url;every;once;duplicates\n\nventes;https://a.example/v.csv;5m;;drop\n;p.csv;;1;\n",
    );
    expect(readSourcesFile(path, "en")).toEqual({
      troubles: [],
      lines: [
        {
          line: 4,
          source: "https://a.example/v.csv",
          entities: ["ventes"],
          options: { every: 300_000, duplicates: "drop" },
        },
        { line: 5, source: urlOf("p.csv"), entities: undefined, options: { once: true } },
      ],
    });
    for (const mark of [",", "\t"])
      expect(readSourcesFile(list(`url${mark}entity\nx.csv${mark}ventes`), "en").lines).toMatchObject([
        { source: urlOf("x.csv"), entities: ["ventes"] },
      ]);
    expect(
      readSourcesFile(list('url;map;date-format;dateformat\nx.csv;"{""id_produit"": ""Code""}";dmy;\n'), "en")
        .lines,
    ).toMatchObject([{ options: { reading: { map: { id_produit: "Code" }, dateFormat: "dmy" } } }]);
    expect(readSourcesFile(list('url\n"https://a.example/v.csv?x=1,2"\n'), "en").lines).toMatchObject([
      { source: "https://a.example/v.csv?x=1,2" },
    ]);
  });

  it("a bad line is reported by file and line, and the others hold", () => {
    const path = list(
      [
        "entity,url,every,once,duplicates,date-format,note",
        "clients,https://a.example/1.csv",
        "ventes,ftp://a.example/2.csv",
        "ventes,https://a.example/3.csv,often",
        "ventes,https://a.example/4.csv,1s",
        "ventes,https://a.example/5.csv,,perhaps",
        "ventes,https://a.example/6.csv,,,twice",
        "ventes,https://a.example/8.csv,,,,us",
        'ventes,"https://a.example/7.csv"x',
        "ventes,",
        "ventes,https://a.example/ok.csv",
        "ventes,https://a.example/ok.csv#again",
      ].join("\n"),
    );
    const { lines, troubles } = readSourcesFile(path, "en");
    expect(lines.map(({ source }) => source)).toEqual(["https://a.example/ok.csv"]);
    expect(troubles).toEqual([
      expect.stringMatching(
        /:1: there is no column "note": give one of these: url, entity, every, once, duplicates, /,
      ),
      `${path}:2: there is no entity "clients": give one of these: produits, magasins, ventes`,
      expect.stringContaining(`${path}:3: "ftp://a.example/2.csv" is neither a path nor`),
      `${path}:4: every "often": give 200ms, 10s, 5m, 1h`,
      `${path}:5: a remote server is polled at most every 5s: give every=5s or more`,
      `${path}:6: once "perhaps": give true, false`,
      `${path}:7: duplicates "twice": give keep, drop`,
      `${path}:8: dateFormat "us": give dmy, mdy, ymd, excel`,
      `${path}:9: the line is not CSV: check its quotes`,
      expect.stringContaining(`${path}:10: "" is neither a path nor`),
      `${path}:12: https://a.example/ok.csv#again is on line 11 already: remove one of the two`,
    ]);
  });

  it("a file that cannot be read is one trouble", () => {
    const trouble = (path: string) => readSourcesFile(path, "fr").troubles;
    expect(trouble(join(dir, "absent.csv"))).toEqual([expect.stringContaining("(ENOENT)")]);
    expect(trouble(dir)).toEqual([expect.stringContaining("(EISDIR)")]);
    expect(trouble(list(""))).toEqual([expect.stringContaining("colonne url")]);
    expect(trouble(list("https://a.example/v.csv\n"))).toEqual([expect.stringContaining("colonne url")]);
    writeFileSync(join(dir, "latin1.csv"), Buffer.from("url\nhttps://a.example/\xe9.csv\n", "latin1"));
    expect(trouble(join(dir, "latin1.csv"))).toEqual([expect.stringContaining("UTF-8")]);
  });
});

describe("the lines of a file of sources", () => {
  const run = <A, E>(effect: Effect.Effect<A, E, TopicLog | Settings>): Promise<A> =>
    Effect.runPromise(
      effect.pipe(
        Effect.provide(layerTopicLog),
        Effect.provideService(Settings, embeddedSettings(join(dir, "data"))),
      ),
    );
  const told = () => {
    const registered: string[] = [];
    const troubles: string[] = [];
    return {
      registered,
      troubles,
      onRegistered: ({ source }: { readonly source: string }) => registered.push(source),
      onTrouble: (sentence: string) => troubles.push(sentence),
    };
  };
  const registrations = Effect.map(listSources, (all) => all.map(({ registration }) => registration));
  const written = Effect.gen(function* () {
    return (yield* (yield* TopicLog).bounds(["sources"])).reduce((n, { end }) => n + end, 0);
  });

  it("are registered where they can be; a second time, nothing is written or requested", async () => {
    file("p.csv", "id_produit,nom,prix\n1,Pain,2\n");
    file("m.csv", "id_magasin,ville\n1,Lyon\n");
    const path = list("entity,url,every\nproduits,p.csv,1m\n,m.csv,\nventes,absent.csv,\nventes,m.csv\n");
    await run(
      Effect.gen(function* () {
        const first = told();
        expect(yield* registerSourcesFile(path, first)).toBe(2);
        expect(first.registered.toSorted()).toEqual([urlOf("m.csv"), urlOf("p.csv")]);
        expect(first.troubles).toEqual([
          `${path}:5: m.csv is on line 3 already: remove one of the two`,
          expect.stringContaining(`${path}:4: ${urlOf("absent.csv")} does not exist`),
        ]);
        const before = yield* written;
        // The file was removed. If the line were registered again, reading the file would fail.
        rmSync(join(dir, "p.csv"));
        const second = told();
        expect(yield* registerSourcesFile(path, second)).toBe(2);
        expect(second.registered).toEqual([]);
        expect(second.troubles).toEqual(first.troubles);
        expect(yield* written).toBe(before);
      }),
    );
  });

  it("set the options that they give, and leave the others as they are", async () => {
    file("p.csv", "id_produit,nom,prix\n1,Pain,2\n");
    const path = list("url,duplicates\np.csv,drop\n");
    await run(
      Effect.gen(function* () {
        yield* registerSource(urlOf("p.csv"), { every: 60_000, duplicates: "keep" });
        yield* registerSourcesFile(path, told());
        expect(yield* registrations).toMatchObject([{ every: 60_000, duplicates: "drop" }]);
      }),
    );
  });

  it("are registered when the file changes, and tried again when their source could not be read", async () => {
    file("p.csv", "id_produit,nom,prix\n1,Pain,2\n");
    const path = list("url\np.csv\nlater.csv\n");
    const heard = told();
    const when = (is: () => boolean) =>
      Effect.gen(function* () {
        while (!is()) yield* Effect.sleep(10);
      });
    await run(
      Effect.raceFirst(
        followSourcesFile(path, heard),
        Effect.gen(function* () {
          yield* when(() => heard.registered.includes(urlOf("p.csv")) && heard.troubles.length === 1);
          expect(heard.troubles).toEqual([
            expect.stringContaining(`${path}:3: ${urlOf("later.csv")} does not exist`),
          ]);
          file("later.csv", "id_magasin,ville\n1,Lyon\n");
          yield* when(() => heard.registered.includes(urlOf("later.csv")));
          file("third.csv", "id_magasin,ville\n2,Nice\n");
          list("url\nthird.csv\n");
          yield* when(() => heard.registered.includes(urlOf("third.csv")));
          // A source whose line was removed stays. One that an operator removed stays removed until the file changes.
          yield* removeSource(urlOf("third.csv"), { withdraw: false });
          expect((yield* registrations).map(({ source }) => source).toSorted()).toEqual([
            urlOf("later.csv"),
            urlOf("p.csv"),
          ]);
        }),
      ),
    );
    expect(heard.troubles).toHaveLength(1);
  });
});

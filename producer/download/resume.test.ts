/** A download that was cut goes on where it stopped, if it is still the same body; else it starts over. */

import { spawn } from "node:child_process";
import { readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../integration-tests/support/until.ts";
import { spoolFolder } from "../source/index.ts";
import { Downloads, taken } from "../testing/downloads.ts";
import { publish, type ScriptedServer } from "../testing/scripted.ts";
import { spoolPath, sweepSpool } from "./spool.ts";

const CSV = `id_magasin,ville\n${Array.from({ length: 50_000 }, (_, n) => `${n},Ville ${n * 7919}\n`).join("")}`;
const OLD = "Mon, 01 Jan 2024 00:00:00 GMT";
const CUT_AT = 300_000;

let downloads: Downloads;
let server: ScriptedServer;
beforeEach(async () => {
  downloads = new Downloads();
  server = await publish(CSV, { etag: '"1"', lastModified: OLD, ranges: true });
});
afterEach(async () => {
  await Promise.all([downloads.close(), server.close()]);
});

const poll = () => downloads.poll(server.url, { goOn: true });
/** An attempt that is cut when so much of it is on disk; the server then works again. */
const cut = async (onDisk = CUT_AT) => {
  server.cutAt = CUT_AT;
  server.beforeCut = () => until("it is on disk", () => partial() !== undefined && partialBytes() === onDisk);
  await expect(poll()).rejects.toMatchObject({ refusal: { code: "source.truncated" } });
  server.beforeCut = () => Promise.resolve();
  server.cutAt = null;
  server.asked.length = 0;
  server.sent = 0;
};
const partial = () => downloads.left().find((name) => !name.endsWith(".json"));
const partialBytes = () => statSync(join(spoolFolder(downloads.data), partial() ?? "none")).size;

describe("a download that was cut", () => {
  for (const [by, change] of [
    ["its strong ETag", () => {}],
    [
      "its date",
      () => {
        server.etag = null;
      },
    ],
  ] as const)
    it(`goes on where it stopped, by ${by}`, async () => {
      change();
      await cut();
      const got = partialBytes();
      expect(got).toBe(CUT_AT);
      const fetched = await poll();
      expect(fetched).toMatchObject({ kind: "content", bytes: CSV.length });
      expect(taken(fetched)).toBe(CSV);
      expect(server.asked).toEqual([`GET bytes=${got}- if-range`]);
      expect(server.sent).toBe(CSV.length - got);
      expect(downloads.left()).toEqual([]);
      // Known as any other whole content.
      expect(fetched.validators.ranges).toBe(true);
      server.etag = null;
      server.lastModified = null;
      expect((await poll()).kind).toBe("unchanged");
    });

  it("goes on after several cuts, with retries in between", async () => {
    await cut();
    await cut(2 * CUT_AT);
    expect(taken(await poll())).toBe(CSV);
    expect(server.sent).toBe(CSV.length - 2 * CUT_AT);
  });

  it("starts over when the body has changed since, in one request", async () => {
    await cut();
    server.content = Buffer.from(CSV.replaceAll("Ville", "VILLE"));
    server.etag = '"2"';
    expect(taken(await poll())).toBe(server.content.toString());
    expect(server.asked).toHaveLength(1);
    expect(downloads.left()).toEqual([]);
  });

  it("starts over when a server that does not know If-Range sends the rest of another body", async () => {
    await cut();
    const changed = Buffer.from(CSV.replaceAll("Ville", "VILLE"));
    server.instead = (request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? Number.NaN);
      response.setHeader("etag", '"2"');
      if (Number.isNaN(start)) response.end(changed);
      else
        response
          .writeHead(206, { "content-range": `bytes ${start}-${changed.length - 1}/${changed.length}` })
          .end(changed.subarray(start));
      return true;
    };
    expect(taken(await poll())).toBe(changed.toString());
    expect(server.asked).toHaveLength(2);
  });

  it("starts over when it has another length now, though it has the same date", async () => {
    server.etag = null;
    await cut();
    server.content = Buffer.from(`${CSV.replaceAll("Ville", "VILLE")}50000,Nice\n`);
    expect(taken(await poll())).toBe(server.content.toString());
    expect(server.asked).toEqual([`GET bytes=${CUT_AT}- if-range`, "GET"]);
  });

  it("starts over when what is there is more than the body has now", async () => {
    await cut();
    server.content = Buffer.from("id_magasin,ville\n1,Paris\n");
    server.instead = (request, response) => {
      if (request.headers.range === undefined) return false;
      response.writeHead(416).end();
      return true;
    };
    expect(taken(await poll())).toBe("id_magasin,ville\n1,Paris\n");
  });

  it("is forgotten when the server says that nothing has changed since the last version", async () => {
    server.cutAt = null;
    taken(await poll());
    server.etag = '"2"';
    await cut();
    server.etag = '"1"';
    expect((await poll()).kind).toBe("unchanged");
    expect(downloads.left()).toEqual([]);
  });

  /** Nothing is kept of these: the rest could not be asked for, or be that of another body. */
  const NOT_KEPT: readonly (readonly [string, () => void])[] = [
    [
      "has only a weak ETag and no date",
      () => {
        server.etag = 'W/"1"';
        server.lastModified = null;
      },
    ],
    [
      "was changed in this very second, by its date",
      () => {
        server.etag = null;
        server.lastModified = new Date().toUTCString();
      },
    ],
    [
      "is compressed on the way",
      () => {
        server.headers = { "content-encoding": "gzip" };
        server.content = gzipSync(CSV, { level: 0 });
      },
    ],
  ];
  for (const [which, change] of NOT_KEPT)
    it(`is not kept when it ${which}`, async () => {
      change();
      server.cutAt = CUT_AT;
      await expect(poll()).rejects.toThrow();
      expect(downloads.left()).toEqual([]);
    });

  it("is not kept for a process that does not own the data directory", async () => {
    server.cutAt = CUT_AT;
    await expect(downloads.poll(server.url)).rejects.toThrow();
    expect(downloads.left()).toEqual([]);
  });

  it("is kept when the program is stopped in the middle", async () => {
    const stop = new AbortController();
    server.instead = (_, response) => {
      response.writeHead(200, { etag: '"1"', "accept-ranges": "bytes", "content-length": CSV.length });
      response.write(CSV.slice(0, CUT_AT));
      return true;
    };
    const stopped = downloads.poll(server.url, { goOn: true, signal: stop.signal });
    await until("the first part is there", () => partial() !== undefined && partialBytes() === CUT_AT);
    stop.abort();
    await expect(stopped).rejects.toThrow();
    server.instead = () => false;
    expect(taken(await poll())).toBe(CSV);
    expect(server.sent).toBe(CSV.length - CUT_AT);
  });

  it("is used only with its identity, since this start of the machine, and when shorter than the whole", async () => {
    for (const spoil of [
      (file: string) => writeFileSync(`${file}.json`, "{"),
      // Of a time before this start of the machine.
      (file: string) => {
        const note = JSON.parse(readFileSync(`${file}.json`, "utf8"));
        writeFileSync(`${file}.json`, JSON.stringify({ ...note, boot: note.boot - 3_600_000 }));
      },
      (file: string) => truncateSync(file, 0),
      (file: string) => truncateSync(file, CSV.length),
    ]) {
      downloads.known = null;
      await cut();
      spoil(join(spoolFolder(downloads.data), partial() ?? ""));
      expect(taken(await poll())).toBe(CSV);
      expect(server.asked).toEqual(["GET"]);
    }
  });
});

it("a download of a killed process goes on in the next one", async () => {
  server.instead = (_, response) => {
    response.writeHead(200, { etag: '"1"', "accept-ranges": "bytes", "content-length": CSV.length });
    response.write(CSV.slice(0, CUT_AT));
    return true;
  };
  const script = `
    const { Downloads } = await import(${JSON.stringify(new URL("../testing/downloads.ts", import.meta.url).href)});
    const downloads = new Downloads({}, ${JSON.stringify(downloads.data)});
    await downloads.poll(${JSON.stringify(server.url)}, { goOn: true });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  const ended = new Promise((done) => child.on("exit", (_, signal) => done(signal)));
  try {
    Effect.runSync(spoolPath(downloads.data));
    await until("the first part is there", () => partial() !== undefined && partialBytes() === CUT_AT);
  } finally {
    child.kill("SIGKILL");
  }
  expect(await ended).toBe("SIGKILL");
  server.instead = () => false;
  server.asked.length = 0;
  const fetched = await poll();
  expect(taken(fetched)).toBe(CSV);
  expect(server.asked).toEqual([`GET bytes=${CUT_AT}- if-range`]);
  expect(server.sent).toBe(CSV.length - CUT_AT);
});

it("left files of the spool are removed after ten minutes, cut downloads after a week", async () => {
  await cut();
  const left = Effect.runSync(spoolPath(downloads.data));
  writeFileSync(left, "x");
  const age = (ms: number) => {
    const then = new Date(Date.now() - ms);
    for (const name of downloads.left()) utimesSync(join(spoolFolder(downloads.data), name), then, then);
  };
  sweepSpool(downloads.data, Date.now());
  expect(downloads.left()).toHaveLength(3);
  age(3_600_000);
  sweepSpool(downloads.data, Date.now());
  expect(downloads.left()).toHaveLength(2);
  expect(taken(await poll())).toBe(CSV);
  downloads.known = null;
  await cut();
  age(8 * 24 * 3_600_000);
  sweepSpool(downloads.data, Date.now());
  expect(downloads.left()).toEqual([]);
});

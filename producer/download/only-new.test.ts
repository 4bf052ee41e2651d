/** What a poll costs: requests, bytes of body, and what of it is new. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Downloads, taken } from "../testing/downloads.ts";
import { publish, type ScriptedServer } from "../testing/scripted.ts";
import { contentHash, MOST_TAILS, OVERLAP_BYTES } from "./fetched.ts";

const row = (n: number) => `${n};2024-03-01;P${n % 50};M${n % 7};${1 + (n % 9)}\n`;
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => row(from + i)).join("");
const HEADER = "id_vente;date_vente;id_produit;id_magasin;quantité\n";
/** Some hundred kilobytes: tails are cheap beside it. */
const CSV = HEADER + rows(0, 20_000);
const OLD = "Mon, 01 Jan 2024 00:00:00 GMT";
const NEWER = "Tue, 02 Jan 2024 00:00:00 GMT";

let downloads: Downloads;
let server: ScriptedServer;
beforeEach(async () => {
  downloads = new Downloads();
  server = await publish(CSV, { etag: '"1"', lastModified: OLD, ranges: true });
});
afterEach(async () => {
  await Promise.all([downloads.close(), server.close()]);
});

const size = (text: string) => Buffer.byteLength(text);
const append = (text: string, etag = `"${server.content.length}"`) => {
  server.content = Buffer.concat([server.content, Buffer.from(text)]);
  server.etag = etag;
};
/** From the beginning of the last line. */
const lastLine = () => server.content.lastIndexOf("\n", server.content.length - 2) + 1;
/** Reads it whole, then forgets what that cost. */
const first = async () => {
  const fetched = await downloads.poll(server.url);
  expect(taken(fetched)).toBe(server.content.toString());
  expect(fetched).toMatchObject({ kind: "content", bytes: server.content.length });
  server.asked.length = 0;
  server.sent = 0;
  return fetched;
};

describe("a poll where the server has validators and ranges", () => {
  it("costs one request and no byte while nothing is new", async () => {
    const { validators } = await first();
    const again = await downloads.poll(server.url, { resumeFrom: lastLine() });
    expect(again).toEqual({ kind: "unchanged", validators, freshMs: null, received: 0 });
    expect(server.asked).toEqual([expect.stringMatching(/^GET bytes=\d+- if-none-match$/)]);
    expect(server.sent).toBe(0);
  });

  it("costs one request and less than 64 KB for an appended row", async () => {
    await first();
    const from = lastLine();
    const before = server.content.subarray(from).toString();
    append(row(20_000));
    const grown = await downloads.poll(server.url, { resumeFrom: from });
    expect(grown).toMatchObject({ kind: "grown", from, whole: false, bytes: server.content.length });
    expect(taken(grown)).toBe(before + row(20_000));
    expect(server.asked).toHaveLength(1);
    expect(server.sent).toBe(OVERLAP_BYTES + size(row(20_000)));
    expect(server.sent).toBeLessThan(64 * 1024);
    expect(grown.received).toBe(server.sent);
    // And the one after that again.
    append(row(20_001));
    expect(taken(await downloads.poll(server.url, { resumeFrom: lastLine() }))).toBe(row(20_001));
    expect((await downloads.poll(server.url, { resumeFrom: 0 })).kind).toBe("unchanged");
  });

  it("reads from the byte that the caller wants, near or far", async () => {
    await first();
    append(row(20_000));
    const grown = await downloads.poll(server.url, { resumeFrom: 10 });
    expect(taken(grown)).toBe(server.content.subarray(10).toString());
    expect(server.asked).toEqual(["GET bytes=10- if-none-match"]);
  });

  it("uses a weak ETag to ask, and a date where there is none", async () => {
    server.etag = 'W/"1"';
    await first();
    expect((await downloads.poll(server.url, { resumeFrom: 0 })).kind).toBe("unchanged");
    server.etag = null;
    downloads.known = null;
    await first();
    expect((await downloads.poll(server.url, { resumeFrom: 0 })).kind).toBe("unchanged");
    expect(server.asked).toEqual([expect.stringContaining("if-modified-since")]);
    append(row(20_000));
    server.etag = null;
    server.lastModified = NEWER;
    expect((await downloads.poll(server.url, { resumeFrom: lastLine() })).kind).toBe("grown");
  });

  it("asks for no tail that the caller cannot use", async () => {
    await first();
    append(row(20_000));
    expect(await downloads.poll(server.url, { resumeFrom: null })).toMatchObject({ kind: "content" });
    expect(server.asked).toEqual(["GET if-none-match"]);
  });

  /** What comes instead of a tail: the whole is taken, in a second request where the first brought something else. */
  const OTHERWISE: readonly (readonly [string, (csv: string) => string, number])[] = [
    ["rewritten to the same length", (csv) => csv.replace("P7;", "P8;"), 2],
    ["shorter by some lines", (csv) => csv.slice(0, -3 * size(row(19_999))), 2],
    ["shorter than what is asked for", () => HEADER, 2],
    [
      "longer, but rewritten in what the tail overlaps",
      (csv) => `${csv.slice(0, -1000)}X${csv.slice(-999)}${row(1)}`,
      2,
    ],
    ["longer by a row at the top", (csv) => csv.replace(HEADER, HEADER + row(99_999)), 2],
  ];
  for (const [how, rewrite, requests] of OTHERWISE)
    it(`takes a file whole that is ${how}`, async () => {
      await first();
      server.content = Buffer.from(rewrite(CSV));
      server.etag = '"2"';
      const fetched = await downloads.poll(server.url, { resumeFrom: size(CSV) - size(row(19_999)) });
      expect(fetched).toMatchObject({ kind: "content", bytes: server.content.length });
      expect(taken(fetched)).toBe(server.content.toString());
      expect(server.asked).toHaveLength(requests);
      // The second one is not conditional: what we have has changed.
      expect(server.asked[1]).toBe("GET");
      expect(downloads.left()).toEqual([]);
    });

  it("accepts a whole content as the answer to a request for a range", async () => {
    await first();
    server.ranges = false;
    append(row(20_000));
    const grown = await downloads.poll(server.url, { resumeFrom: lastLine() });
    expect(grown).toMatchObject({ kind: "grown", whole: true });
    expect(taken(grown)).toBe(row(20_000));
    expect(server.asked).toHaveLength(1);
    // And asks for no range again.
    expect(downloads.known?.ranges).toBe(false);
    await downloads.poll(server.url, { resumeFrom: 0 });
    expect(server.asked[1]).toBe("GET if-none-match");
  });

  /** 206 that is not what was asked for. */
  const FALSE_RANGES: readonly (readonly [string, (start: number, total: number) => string])[] = [
    ["of another place", (start, total) => `bytes ${start - 1}-${total - 1}/${total}`],
    ["of unknown total", (start, total) => `bytes ${start}-${total - 1}/*`],
    ["that ends before the end", (start, total) => `bytes ${start}-${total - 2}/${total}`],
    ["without a range", () => ""],
  ];
  for (const [how, range] of FALSE_RANGES)
    it(`does not accept a 206 ${how}`, async () => {
      await first();
      append(row(20_000));
      server.instead = (request, response) => {
        const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? Number.NaN);
        if (Number.isNaN(start)) return false;
        const said = range(start, server.content.length);
        response.writeHead(206, said === "" ? {} : { "content-range": said });
        response.end(server.content.subarray(start));
        return true;
      };
      const fetched = await downloads.poll(server.url, { resumeFrom: lastLine() });
      expect(fetched).toMatchObject({ kind: "grown", whole: true, bytes: server.content.length });
      expect(taken(fetched)).toBe(row(20_000));
      expect(server.asked).toHaveLength(2);
    });

  it("takes a tail that is cut for an error, not for a version", async () => {
    await first();
    const { known } = downloads;
    append(rows(20_000, 40_000));
    server.cutAt = 100_000;
    await expect(downloads.poll(server.url, { resumeFrom: lastLine() })).rejects.toMatchObject({
      refusal: { code: "source.truncated" },
    });
    expect(downloads.known).toBe(known);
    expect(downloads.left()).toEqual([]);
  });
});

describe("a poll where the server has no ranges", () => {
  beforeEach(() => {
    server.ranges = false;
  });

  it("downloads the whole content, and finds the appended part", async () => {
    server.etag = null;
    server.lastModified = null;
    await first();
    expect((await downloads.poll(server.url, { resumeFrom: 0 })).kind).toBe("unchanged");
    append(row(20_000), "");
    server.etag = null;
    const from = lastLine();
    const grown = await downloads.poll(server.url, { resumeFrom: from });
    expect(grown).toMatchObject({ kind: "grown", whole: true, from, start: from });
    expect(taken(grown)).toBe(row(20_000));
    expect(server.asked).toEqual(["GET", "GET"]);
    expect(contentHash(grown.validators)).not.toBeNull();
  });

  it("does not ask by a date that cannot tell two changes of one second apart", async () => {
    server.etag = null;
    server.lastModified = new Date().toUTCString();
    await first();
    server.content = Buffer.from(CSV.replace("P7;", "P8;"));
    expect((await downloads.poll(server.url)).kind).toBe("content");
    expect(server.asked).toEqual(["GET"]);
  });

  it("reads compressed content whole, and compares it unpacked", async () => {
    server.ranges = true;
    const { gzipSync } = await import("node:zlib");
    server.headers = { "content-encoding": "gzip" };
    server.content = gzipSync(CSV);
    expect(taken(await downloads.poll(server.url))).toBe(CSV);
    expect(downloads.known?.ranges).toBe(false);
    server.content = gzipSync(CSV + row(20_000), { level: 1 });
    server.etag = '"2"';
    const grown = await downloads.poll(server.url, { resumeFrom: size(CSV) });
    expect(grown).toMatchObject({ kind: "grown", whole: true });
    expect(taken(grown)).toBe(row(20_000));
  });
});

describe("tails do not go on for ever", () => {
  /** An edit that keeps the length and an append: no tail shows it. */
  const edited = () => {
    server.content = Buffer.from(server.content.toString().replace("P7;", "P8;"));
    append(row(30_000));
  };

  it("a whole read is due after so many", async () => {
    await first();
    for (let n = 0; n < MOST_TAILS; n++) {
      append(row(20_000 + n));
      const grown = await downloads.poll(server.url, { resumeFrom: lastLine() });
      expect(grown).toMatchObject({ kind: "grown", whole: false });
      taken(grown);
    }
    server.asked.length = 0;
    edited();
    const fetched = await downloads.poll(server.url, { resumeFrom: lastLine() });
    expect(fetched.kind).toBe("content");
    expect(server.asked).toEqual(["GET"]);
    expect(fetched.validators.segments).toHaveLength(1);
  });

  it("and after some time; a content that its tails described correctly is unchanged or grown", async () => {
    await first();
    append(row(20_000));
    taken(await downloads.poll(server.url, { resumeFrom: lastLine() }));
    expect(contentHash(downloads.known as NonNullable<typeof downloads.known>)).toBeNull();
    const anHourAgo = new Date(Date.now() - 3_600_001).toISOString();
    const known = downloads.known && { ...downloads.known, wholeAt: anHourAgo };
    server.asked.length = 0;

    const unchanged = await downloads.poll(server.url, { known, resumeFrom: lastLine() });
    expect(unchanged.kind).toBe("unchanged");
    expect(contentHash(unchanged.validators)).not.toBeNull();
    append(row(20_001));
    const grown = await downloads.poll(server.url, { known, resumeFrom: lastLine() });
    expect(grown).toMatchObject({ kind: "grown", whole: true });
    taken(grown);
    edited();
    expect((await downloads.poll(server.url, { known, resumeFrom: lastLine() })).kind).toBe("content");
    expect(server.asked).toEqual(["GET", "GET", "GET"]);
  });

  it("a server that always answers 304 gets an unconditional request after a day", async () => {
    await first();
    server.content = Buffer.from(CSV.replace("P7;", "P8;"));
    expect((await downloads.poll(server.url)).kind).toBe("unchanged");
    const known = downloads.known && {
      ...downloads.known,
      wholeAt: new Date(Date.now() - 24 * 3_600_001).toISOString(),
    };
    expect((await downloads.poll(server.url, { known })).kind).toBe("content");
  });
});

describe("a version older than the last by its date", () => {
  beforeEach(async () => {
    server.lastModified = NEWER;
    await first();
    server.lastModified = OLD;
    server.etag = '"older"';
  });

  it("is not taken, and not downloaded", async () => {
    server.content = Buffer.from(HEADER + rows(0, 10));
    await expect(downloads.poll(server.url)).rejects.toMatchObject({
      code: "source.older",
      what: OLD,
      more: NEWER,
    });
    expect(downloads.left()).toEqual([]);
    append(rows(10, 40_000));
    await expect(downloads.poll(server.url, { resumeFrom: 0 })).rejects.toMatchObject({
      code: "source.older",
    });
  });

  it("is unchanged when it is the same content: servers differ in dates", async () => {
    const again = await downloads.poll(server.url);
    expect(again.kind).toBe("unchanged");
    expect(again.validators.lastModified).toBe(NEWER);
  });

  it("is judged by its content where its size does not tell", async () => {
    server.content = Buffer.from(CSV.replace("P7;", "P8;"));
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.older" });
    expect(downloads.left()).toEqual([]);
  });

  it("is taken when the last date was in the future, or nothing is held", async () => {
    server.content = Buffer.from(HEADER);
    const { known } = downloads;
    const future = new Date(Date.now() + 86_400_000).toUTCString();
    expect(
      (await downloads.poll(server.url, { known: known && { ...known, lastModified: future } })).kind,
    ).toBe("content");
    expect((await downloads.poll(server.url, { known: null })).kind).toBe("content");
  });
});

it("any change of a file, with or without ranges, gives its content, or the part from the wanted byte on", async () => {
  const line = fc.integer({ min: 0, max: 40_000 }).map(row);
  const step = fc.record({
    keep: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
    add: fc.array(line, { maxLength: 4 }),
    edit: fc.boolean(),
    ranges: fc.boolean(),
    back: fc.nat({ max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 3000 }),
      async (steps, size) => {
        const polls = new Downloads();
        try {
          server.content = Buffer.from(HEADER + rows(0, size));
          server.etag = '"0"';
          server.ranges = true;
          let held = taken(await polls.poll(server.url));
          for (const [n, { keep, add, edit, ranges, back }] of steps.entries()) {
            let text = held.slice(0, Math.ceil(held.length * keep));
            // Near the end, where a tail shows it; what it does not show is the subject of other tests.
            if (edit && text.length > 50) text = `${text.slice(0, -40)}#${text.slice(-39)}`;
            text += add.join("");
            if (text === held) continue;
            server.content = Buffer.from(text);
            server.etag = `"${n + 1}"`;
            server.ranges = ranges;
            const from = Math.max(0, size - back * 20) && Buffer.byteLength(held.slice(0, -1 - back * 20));
            const fetched = await polls.poll(server.url, { resumeFrom: from });
            const got = taken(fetched);
            // Upon nothing, everything is new.
            expect(fetched.kind).toBe(held !== "" && text.startsWith(held) ? "grown" : "content");
            if (fetched.kind === "grown") expect(got).toBe(Buffer.from(text).subarray(from).toString());
            else expect(got).toBe(text);
            held = text;
          }
          expect(polls.left()).toEqual([]);
        } finally {
          await polls.close();
        }
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

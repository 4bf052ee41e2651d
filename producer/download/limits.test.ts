/** Sizes, times and redirects are limited: each against a server that would go on. */
import { createServer, type Socket } from "node:net";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Downloads, taken } from "../testing/downloads.ts";
import { publish, type ScriptedServer } from "../testing/scripted.ts";
import { zipOf } from "../testing/zip.ts";
import { allowedMs, LIMITS, type Limits } from "./limits.ts";

const CSV = "id_magasin,ville\n1,Paris\n";
let server: ScriptedServer;
const open: Downloads[] = [];
beforeEach(async () => {
  server = await publish(CSV);
});
afterEach(async () => {
  await Promise.all([server.close(), ...open.splice(0).map((downloads) => downloads.close())]);
});
const within = (limits: Partial<Limits>) => {
  const downloads = new Downloads({ limits });
  open.push(downloads);
  return downloads;
};

/** Answers with these headers, then with what `write` gives, one piece each time it is called, for ever. */
const endless = (headers: Record<string, string>, piece: Buffer, everyMs: number) => {
  server.instead = (_, response) => {
    response.writeHead(200, headers);
    const send = () => {
      server.sent += piece.length;
      response.write(piece);
    };
    send();
    const timer = setInterval(send, everyMs);
    response.on("close", () => clearInterval(timer));
    return true;
  };
};

describe("a download", () => {
  it("of a length beyond the limit is refused before its body", async () => {
    const downloads = within({ bytes: 1_000_000 });
    server.instead = (_, response) => {
      response.writeHead(200, { "content-length": "1000001" });
      response.write("x");
      return true;
    };
    await expect(downloads.poll(server.url)).rejects.toMatchObject({
      code: "source.too_large",
      what: "1000000",
    });
    expect(downloads.left()).toEqual([]);
  });

  it("that is refused by its headers holds no connection", async () => {
    const downloads = within({ bytes: 1000 });
    server.instead = (_, response) => {
      response.writeHead(200, { "content-length": "1000000000" });
      response.write("x");
      return true;
    };
    // More than there are connections to a server.
    for (let n = 0; n < 10; n++)
      await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.too_large" });
    expect(server.asked).toHaveLength(10);
  });

  it("that goes on beyond the limit is cut there", async () => {
    const downloads = within({ bytes: 1_000_000 });
    endless({}, Buffer.alloc(100_000, "a,b\n"), 1);
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.too_large" });
    expect(downloads.left()).toEqual([]);
  });

  it("whose tail makes it too large is refused", async () => {
    const downloads = within({ bytes: 100 });
    server.ranges = true;
    server.etag = '"1"';
    taken(await downloads.poll(server.url));
    server.content = Buffer.from(CSV + "x".repeat(100));
    server.etag = '"2"';
    await expect(downloads.poll(server.url, { resumeFrom: 20 })).rejects.toMatchObject({
      code: "source.too_large",
    });
    expect(downloads.left()).toEqual([]);
  });

  for (const [encoding, encode] of [
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ] as const)
    it(`that inflates beyond measure from ${encoding} is cut`, async () => {
      const downloads = within({ inflation: 100 });
      server.headers = { "content-encoding": encoding };
      server.content = encode(Buffer.alloc(20_000_000));
      await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.too_large" });
      expect(downloads.left()).toEqual([]);
    });

  it("that was packed in layers has one ratio over all of them", async () => {
    const downloads = within({ inflationFrom: 1_000, inflation: 2_000 });
    // 20 MB in 20 KB of gzip, in a few hundred bytes on the wire: each layer alone is within its ratio.
    const packed = gzipSync(Buffer.alloc(17_000_000));
    expect(packed.length * 2_000).toBeGreaterThan(17_000_000);
    server.headers = { "content-encoding": "gzip" };
    server.content = gzipSync(packed);
    expect(server.content.length * 2_000).toBeLessThan(17_000_000);
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.too_large" });
    // A layer that is large while the content is not.
    server.headers = { "content-encoding": "gzip, gzip" };
    server.content = gzipSync(gzipSync(CSV));
    expect(taken(await downloads.poll(server.url))).toBe(CSV);
    server.headers = { "content-encoding": "gzip, gzip, gzip" };
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.bad_encoding" });
    expect(downloads.left()).toEqual([]);
  });

  it("that is a zip with a directory of megabytes is refused, whatever came over the wire", async () => {
    const downloads = within({ inflationFrom: 100_000_000 });
    const parts = Array.from({ length: 200 }, (_, i) => ({ name: `${"x".repeat(30_000)}${i}`, content: "" }));
    server.headers = { "content-encoding": "br" };
    server.content = brotliCompressSync(zipOf(...parts), { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } });
    expect(server.content.length).toBeLessThan(100_000);
    await expect(downloads.poll(server.url)).rejects.toMatchObject({
      code: "source.bad_archive",
      more: expect.stringContaining("directory"),
    });
  });

  it("that is cut in the middle of its compression is an error", async () => {
    const downloads = within({});
    for (const encode of [gzipSync, brotliCompressSync, zstdCompressSync]) {
      server.headers = {
        "content-encoding":
          { [gzipSync.name]: "gzip", [brotliCompressSync.name]: "br" }[encode.name] ?? "zstd",
      };
      server.content = encode(CSV.repeat(1000)).subarray(0, -9);
      await expect(downloads.poll(server.url)).rejects.toThrow();
      expect(downloads.left()).toEqual([]);
    }
  });

  it("without a byte for long is an error that may be tried again", async () => {
    const downloads = within({ idleMs: 200 });
    server.instead = (_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(CSV);
      return true;
    };
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ refusal: { code: "source.truncated" } });
  });

  it("that is very slow is cut, although it is never idle", async () => {
    const downloads = within({ graceMs: 300, bytesPerSecond: 1000 });
    endless({ "content-length": "1000000" }, Buffer.from("a"), 20);
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.too_slow" });
    expect(server.sent).toBeLessThan(1000);
    // Fast enough, it may take longer than the grace.
    const ended = within({ graceMs: 1, bytesPerSecond: 1 });
    server.instead = () => false;
    expect(taken(await ended.poll(server.url))).toBe(CSV);
  });

  it("without an answer, or with very slow headers, is an error that may be tried again", async () => {
    const downloads = within({ headersMs: 300 });
    const sockets = new Set<Socket>();
    const timers = new Set<NodeJS.Timeout>();
    let drips: "nothing" | "headers" | "interim answers" = "nothing";
    const raw = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      if (drips === "nothing") return;
      if (drips === "interim answers") {
        timers.add(setInterval(() => socket.write("HTTP/1.1 102 Processing\r\n\r\n"), 20));
        return;
      }
      socket.write("HTTP/1.1 200 OK\r\n");
      timers.add(setInterval(() => socket.write("x-a: b\r\n"), 20));
    });
    await new Promise<void>((done) => raw.listen(0, "127.0.0.1", done));
    try {
      const { port } = raw.address() as { port: number };
      for (drips of ["nothing", "headers", "interim answers"] as const)
        await expect(downloads.poll(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
          refusal: { code: "source.unreachable" },
        });
    } finally {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => raw.close(() => done()));
    }
  });

  it("with megabytes of headers, or that is not HTTP, is refused", async () => {
    const downloads = within({});
    server.instead = (_, response) => {
      // Beyond ours, not beyond what Node writes.
      for (let n = 0; n < 40; n++) response.setHeader(`x-${n}`, "a".repeat(1000));
      response.end(CSV);
      return true;
    };
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.not_http" });
    let greeted: Socket | undefined;
    const raw = createServer((socket) => {
      greeted = socket.on("error", () => {});
      socket.write("220 ready for mail\r\n");
    });
    await new Promise<void>((done) => raw.listen(0, "127.0.0.1", done));
    try {
      const { port } = raw.address() as { port: number };
      await expect(downloads.poll(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
        code: "source.not_http",
      });
    } finally {
      greeted?.destroy();
      await new Promise<void>((done) => raw.close(() => done()));
    }
  });

  it("follows so many redirects and no more", async () => {
    const downloads = within({ redirects: 2 });
    server.instead = (request, response) => {
      const n = Number(request.url?.slice(1));
      if (n === 2) return false;
      response.writeHead(302, { location: `/${n + 1}` }).end();
      return true;
    };
    expect(taken(await downloads.poll(`${server.url}0`))).toBe(CSV);
    server.asked.length = 0;
    await expect(downloads.poll(`${server.url}3`)).rejects.toMatchObject({
      code: "source.redirects",
      what: "2",
    });
    expect(server.asked).toHaveLength(3);
  });
});

it("the time of a body grows with it, up to a limit", () => {
  expect(allowedMs(LIMITS, 0)).toBe(5 * 60_000);
  // A byte a minute.
  expect(allowedMs(LIMITS, 10)).toBeLessThan(6 * 60_000);
  // 20 GiB at half a megabyte a second are within it.
  expect(allowedMs(LIMITS, LIMITS.bytes)).toBe(12 * 3_600_000);
  expect((LIMITS.bytes / 500_000) * 1000).toBeLessThan(LIMITS.totalMs);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import type { SourceRefusal } from "../source/error.ts";
import type { Trusted } from "../source/trust.ts";
import { SELF_SIGNED } from "../testing/certificate.ts";
import { serve, type TestServer } from "../testing/server.ts";
import { retryAfterMs } from "./failures.ts";
import type { Validators } from "./fetched.ts";
import { fetchHttp, HttpClient } from "./http.ts";

const CSV = "id_magasin,ville\n1,Paris\n";

let server: TestServer;
let other: TestServer;
let client: HttpClient;
let dir: string;

beforeEach(async () => {
  server = await serve((_, response) => response.end(CSV));
  other = await serve((_, response) => response.end("of another origin"));
  client = new HttpClient();
  dir = mkdtempSync(join(tmpdir(), "ventes-http-"));
});
afterEach(async () => {
  await client.close();
  await Promise.all([server.close(), other.close()]);
  rmSync(dir, { recursive: true, force: true });
});

const get = (known: Validators | null = null, allowPrivate = false, trusted: Trusted = "operator") =>
  from(server.url, client, known, allowPrivate, trusted);

const from = (
  source: string,
  by: HttpClient = client,
  known: Validators | null = null,
  allowPrivate = false,
  trusted: Trusted = "operator",
) =>
  fetchHttp({
    client: by,
    source,
    spool: join(dir, "spooled"),
    partial: null,
    known,
    resumeFrom: null,
    trusted,
    allowPrivate,
    signal: new AbortController().signal,
    clock: systemClock,
  });

const content = async () => {
  const fetched = await get();
  if (fetched.kind !== "content") throw new Error("unchanged");
  return readFileSync(fetched.file, "utf8");
};

describe("a URL as a source", () => {
  it("spools the body", async () => expect(await content()).toBe(CSV));

  it("asks with the validators, and takes 304 for unchanged", async () => {
    server.answer = (request, response) => {
      response.setHeader("etag", '"1"');
      response.statusCode = request.headers["if-none-match"] === '"1"' ? 304 : 200;
      response.end(response.statusCode === 200 ? CSV : undefined);
    };
    const first = await get();
    expect(first.kind).toBe("content");
    const again = await get(first.validators);
    expect(again).toEqual({
      kind: "unchanged",
      validators: first.validators,
      freshMs: null,
      received: 0,
    });
  });

  it("asks by date where there is no ETag", async () => {
    const date = "Mon, 01 Jan 2024 00:00:00 GMT";
    server.answer = (request, response) => {
      response.setHeader("last-modified", date);
      response.statusCode = request.headers["if-modified-since"] === date ? 304 : 200;
      response.end(response.statusCode === 200 ? CSV : undefined);
    };
    const first = await get();
    expect((await get(first.validators)).kind).toBe("unchanged");
  });

  it("knows equal content without validators by its hash, and leaves nothing in the spool", async () => {
    const first = await get();
    rmSync(join(dir, "spooled"));
    expect((await get(first.validators)).kind).toBe("unchanged");
    expect(readdirSync(dir)).toEqual([]);
  });

  for (const [encoding, encode] of [
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
    ["deflate", deflateSync],
  ] as const)
    it(`reads ${encoding}`, async () => {
      server.answer = (_, response) => {
        response.setHeader("content-encoding", encoding);
        response.end(encode(CSV));
      };
      expect(await content()).toBe(CSV);
    });

  it.each(["UTF-8", "none", "aws-chunked", "ISO-8859-1", "identity, binary", "windows-1252"])(
    "reads a body as it is when its compression is none: %s",
    async (encoding) => {
      server.answer = (_, response) => {
        response.setHeader("content-encoding", encoding);
        response.end(CSV);
      };
      expect(await content()).toBe(CSV);
    },
  );

  it("reads a compression beside a word that is none", async () => {
    server.answer = (_, response) => {
      response.setHeader("content-encoding", "aws-chunked, gzip");
      response.end(gzipSync(CSV));
    };
    expect(await content()).toBe(CSV);
  });

  it("of an authority of one's own names the setting, and is read with it", async () => {
    const secure = createServer(SELF_SIGNED, (_, response) => response.end(CSV));
    await new Promise<void>((done) => secure.listen(0, "127.0.0.1", done));
    const source = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
    const trusting = new HttpClient({ ca: SELF_SIGNED.cert });
    try {
      const refused = await from(source).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused).toMatchObject({ code: "source.certificate", what: "DEPTH_ZERO_SELF_SIGNED_CERT" });
      expect((refused as SourceRefusal).toError(source, "en").sentence).toContain("VENTES_CA_FILE");
      expect(await from(source, trusting)).toMatchObject({ kind: "content", bytes: CSV.length });
    } finally {
      await trusting.close();
      await new Promise((done) => secure.close(done));
    }
  });

  it("is not led from https to http", async () => {
    const secure = createServer(SELF_SIGNED, (request, response) => {
      const location = request.url === "/down" ? server.url : "/up";
      if (request.url === "/up") response.end(CSV);
      else response.writeHead(302, { location }).end();
    });
    await new Promise<void>((done) => secure.listen(0, "127.0.0.1", done));
    const source = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
    const trusting = new HttpClient({ ca: SELF_SIGNED.cert });
    try {
      expect(await from(source, trusting)).toMatchObject({ kind: "content" });
      // Also where private addresses are allowed.
      await expect(from(`${source}down`, trusting, null, true)).rejects.toMatchObject({
        code: "source.insecure_redirect",
        what: server.url,
      });
    } finally {
      await trusting.close();
      await new Promise((done) => secure.close(done));
    }
  });

  it("refuses compression that cannot be read, is unknown, or inflates beyond measure", async () => {
    server.answer = (_, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end("not gzip at all");
    };
    await expect(get()).rejects.toMatchObject({ code: "source.bad_encoding" });
    server.answer = (_, response) => {
      response.setHeader("content-encoding", "lzma");
      response.end(CSV);
    };
    await expect(get()).rejects.toMatchObject({ code: "source.bad_encoding" });
    server.answer = (_, response) => {
      response.setHeader("content-encoding", "br");
      response.end(brotliCompressSync(Buffer.alloc(50_000_000)));
    };
    await expect(get()).rejects.toMatchObject({ code: "source.too_large" });
    expect(readdirSync(dir)).toEqual([]);
  });

  it("follows redirects on the registered origin", async () => {
    server.answer = (request, response) => {
      if (request.url === "/") response.writeHead(307, { location: "/there?output=csv" }).end();
      else response.end(CSV);
    };
    expect(await content()).toBe(CSV);
  });

  it("follows no redirect to a private address of another origin, unless allowed", async () => {
    server.answer = (_, response) => response.writeHead(302, { location: other.url }).end();
    await expect(get()).rejects.toMatchObject({ code: "source.private_address" });
    expect(other.requests).toEqual([]);
    expect((await get(null, true)).kind).toBe("content");
  });

  it("reaches no private address at all where the URL was discovered, unless allowed", async () => {
    await expect(get(null, false, "discovered")).rejects.toMatchObject({ code: "source.private_address" });
    expect(server.requests).toEqual([]);
    expect((await get(null, true, "discovered")).kind).toBe("content");
  });

  it("gives the address of the content after redirects", async () => {
    server.answer = (request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/exports/" }).end();
      else response.end(CSV);
    };
    expect(await get()).toMatchObject({ url: `${server.url}exports/` });
  });

  it("gives up after five redirects, and follows none to another protocol", async () => {
    server.answer = (_, response) => response.writeHead(302, { location: "/again" }).end();
    await expect(get()).rejects.toMatchObject({ code: "source.redirects" });
    expect(server.requests).toHaveLength(6);
    server.answer = (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end();
    await expect(get()).rejects.toMatchObject({ code: "source.not_allowed" });
  });

  it("takes a body that ends early for an error, never for a version", async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(CSV);
      setImmediate(() => response.destroy());
    };
    await expect(get()).rejects.toMatchObject({ refusal: { code: "source.truncated" } });
    server.answer = (_, response) => {
      response.write(CSV);
      setImmediate(() => response.destroy());
    };
    await expect(get()).rejects.toMatchObject({ refusal: { code: "source.truncated" } });
    expect(readdirSync(dir)).toEqual([]);
  });

  it("distinguishes missing, forbidden, and worth another try", async () => {
    const status = (code: number, headers = {}) => {
      server.answer = (_, response) => response.writeHead(code, headers).end();
      return get();
    };
    await expect(status(404)).rejects.toMatchObject({ code: "source.not_found" });
    await expect(status(403)).rejects.toMatchObject({ code: "source.unauthorized", what: "403" });
    await expect(status(503, { "retry-after": "7" })).rejects.toMatchObject({
      refusal: { code: "source.http_status" },
      afterMs: 7000,
    });
    await server.close();
    await expect(get()).rejects.toMatchObject({ refusal: { code: "source.unreachable" } });
    server = await serve(() => {});
  });
});

it("Retry-After is seconds or a date", () => {
  expect(retryAfterMs("3", Date.now())).toBe(3000);
  expect(retryAfterMs(new Date(Date.now() - 5000).toUTCString(), Date.now())).toBe(0);
  expect(retryAfterMs("soon", Date.now())).toBeUndefined();
});

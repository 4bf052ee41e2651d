/**
 * Publishes the demo's files over HTTP, with ETag, If-None-Match and Range, and makes the sales file grow. `ventes start`
 * runs it in its own process, on a free loopback port. `node demo/server.ts` runs it alone (DEMO_HOST, DEMO_PORT,
 * DEMO_GROW: milliseconds between two new sales, 0: none). It serves three paths only, and keeps its state in memory.
 */
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { liveSales } from "./company.ts";

export interface DemoOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Milliseconds between two new sales; null: the file does not grow by itself. Default 1000. */
  readonly growEvery?: number | null;
  /** The day of new sales, ISO. Default: today in France. */
  readonly day?: () => string;
}

export interface DemoServer {
  /** The URLs of produits, magasins, ventes, in this order. */
  readonly urls: readonly string[];
  readonly port: number;
  /** Appends the next line to the sales file now, and returns it. */
  readonly grow: () => string;
  /** Appends a line every `ms` milliseconds from now on, by default each second; no effect when it already does. */
  readonly growEvery: (ms?: number) => void;
  readonly close: () => Promise<void>;
}

const NAMES = ["produits.csv", "magasins.csv", "ventes.csv"] as const;
const GROWING = "/ventes.csv";

const GROW_EVERY_MS = 1_000;

/** The file stops growing after this many new lines, so that a demo may run for weeks. */
const MAX_NEW_LINES = 50_000;

const today = (): string => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format(new Date());

interface Published {
  body: Buffer;
  etag: string;
}

const published = (body: Buffer): Published => ({
  body,
  etag: `"${hash("sha256", body, "base64url").slice(0, 22)}"`,
});

export async function serveDemo(options: DemoOptions = {}): Promise<DemoServer> {
  const host = options.host ?? "127.0.0.1";
  const files = new Map<string, Published>(
    NAMES.map((name) => [`/${name}`, published(readFileSync(join(import.meta.dirname, "files", name)))]),
  );
  const server = createServer((request, response) => answer(files, request, response));
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;

  const lines = liveSales(options.day ?? today);
  let grown = 0;
  const grow = (): string => {
    const line = lines.next().value;
    const before = files.get(GROWING);
    if (before !== undefined)
      files.set(GROWING, published(Buffer.concat([before.body, Buffer.from(`${line}\n`, "utf8")])));
    return line;
  };
  let timer: NodeJS.Timeout | undefined;
  const growEvery = (ms = GROW_EVERY_MS): void => {
    timer ??= setInterval(() => {
      if (grown++ < MAX_NEW_LINES) grow();
    }, ms);
  };
  if (options.growEvery !== null) growEvery(options.growEvery);

  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    urls: NAMES.map((name) => `http://${shown}:${port}/${name}`),
    port,
    grow,
    growEvery,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });

function answer(
  files: ReadonlyMap<string, Published>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = new URL(request.url ?? "/", "http://demo").pathname;
  const file = files.get(path);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  if (file === undefined) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("not found\n");
    return;
  }
  const headers = {
    "content-type": "text/csv; charset=utf-8",
    etag: file.etag,
    "accept-ranges": "bytes",
    "cache-control": "no-cache",
  };
  if (matches(request.headers["if-none-match"], file.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const size = file.body.length;
  const range =
    request.headers["if-range"] === undefined || request.headers["if-range"] === file.etag
      ? rangeOf(request.headers.range, size)
      : undefined;
  if (range === null) {
    response.writeHead(416, { ...headers, "content-range": `bytes */${size}` }).end();
    return;
  }
  const body = range === undefined ? file.body : file.body.subarray(range.from, range.to + 1);
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    "content-length": body.length,
    ...(range === undefined ? {} : { "content-range": `bytes ${range.from}-${range.to}/${size}` }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

const matches = (header: string | undefined, etag: string): boolean =>
  (header?.split(",") ?? []).some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);

/**
 * One byte range, both ends included. undefined: answer with the whole file, for no Range header or a form that this
 * server does not read. null: the range is not satisfiable.
 */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | undefined | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  if (match[1] === "") {
    const last = Number(match[2]);
    return last === 0 ? null : { from: Math.max(0, size - last), to: size - 1 };
  }
  const from = Number(match[1]);
  const to = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (from >= size) return null;
  return from > to ? undefined : { from, to };
}

if (import.meta.main) {
  const demo = await serveDemo({
    host: process.env.DEMO_HOST ?? "127.0.0.1",
    port: Number(process.env.DEMO_PORT ?? 8000),
    growEvery: Number(process.env.DEMO_GROW ?? 1_000) || null,
  });
  for (const url of demo.urls) console.log(url);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void demo.close().then(() => process.exit(0)));
}

/**
 * Files published over loopback HTTP, as a company's web server would: ETag, Last-Modified, conditional requests, ranges.
 * They are texts, or what a folder holds. `publish` replaces one, `requests` are the requests so far. Close it at the end.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly at: number;
  /** Of the body. */
  readonly bytes: number;
}

export interface PublishedFiles {
  readonly url: (name: string) => string;
  readonly publish: (name: string, text: string | Buffer) => void;
  readonly requests: readonly Request[];
  readonly close: () => Promise<void>;
}

/** `bytes=N-`, unless If-Range names another state. */
function rangeOf(
  headers: IncomingHttpHeaders,
  file: { readonly bytes: Buffer; readonly etag: string },
): { readonly status: 206 | 416; readonly from: number } | undefined {
  const from = /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1];
  const condition = headers["if-range"];
  if (from === undefined || (condition !== undefined && condition !== file.etag)) return undefined;
  return { status: Number(from) < file.bytes.length ? 206 : 416, from: Number(from) };
}

export const publishFiles = async (
  files: Readonly<Record<string, string>> = {},
  { host = "127.0.0.1", folder = "" } = {},
): Promise<PublishedFiles> => {
  const published = new Map<
    string,
    { readonly bytes: Buffer; readonly etag: string; readonly modified: string }
  >();
  const requests: Request[] = [];

  const publish = (name: string, text: string | Buffer): void => {
    const etag = `"${createHash("sha256").update(text).digest("hex").slice(0, 16)}"`;
    published.set(`/${name}`, { bytes: Buffer.from(text), etag, modified: new Date().toUTCString() });
  };
  for (const [name, text] of Object.entries(files)) publish(name, text);
  for (const name of folder === "" ? [] : readdirSync(folder))
    publish(name, readFileSync(join(folder, name), "utf8"));

  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const file = published.get(decodeURIComponent(path));
    const range = file === undefined ? undefined : rangeOf(request.headers, file);
    const status =
      file === undefined
        ? 404
        : request.headers["if-none-match"] === file.etag
          ? 304
          : (range?.status ?? 200);
    const body =
      status === 206 ? file?.bytes.subarray(range?.from) : status === 200 ? file?.bytes : undefined;
    const bytes = body?.length ?? 0;
    requests.push({ method: request.method ?? "", path, status, at: Date.now(), bytes });
    if (file === undefined) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      return;
    }
    const total = file.bytes.length;
    response
      .writeHead(status, {
        etag: file.etag,
        "last-modified": file.modified,
        "accept-ranges": "bytes",
        ...(body === undefined ? {} : { "content-type": "text/csv; charset=utf-8", "content-length": bytes }),
        ...(status === 206 ? { "content-range": `bytes ${range?.from}-${total - 1}/${total}` } : {}),
        ...(status === 416 ? { "content-range": `bytes */${total}` } : {}),
      })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: (name) => `http://${host}:${port}/${name}`,
    publish,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

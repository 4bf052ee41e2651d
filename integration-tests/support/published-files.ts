/**
 * Files published over loopback HTTP, as a company's web server would: ETag, Last-Modified, conditional requests.
 * They are texts, or what a folder holds. `publish` replaces one, `requests` is what was asked. Close it when done.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly at: number;
}

export interface PublishedFiles {
  readonly url: (name: string) => string;
  readonly publish: (name: string, text: string) => void;
  readonly requests: readonly Request[];
  readonly close: () => Promise<void>;
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

  const publish = (name: string, text: string): void => {
    const etag = `"${createHash("sha256").update(text).digest("hex").slice(0, 16)}"`;
    published.set(`/${name}`, { bytes: Buffer.from(text), etag, modified: new Date().toUTCString() });
  };
  for (const [name, text] of Object.entries(files)) publish(name, text);
  for (const name of folder === "" ? [] : readdirSync(folder))
    publish(name, readFileSync(join(folder, name), "utf8"));

  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const file = published.get(decodeURIComponent(path));
    const status = file === undefined ? 404 : request.headers["if-none-match"] === file.etag ? 304 : 200;
    requests.push({ method: request.method ?? "", path, status, at: Date.now() });
    if (file === undefined) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      return;
    }
    const headers = { etag: file.etag, "last-modified": file.modified };
    if (status === 304) response.writeHead(304, headers).end();
    else
      response
        .writeHead(200, {
          ...headers,
          "content-type": "text/csv; charset=utf-8",
          "content-length": file.bytes.length,
        })
        .end(file.bytes);
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

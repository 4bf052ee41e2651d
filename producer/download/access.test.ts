/** Credentials go where they are for, and nowhere else; proxies are used for what is not on this machine. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as Redacted from "effect/Redacted";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCredentials } from "#shared/runtime/credentials.ts";
import { SourceRefusal } from "../source/error.ts";
import { namedSource, sourceId } from "../source/reference.ts";
import { Downloads, taken } from "../testing/downloads.ts";
import { publish, type ScriptedServer } from "../testing/scripted.ts";

const CSV = "id_magasin,ville\n1,Paris\n";
let server: ScriptedServer;
let other: ScriptedServer;
const open: Downloads[] = [];
beforeEach(async () => {
  [server, other] = await Promise.all([publish(CSV), publish(CSV)]);
});
afterEach(async () => {
  await Promise.all([server.close(), other.close(), ...open.splice(0).map((downloads) => downloads.close())]);
});
const opened = (options: ConstructorParameters<typeof Downloads>[0]) => {
  const downloads = new Downloads(options);
  open.push(downloads);
  return downloads;
};
const refusalOf = async (poll: Promise<unknown>): Promise<SourceRefusal> => {
  const error = await poll.then(
    () => expect.unreachable("it was taken"),
    (failure: unknown) => failure,
  );
  if (!(error instanceof SourceRefusal)) throw error;
  return error;
};

describe("credentials", () => {
  const basic = `Basic ${Buffer.from("marie:s3cret").toString("base64")}`;
  /** As a server that knows who may. */
  const ask = (for_: ScriptedServer) => {
    for_.instead = (request, response) => {
      if (request.headers.authorization === basic) return false;
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
      return true;
    };
  };
  const withLine = (line: string) => opened({ credentials: parseCredentials(line) });

  it("are sent to the origin and path that they are for", async () => {
    ask(server);
    const downloads = withLine(`${server.url}exports/ basic marie:s3cret`);
    expect(taken(await downloads.poll(`${server.url}exports/ventes.csv`))).toBe(CSV);
    await expect(downloads.poll(`${server.url}other.csv`)).rejects.toMatchObject({
      code: "source.unauthorized",
    });
    expect(server.requests.map((r) => r.headers.authorization)).toEqual([basic, undefined]);
  });

  it("as a bearer, or a header of any name", async () => {
    const bearer = withLine(`${server.url} bearer abc`);
    await bearer.poll(server.url);
    const header = withLine(`${server.url} header X-Api-Key: s3cret`);
    await header.poll(server.url);
    expect(server.requests.map(({ headers }) => [headers.authorization, headers["x-api-key"]])).toEqual([
      ["Bearer abc", undefined],
      [undefined, "s3cret"],
    ]);
  });

  it("follow a redirect on their origin, and none to another", async () => {
    server.instead = (request, response) => {
      if (request.url === "/there") return false;
      response.writeHead(302, { location: request.url === "/" ? "/there" : other.url }).end();
      return true;
    };
    // Those of the other origin are not for what redirects to it, either.
    const downloads = withLine(`${server.url} basic marie:s3cret\n${other.url} bearer abc`);
    expect(taken(await downloads.poll(server.url))).toBe(CSV);
    expect(server.requests.map((r) => r.headers.authorization)).toEqual([basic, basic]);
    expect((await downloads.poll(`${server.url}away`, { allowPrivate: true })).kind).toBe("unchanged");
    expect(other.requests.map((r) => r.headers.authorization)).toEqual([undefined]);
  });

  it("are not taken from the URL of a redirect", async () => {
    server.instead = (request, response) => {
      if (request.url !== "/") return false;
      const there = new URL("/there", server.url);
      there.username = "marie";
      there.password = "s3cret";
      response.writeHead(302, { location: there.href }).end();
      return true;
    };
    expect(taken(await opened({}).poll(server.url))).toBe(CSV);
    expect(server.requests.map((r) => r.headers.authorization)).toEqual([undefined, undefined]);
  });

  for (const status of [401, 403])
    it(`that are missing or refused with ${status} are reported without the secret`, async () => {
      server.instead = (_, response) => {
        response.writeHead(status).end();
        return true;
      };
      const none = (await refusalOf(opened({}).poll(server.url))).toError(server.url, "en");
      expect(none.code).toBe("source.unauthorized");
      expect(none.sentence).toMatch(new RegExp(`answers ${status}: VENTES_CREDENTIALS has nothing for it`));
      const line = withLine(`${server.url} basic marie:s3cret`);
      const refused = (await refusalOf(line.poll(server.url))).toError(server.url, "fr");
      expect(refused.sentence).toContain(`${status} à « ${server.url} basic *** »`);
    });

  it("in a URL are refused before any request, with what to do instead", async () => {
    const url = new URL(server.url);
    url.username = "marie";
    url.password = "s3cret";
    const refused = await refusalOf(opened({}).poll(url.href));
    for (const language of ["fr", "en"] as const) {
      const { sentence } = refused.toError(url.href, language);
      expect(sentence).toContain("VENTES_CREDENTIALS");
      expect(sentence).toContain(`http://***@${url.host}/`);
      expect(sentence).not.toContain("s3cret");
      expect(sentence).not.toContain("marie");
    }
    expect(server.requests).toEqual([]);
    expect(() => sourceId(url.href)).toThrow("source.credentials_in_url");
    expect(() => sourceId("https://marie@a.example/x.csv")).toThrow("source.credentials_in_url");
    // What was registered so, once, can still be named to be removed.
    expect(namedSource(url.href)).toBe(url.href);
  });
});

describe("a proxy", () => {
  /** Answers what is asked of any server, and counts. */
  const proxying = async (tunnel = "HTTP/1.1 403 Forbidden\r\n\r\n") => {
    const asked: string[] = [];
    const seen: IncomingMessage[] = [];
    const redirects = new Map<string, string>();
    const proxy = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      seen.push(request);
      const location = redirects.get(request.url ?? "");
      if (location === undefined) response.end(CSV);
      else response.writeHead(302, { location }).end();
    });
    proxy.on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      socket.on("error", () => {});
      socket.end(tunnel);
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    closing.push(() => {
      proxy.close();
      proxy.closeAllConnections();
    });
    return { asked, seen, redirects, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  };
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  const through = (url: string, none = "", https?: string) =>
    opened({
      proxies: {
        http: Redacted.make(url),
        https: https === undefined ? null : Redacted.make(https),
        none,
      },
      resolve: (name, _, callback) => {
        const address = { "public.example": "8.8.8.8", "inside.example": "10.0.0.1" }[name];
        if (address === undefined) callback(Object.assign(new Error(name), { code: "ENOTFOUND" }), []);
        else callback(null, [{ address, family: 4 }]);
      },
    });

  it("is used for other machines, with its own user and password", async () => {
    const proxy = await proxying();
    const downloads = through(proxy.url.replace("http://", "http://marie:s3cret@"));
    expect(taken(await downloads.poll("http://files.example/v.csv?x=1"))).toBe(CSV);
    expect(proxy.asked).toEqual(["GET http://files.example/v.csv?x=1"]);
    expect(proxy.seen[0]?.headers["proxy-authorization"]).toBe(
      `Basic ${Buffer.from("marie:s3cret").toString("base64")}`,
    );
    expect(proxy.seen[0]?.headers.authorization).toBeUndefined();
  });

  it("is never used for this machine, by any of its names", async () => {
    const proxy = await proxying();
    const downloads = through(proxy.url);
    const { port } = new URL(server.url);
    for (const host of ["127.0.0.1", "2130706433", "127.1", "[::ffff:127.0.0.1]"])
      await downloads.poll(`http://${host}:${port}/`);
    expect(proxy.asked).toEqual([]);
    expect(server.requests).toHaveLength(4);
  });

  it("is not used for hosts that NO_PROXY names", async () => {
    const proxy = await proxying();
    const downloads = through(proxy.url, "files.example, .internal");
    for (const url of ["http://files.example/", "http://a.internal/"])
      await expect(downloads.poll(url)).rejects.toMatchObject({ refusal: { code: "source.unreachable" } });
    expect(proxy.asked).toEqual([]);
    await downloads.poll("http://elsewhere.example/");
    expect(proxy.asked).toHaveLength(1);
  });

  it("makes a tunnel for https, and its refusal is reported as the proxy's", async () => {
    const http = await proxying();
    const https = await proxying("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const downloads = through(http.url, "", https.url);
    await expect(downloads.poll("https://files.example/v.csv")).rejects.toMatchObject({
      code: "source.proxy",
      what: "407",
    });
    expect(https.asked).toEqual(["CONNECT files.example:443"]);
    expect(http.asked).toEqual([]);
  });

  it("does not open private addresses to redirects and discovered sources: names are resolved before", async () => {
    const proxy = await proxying();
    const downloads = through(proxy.url);
    const discovered = { trusted: "discovered" } as const;
    expect(taken(await downloads.poll("http://public.example/v.csv", discovered))).toBe(CSV);
    proxy.asked.length = 0;
    for (const url of ["http://inside.example/", "http://10.0.0.1/", "http://nowhere.example/", server.url]) {
      await expect(downloads.poll(url, discovered)).rejects.toMatchObject({ code: "source.private_address" });
      proxy.redirects.set("http://public.example/r", url);
      await expect(downloads.poll("http://public.example/r")).rejects.toMatchObject({
        code: "source.private_address",
      });
    }
    expect(new Set(proxy.asked)).toEqual(new Set(["GET http://public.example/r"]));
    expect(server.requests).toEqual([]);
    // Where it is allowed, the proxy decides.
    proxy.redirects.clear();
    await downloads.poll("http://nowhere.example/", { ...discovered, allowPrivate: true });
    expect(proxy.asked.at(-1)).toBe("GET http://nowhere.example/");
  });
});

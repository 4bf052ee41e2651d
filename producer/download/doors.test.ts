/** No URL is trusted (invariant 10): what a request may reach, in every way of writing it. */
import type { LookupAddress } from "node:dns";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Downloads, taken } from "../testing/downloads.ts";
import { publish, type ScriptedServer } from "../testing/scripted.ts";

const CSV = "id_magasin,ville\n1,Paris\n";
const SECRET = "id_magasin,ville\n666,from the inside\n";

/** Names, each with what it resolves to. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "inside.example": ["127.0.0.1"],
  "inside6.example": ["::1"],
  "both.example": ["8.8.8.8", "127.0.0.1"],
  "both6.example": ["2606:2800:220:1::1", "::ffff:127.0.0.1"],
  "cloud.example": ["169.254.169.254"],
};
/** Every resolution that was asked for. */
let resolved: string[];
let answers: (name: string) => readonly string[];

let downloads: Downloads;
let server: ScriptedServer;
let inside: ScriptedServer;
beforeEach(async () => {
  resolved = [];
  answers = (name) => NAMES[name] ?? [];
  downloads = new Downloads({
    limits: { connectMs: 300 },
    resolve: (name, _, callback) => {
      resolved.push(name);
      const addresses: LookupAddress[] = answers(name).map((address) => ({
        address,
        family: address.includes(":") ? 6 : 4,
      }));
      if (addresses.length > 0) callback(null, addresses);
      else callback(Object.assign(new Error(`ENOTFOUND ${name}`), { code: "ENOTFOUND" }), []);
    },
  });
  [server, inside] = await Promise.all([publish(CSV), publish(SECRET)]);
});
afterEach(async () => {
  await Promise.all([downloads.close(), server.close(), inside.close()]);
});

const at = (host: string) => `http://${host}:${new URL(inside.url).port}/`;
const redirectTo = (location: string, status = 302) => {
  server.instead = (_, response) => {
    // As bytes of a header: a host of wide digits is written in percents.
    response
      .writeHead(status, { location: /^[\x20-\x7e]*$/.test(location) ? location : encodeURI(location) })
      .end();
    return true;
  };
};

/** All of them this machine, or a network that is not everybody's. */
const HOSTS = [
  "127.0.0.1",
  "127.1",
  "2130706433",
  "0x7f000001",
  "0x7f.1",
  "0177.0.0.1",
  "017700000001",
  "127.0.0.1.",
  "１２７.0.0.1",
  "0",
  "0.0.0.0",
  "[::]",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b:1::7f00:1]",
  "[2002:7f00:1::]",
  "[2001:0:7f00:1::]",
  "[fe80::1]",
  "[fc00::1]",
  "[fec0::1]",
  "[ff02::1]",
  "169.254.169.254",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "198.18.0.1",
  "192.0.2.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  ...Object.keys(NAMES),
];

describe("a private address", () => {
  for (const host of HOSTS)
    it(`${host} is reached neither by a redirect nor by a discovered source`, async () => {
      redirectTo(at(host));
      const refused = { code: "source.private_address" };
      await expect(downloads.poll(server.url)).rejects.toMatchObject(refused);
      await expect(downloads.poll(at(host), { trusted: "discovered" })).rejects.toMatchObject(refused);
      expect(inside.requests).toEqual([]);
      expect(downloads.left()).toEqual([]);
    });

  for (const host of ["2130706433", "0177.0.0.1", "inside.example"])
    it(`${host} is reached where that is allowed, and by an operator who names it`, async () => {
      redirectTo(at(host));
      expect(taken(await downloads.poll(server.url, { allowPrivate: true }))).toBe(SECRET);
      const discovered = downloads.poll(at(host), { known: null, trusted: "discovered", allowPrivate: true });
      expect(taken(await discovered)).toBe(SECRET);
      expect(taken(await downloads.poll(at(host), { known: null }))).toBe(SECRET);
    });

  it("is checked on each hop", async () => {
    let hop = 0;
    server.instead = (_, response) => {
      hop++;
      response.writeHead(302, { location: hop < 4 ? `/again/${hop}` : at("inside.example") }).end();
      return true;
    };
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.private_address" });
    expect(hop).toBe(4);
    expect(inside.requests).toEqual([]);
  });

  it("is not reached by a name that resolves to another address the next time", async () => {
    let times = 0;
    answers = () => (times++ === 0 ? ["8.8.8.8"] : ["127.0.0.1"]);
    const discovered = downloads.poll(at("rebinds.example"), { trusted: "discovered" });
    // What was checked is what is connected to; nothing is there, or nothing that answers in time.
    await expect(discovered).rejects.toMatchObject({ refusal: { code: "source.unreachable" } });
    expect(resolved).toEqual(["rebinds.example"]);
    await expect(downloads.poll(at("rebinds.example"), { trusted: "discovered" })).rejects.toMatchObject({
      code: "source.private_address",
    });
    expect(inside.requests).toEqual([]);
  });

  it("is noted where a trusted source has it, so that a catalogue's entries may have it too", async () => {
    const { client } = downloads;
    const url = new URL(at("inside.example"));
    expect(client.reachedPrivately(url)).toBe(false);
    expect(taken(await downloads.poll(url.href))).toBe(SECRET);
    expect(client.reachedPrivately(url)).toBe(true);
    expect(client.reachedPrivately(new URL(at("cloud.example")))).toBe(false);
  });

  it("is not reached through a connection that was opened for a trusted source", async () => {
    expect(taken(await downloads.poll(inside.url))).toBe(SECRET);
    inside.requests.length = 0;
    redirectTo(inside.url);
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.private_address" });
    expect(inside.requests).toEqual([]);
  });
});

describe("a redirect", () => {
  for (const location of [
    "file:///etc/passwd",
    "ftp://files.example/x",
    "data:text/csv,id_magasin",
    "gopher://127.0.0.1:70/x",
    "javascript:alert(1)",
    "unix:/var/run/docker.sock",
  ])
    it(`to ${location} is not followed`, async () => {
      redirectTo(location);
      await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.not_allowed" });
      expect(server.requests).toHaveLength(1);
    });

  it("without a target is reported", async () => {
    redirectTo("http://[");
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.http_status" });
    server.instead = (_, response) => {
      response.writeHead(302).end();
      return true;
    };
    await expect(downloads.poll(server.url)).rejects.toMatchObject({ code: "source.http_status" });
  });

  for (const status of [301, 302, 303, 307, 308])
    it(`${status} is followed on the origin that was named`, async () => {
      server.instead = (request, response) => {
        if (request.url !== "/") return false;
        response.writeHead(status, { location: "/there" }).end();
        return true;
      };
      expect(taken(await downloads.poll(server.url))).toBe(CSV);
      expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /", "GET /there"]);
    });
});

it("a link that is known to lead to a page costs no request", async () => {
  const page = "https://docs.google.com/spreadsheets/d/abc/edit?gid=7";
  await expect(downloads.poll(page)).rejects.toMatchObject({
    code: "source.share_link",
    what: "Google Sheets",
    more: "https://docs.google.com/spreadsheets/d/abc/export?format=csv&gid=7",
  });
  expect(resolved).toEqual([]);
});

/** Who may ask: by name, by token, by origin. */
import * as Redacted from "effect/Redacted";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Access, type Admission, admit, isLoopback, mayServe } from "./guard.ts";

const LOCAL: Access = { kind: "local" };
const OPEN: Access = { kind: "open" };
const TOKEN: Access = { kind: "token", token: Redacted.make("s3cret") };

const get = (access: Access, url: string, headers: Record<string, string> = {}): Admission =>
  admit(access, { method: "GET", url, headers: { host: "127.0.0.1:8080", ...headers } });
/** The status that it is refused with; 200: admitted, 303: signed in. */
const statusOf = (admission: Admission): number =>
  admission.kind === "refused" ? admission.status : admission.kind === "admitted" ? 200 : 303;
const status = (...asked: Parameters<typeof get>): number => statusOf(get(...asked));

it("the page listens beyond loopback only with a token or VENTES_AUTH=none", () => {
  for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]"]) {
    expect(isLoopback(host)).toBe(true);
    expect(mayServe(host, LOCAL)).toBe(true);
  }
  for (const host of ["127.evil.example", "0.0.0.0", "::", "10.0.0.1", "", "example.org"]) {
    expect(isLoopback(host)).toBe(false);
    expect(mayServe(host, LOCAL)).toBe(false);
    expect(mayServe(host, OPEN)).toBe(true);
    expect(mayServe(host, TOKEN)).toBe(true);
  }
});

describe("the Host of a request", () => {
  const own = ["localhost:8080", "127.0.0.1:8080", "127.0.0.1", "[::1]:1"];
  const addresses = ["192.168.1.2:8080", "[fe80::1]:8080"];
  const foreign = [
    "evil.example",
    "localhost.evil.example:80",
    "x@127.0.0.1",
    "127.0.0.1.nip.io",
    "a b",
    "",
    "analyzer:8080",
  ];

  it("is this machine; or any address when the page is open; or anything with a token", () => {
    for (const host of own)
      for (const access of [LOCAL, OPEN]) expect(status(access, "/", { host }), host).toBe(200);
    for (const host of addresses) {
      expect(status(LOCAL, "/", { host }), host).toBe(403);
      expect(status(OPEN, "/", { host }), host).toBe(200);
    }
    for (const host of foreign) {
      for (const access of [LOCAL, OPEN]) expect(status(access, "/healthz", { host }), host).toBe(403);
      expect(status(TOKEN, "/", { host, authorization: "Bearer s3cret" }), host).toBe(200);
    }
    expect(statusOf(admit(LOCAL, { method: "GET", url: "/", headers: {} }))).toBe(403);
  });
});

describe("the token", () => {
  const cookieFrom = (admission: Admission): string =>
    admission.kind === "signedIn" ? (admission.cookie.split(";", 1)[0] ?? "") : "";

  it("is a bearer token or the cookie that signing in sets", () => {
    expect(status(TOKEN, "/")).toBe(401);
    for (const authorization of ["Bearer s3cret", "bearer  s3cret"])
      expect(status(TOKEN, "/", { authorization })).toBe(200);
    for (const authorization of ["Bearer s3cre", "Bearer s3crets", "Bearer", "s3cret", "Basic s3cret"])
      expect(status(TOKEN, "/", { authorization }), authorization).toBe(401);
    const cookie = cookieFrom(get(TOKEN, "/?token=s3cret"));
    expect(status(TOKEN, "/", { cookie: `a=b; ${cookie}; c=d` })).toBe(200);
    expect(status(TOKEN, "/", { cookie: `${cookie}0` })).toBe(401);
    expect(status({ kind: "token", token: Redacted.make("another") }, "/", { cookie })).toBe(401);
    // A wrong bearer is not mended by a cookie.
    expect(status(TOKEN, "/", { cookie, authorization: "Bearer wrong" })).toBe(401);
  });

  it("in the address sets the cookie and is removed from the address", () => {
    expect(get(TOKEN, "/?lang=fr&token=s3cret")).toMatchObject({
      kind: "signedIn",
      location: "/?lang=fr",
      cookie: expect.stringMatching(/^ventes_[0-9a-f]{8}=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/),
    });
    expect(get(TOKEN, "/?token=s3cret", { "x-forwarded-proto": "https" })).toMatchObject({
      cookie: expect.stringMatching(/; Secure$/),
    });
    expect(status(TOKEN, "/?token=wrong")).toBe(401);
    expect(status(TOKEN, "/?token=")).toBe(401);
    expect(statusOf(admit(TOKEN, { method: "HEAD", url: "/?token=s3cret", headers: {} }))).toBe(401);
  });

  it("never redirects to another host, and is never in the answer", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      ".",
      "..",
      "//",
      "evil.example",
      "%2f",
      "?",
      "#",
      "@",
      ":",
      "http:",
      "a",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const signed = get(TOKEN, `/${pieces.join("")}?token=s3cret`);
        if (signed.kind !== "signedIn") return;
        expect(new URL(signed.location, "http://here").host).toBe("here");
        expect(JSON.stringify(signed)).not.toContain("s3cret");
      }),
      { numRuns: 2_000 },
    );
  });

  it("is not needed for /healthz, /readyz and the style sheet, but for any other spelling of their paths", () => {
    for (const path of ["/healthz", "/healthz?x=1", "/readyz", "/style.css"])
      expect(status(TOKEN, path), path).toBe(200);
    for (const path of [
      "/api/analyses;/../../healthz",
      "/healthz/",
      "//healthz",
      "/healthz#",
      "/x/../healthz",
      "http://[",
    ])
      expect(status(TOKEN, path), path).toBe(401);
  });
});

describe("a request that writes", () => {
  const post = (
    access: Access,
    headers: Record<string, string>,
    methods?: readonly string[],
    url = "/sources",
  ): number =>
    statusOf(
      admit(access, { method: "POST", url, headers: { host: "127.0.0.1:8080", ...headers } }, methods),
    );

  it("is admitted only on paths that take its method", () => {
    expect(post(LOCAL, {})).toBe(405);
    expect(post(LOCAL, {}, ["POST"])).toBe(200);
    expect(
      statusOf(admit(LOCAL, { method: "PUT", url: "/", headers: { host: "localhost" } }, ["POST"])),
    ).toBe(405);
  });

  it("is admitted from this page, or from a program that sends no Origin", () => {
    for (const access of [LOCAL, OPEN]) {
      expect(post(access, { origin: "http://127.0.0.1:8080" }, ["POST"])).toBe(200);
      for (const origin of ["http://evil.example", "http://127.0.0.1:9", "null", "", "file://127.0.0.1:8080"])
        expect(post(access, { origin }, ["POST"]), origin).toBe(403);
    }
    const authorization = "Bearer s3cret";
    expect(post(TOKEN, { authorization }, ["POST"])).toBe(200);
    expect(post(TOKEN, { origin: "http://127.0.0.1:8080" }, ["POST"])).toBe(401);
    expect(post(TOKEN, { authorization, origin: "http://evil.example" }, ["POST"])).toBe(403);
  });

  it("is refused from another site of this machine, too, whatever its Origin says", () => {
    for (const site of ["cross-site", "same-site", "none", ""])
      expect(post(LOCAL, { "sec-fetch-site": site }, ["POST"]), site).toBe(403);
    const own = { "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:8080" };
    expect(post(LOCAL, own, ["POST"])).toBe(200);
    expect(post(LOCAL, { ...own, "sec-fetch-site": "cross-site" }, ["POST"])).toBe(403);
  });

  it("needs under /api/ the header that no form can send", () => {
    const to = (headers: Record<string, string>) => post(LOCAL, headers, ["POST"], "/api/session");
    expect(to({})).toBe(403);
    expect(to({ "x-ventes": "" })).toBe(403);
    expect(to({ "x-ventes": "1" })).toBe(200);
    expect(to({ "x-ventes": "1", origin: "http://evil.example" })).toBe(403);
  });
});

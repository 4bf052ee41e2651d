import * as Redacted from "effect/Redacted";
import { describe, expect, it } from "vitest";
import { BadCredentials, credentialFor, parseCredentials, shownCredential } from "./credentials.ts";

const LIST = parseCredentials(`
# the accountant's server
https://files.example/ basic marie:s3c:ret é
https://files.example/exports/ bearer abc.def-123=

http://files.example:8080/a header X-Api-Key: 12 34
`);
const headerFor = (url: string) => {
  const found = credentialFor(LIST, new URL(url));
  return found && `${found.header}: ${Redacted.value(found.value)}`;
};
const basic = `authorization: Basic ${Buffer.from("marie:s3c:ret é").toString("base64")}`;

describe("credentials", () => {
  for (const [url, header] of [
    ["https://files.example/v.csv", basic],
    ["https://FILES.example:443/other/v.csv?x=1", basic],
    ["https://files.example/exports/v.csv", "authorization: Bearer abc.def-123="],
    ["https://files.example/exports/../v.csv", basic],
    ["https://files.example/exportsx", basic],
    ["http://files.example:8080/a", "x-api-key: 12 34"],
    ["http://files.example:8080/a/b.csv", "x-api-key: 12 34"],
    ["http://files.example:8080/ab.csv", undefined],
    ["http://files.example/v.csv", undefined],
    ["https://files.example:8443/v.csv", undefined],
    ["https://files.example.evil.test/v.csv", undefined],
    ["https://sub.files.example/v.csv", undefined],
  ] as const)
    it(`for ${url}: ${header ?? "none"}`, () => expect(headerFor(url)).toBe(header));

  it("are shown without their secrets", () =>
    expect(LIST.map(shownCredential)).toEqual([
      "https://files.example/ basic ***",
      "https://files.example/exports/ bearer ***",
      "http://files.example:8080/a header x-api-key: ***",
    ]));

  for (const [line, says] of [
    ["https://a.example/", /URL_PREFIX basic/],
    ["a.example basic u:s3cret", /does not begin with a URL/],
    ["ftp://a.example/ basic u:s3cret", /neither https/],
    ["https://u:s3cret@a.example/ basic u:s3cret", /has a user/],
    ["https://a.example/?x=1 bearer s3cret", /query/],
    ["https://a.example/ basic s3cret", /USER:PASSWORD/],
    ["https://a.example/ bearer s3cret two", /one token/],
    ["https://a.example/ header s3cret", /NAME: VALUE/],
    ["https://a.example/ header Host: s3cret", /set by ventes itself/],
    ["https://a.example/ digest u:s3cret", /not a kind/],
    ["https://a.example/ basic u:a\nhttps://a.example basic u:s3cret", /twice/],
  ] as const)
    it(`refuse "${line}", and show no secret`, () => {
      try {
        parseCredentials(line);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(BadCredentials);
        const { message, line: at } = error as BadCredentials;
        expect(message).toMatch(says);
        expect(message).not.toContain("s3cret");
        expect(at).toBe(line.split("\n").length);
      }
    });
});

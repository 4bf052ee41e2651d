/** Flags and environment become settings; a flag wins over its variable. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import * as Effect from "effect/Effect";
import * as Formatter from "effect/Formatter";
import * as Redacted from "effect/Redacted";
import { describe, expect, it } from "vitest";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { SELF_SIGNED } from "../../producer/testing/certificate.ts";
import { invocation } from "./invocation.ts";
import { languageOf } from "./language.ts";
import { type CommonFlags, pageSettingsOf, parseDuration, settingsOf } from "./settings.ts";

// Without this any two Redacted values are equal to vitest: they hold nothing that it sees.
expect.addEqualityTesters([
  (a, b) =>
    Redacted.isRedacted(a) && Redacted.isRedacted(b) ? Redacted.value(a) === Redacted.value(b) : undefined,
]);

const NONE: CommonFlags = { data: undefined, namespace: undefined, every: undefined };

describe("settings", () => {
  it("by default: embedded in ./data, days in France, euros", () => {
    expect(settingsOf(NONE, {})).toEqual({
      data: join(process.cwd(), "data"),
      namespace: "ventes",
      kafka: null,
      every: 60_000,
      timeZone: "Europe/Paris",
      currency: "EUR",
      partitions: 3,
      language: "en",
      files: null,
      allowPrivate: false,
      credentials: [],
      proxies: { http: null, https: null, none: "" },
      ca: null,
      sourcesFile: null,
      analyses: null,
      healthFile: null,
    });
  });

  it("from the environment", () => {
    const env = {
      VENTES_DATA: "/srv/ventes",
      VENTES_NAMESPACE: "pme",
      VENTES_EVERY: "5m",
      VENTES_TZ: "America/Martinique",
      VENTES_DEVISE: "CHF",
      VENTES_PARTITIONS: "12",
      VENTES_LANG: "fr",
      VENTES_FILES: "/srv/csv",
      VENTES_ALLOW_PRIVATE: "1",
      VENTES_CREDENTIALS: "https://files.example/ bearer abc",
      HTTP_PROXY: "proxy.example:3128",
      HTTPS_PROXY: "http://ignored.example",
      https_proxy: "https://marie:secret@proxy.example",
      NO_PROXY: "localhost,.internal",
      VENTES_SOURCES: "/srv/sources.csv",
      VENTES_ANALYSES: "/srv/analyses",
      VENTES_HEALTH_FILE: "/tmp/alive",
    };
    expect(settingsOf(NONE, env)).toEqual({
      data: "/srv/ventes",
      namespace: "pme",
      kafka: null,
      every: 300_000,
      timeZone: "America/Martinique",
      currency: "CHF",
      partitions: 12,
      language: "fr",
      files: "/srv/csv",
      allowPrivate: true,
      credentials: [
        {
          origin: "https://files.example",
          path: "/",
          kind: "bearer",
          header: "authorization",
          value: Redacted.make("Bearer abc"),
        },
      ],
      proxies: {
        http: Redacted.make("http://proxy.example:3128"),
        https: Redacted.make("https://marie:secret@proxy.example"),
        none: "localhost,.internal",
      },
      ca: null,
      sourcesFile: "/srv/sources.csv",
      analyses: "/srv/analyses",
      healthFile: "/tmp/alive",
    });
    expect(settingsOf({ ...NONE, allowPrivate: true }, {}).allowPrivate).toBe(true);
    expect(settingsOf({ data: "/d", namespace: "n", every: "1s" }, env)).toMatchObject({
      data: "/d",
      namespace: "n",
      every: 1_000,
    });
  });

  it("credentials may be in a file; the message about a wrong line does not show the line", () => {
    const path = join(scratchDirectory(), "credentials");
    writeFileSync(path, "# ours\nhttps://a.example/ basic marie:s3cret\n");
    const env = { VENTES_CREDENTIALS_FILE: path };
    expect(settingsOf(NONE, env).credentials).toMatchObject([{ origin: "https://a.example", kind: "basic" }]);
    writeFileSync(path, "\nhttps://a.example/ s3cret\n");
    const messageOf = (run: () => unknown) => {
      try {
        return expect.unreachable(String(run()));
      } catch (error) {
        return (error as Error).message;
      }
    };
    const message = messageOf(() => settingsOf(NONE, env));
    expect(message).toMatch(/^VENTES_CREDENTIALS_FILE, line 2: /);
    expect(message).not.toContain("s3cret");
    const proxy = messageOf(() => settingsOf(NONE, { HTTP_PROXY: "socks5://marie:s3cret@p.example" }));
    expect(proxy).toMatch(/HTTP_PROXY is "socks5:\/\/\*\*\*@p\.example"/);
  });

  it("show no secret, however they are printed", () => {
    const key = join(scratchDirectory(), "key");
    writeFileSync(key, "s3cret PEM", { mode: 0o600 });
    const env = {
      VENTES_DATA: scratchDirectory(),
      VENTES_TOKEN: "s3cret-s3cret-s3cret",
      VENTES_CREDENTIALS:
        "https://a.example/ basic marie:s3cret\nhttps://b.example/ bearer s3cret\nhttps://c.example/ header X-Key: s3cret",
      HTTP_PROXY: "http://marie:s3cret@proxy.example",
      KAFKA_BROKERS: "a:9092",
      KAFKA_USERNAME: "u",
      KAFKA_PASSWORD: "s3cret",
      KAFKA_CERT_FILE: key,
      KAFKA_KEY_FILE: key,
    };
    const run = Effect.runSync(invocation({ ...NONE, json: false }, env));
    const { cert, ...tls } = run.settings.kafka?.tls ?? {};
    expect(cert).toBe("s3cret PEM");
    const settings = {
      ...run,
      settings: { ...run.settings, kafka: { ...run.settings.kafka, tls } },
      where: run.page({ port: undefined, host: undefined }),
    };
    for (const printed of [
      inspect(settings, { depth: null, showHidden: true }),
      JSON.stringify(settings),
      Formatter.format(settings),
    ]) {
      expect(printed).toContain("<redacted");
      expect(printed).not.toMatch(/s3cret|czNjcmV0/);
    }
    expect(String(run.settings.proxies.http)).toBe("<redacted:http://***@proxy.example>");
  });

  it("of an authority of one's own is a file with a certificate", () => {
    const file = join(scratchDirectory(), "ca.pem");
    writeFileSync(file, SELF_SIGNED.cert);
    expect(settingsOf(NONE, { VENTES_CA_FILE: file }).ca).toBe(SELF_SIGNED.cert);
    writeFileSync(file, "no certificate");
    expect(() => settingsOf(NONE, { VENTES_CA_FILE: file })).toThrow(/VENTES_CA_FILE.*no certificate in PEM/);
    expect(() => settingsOf(NONE, { VENTES_CA_FILE: `${file}.not` })).toThrow(/VENTES_CA_FILE.*ENOENT/);
  });

  it("of Kafka: files of certificates and of the password are read", () => {
    const folder = scratchDirectory();
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const { kafka } = settingsOf(NONE, {
      KAFKA_BROKERS: "a:9092, [::1]:9093",
      KAFKA_CA_FILE: file("ca", "CA"),
      KAFKA_CERT_FILE: file("cert", "CERT"),
      KAFKA_KEY_FILE: file("key", "KEY"),
      KAFKA_SASL_MECHANISM: "SCRAM-SHA-512",
      KAFKA_USERNAME: "u",
      KAFKA_PASSWORD_FILE: file("password", "secret\n"),
    });
    expect(kafka).toEqual({
      brokers: ["a:9092", "[::1]:9093"],
      tls: { ca: "CA", cert: "CERT", key: Redacted.make("KEY") },
      sasl: { mechanism: "scram-sha-512", username: "u", password: Redacted.make("secret") },
    });
    expect(settingsOf(NONE, { KAFKA_BROKERS: "a:1", KAFKA_TLS: "1" }).kafka).toMatchObject({
      tls: {},
      sasl: null,
    });
    expect(() => settingsOf(NONE, { KAFKA_BROKERS: "a:1", KAFKA_CA_FILE: "/nonexistent/ca" })).toThrow(
      "cannot read /nonexistent/ca, which KAFKA_CA_FILE names (ENOENT)",
    );
  });

  it.each([
    ["200ms", 200],
    ["10s", 10_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["1.5s", 1_500],
  ])("a duration %s", (text, ms) => expect(parseDuration(text, "--every")).toBe(ms));
  it.each(["", "10", "s", "-1s", "0s", "1d", "100000h"])("no duration: %j", (text) =>
    expect(() => parseDuration(text, "--every")).toThrow(`--every is "${text}"`),
  );

  it("of the page: a given port may not be replaced", () => {
    const none = { port: undefined, host: undefined };
    const access = { kind: "local" };
    expect(pageSettingsOf(none, {})).toEqual({ host: "127.0.0.1", port: 8080, explicit: false, access });
    expect(pageSettingsOf(none, { VENTES_PORT: "81", VENTES_HOST: "::1" })).toEqual({
      host: "::1",
      port: 81,
      explicit: true,
      access,
    });
    expect(pageSettingsOf({ port: "0", host: "localhost" }, { VENTES_PORT: "81" })).toEqual({
      host: "localhost",
      port: 0,
      explicit: true,
      access,
    });
  });

  it("of the page: a token, also from a file, or none; never both, and no token that a header cannot hold", () => {
    const accessOf = (env: Readonly<Record<string, string>>) =>
      pageSettingsOf({ port: undefined, host: undefined }, env).access;
    const file = (text: string) => {
      const path = join(scratchDirectory(), "token");
      writeFileSync(path, text);
      return path;
    };
    const token = "0123456789abcdef";
    expect(accessOf({ VENTES_AUTH: "none" })).toEqual({ kind: "open" });
    const access = { kind: "token", token: Redacted.make(token) };
    expect(accessOf({ VENTES_TOKEN: ` ${token} ` })).toEqual(access);
    expect(accessOf({ VENTES_TOKEN_FILE: file(`${token}\n`) })).toEqual(access);
    expect(() => accessOf({ VENTES_TOKEN: token.slice(1) })).toThrow("has 15 characters: give at least 16");
    expect(() => accessOf({ VENTES_TOKEN_FILE: file("\n") })).toThrow("VENTES_TOKEN_FILE");
    expect(() => accessOf({ VENTES_TOKEN_FILE: "/nonexistent/token" })).toThrow("VENTES_TOKEN_FILE");
    expect(() => accessOf({ VENTES_TOKEN: "two words" })).toThrow("VENTES_TOKEN");
    expect(() => accessOf({ VENTES_AUTH: "basic" })).toThrow("VENTES_AUTH");
    expect(() => accessOf({ VENTES_AUTH: "none", VENTES_TOKEN: "s3cret" })).toThrow("contradict");
  });
});

it.each([
  [{ VENTES_LANG: "fr", LC_ALL: "C" }, "fr"],
  [{ VENTES_LANG: "en", LANG: "fr_FR.UTF-8" }, "en"],
  [{ VENTES_LANG: "", LC_ALL: "fr_CA.UTF-8", LANG: "en_US.UTF-8" }, "fr"],
  [{ LC_ALL: "C", LC_MESSAGES: "fr_FR" }, "en"],
  [{ LC_MESSAGES: "fr_FR" }, "fr"],
  [{ LANG: "fr_FR.UTF-8" }, "fr"],
  [{ LANG: "de_DE.UTF-8" }, "en"],
  [{}, "en"],
] as const)("the language of %j is %s", (env, language) => {
  expect(languageOf(env)).toBe(language);
});

it("a password that SASL sends as it is, without TLS, is worth a warning", () => {
  const warningsOf = (env: Record<string, string>): readonly string[] => {
    const warnings: string[] = [];
    settingsOf(
      NONE,
      { KAFKA_BROKERS: "a:9092", KAFKA_USERNAME: "u", KAFKA_PASSWORD: "p", ...env },
      (warning) => warnings.push(warning),
    );
    return warnings;
  };
  expect(warningsOf({})).toEqual([expect.stringContaining("set KAFKA_TLS=1, or use scram-sha-512")]);
  expect(warningsOf({ KAFKA_TLS: "1" })).toEqual([]);
  expect(warningsOf({ KAFKA_SASL_MECHANISM: "scram-sha-512" })).toEqual([]);
});

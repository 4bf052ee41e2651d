/**
 * Turns flags and environment into Settings; components do not read the environment. A flag wins over its variable. A value
 * that cannot be parsed is WrongUsage, with the name of the flag or variable in the message.
 */
import { resolve } from "node:path";
import * as Redacted from "effect/Redacted";
import { DEFAULT_EVENT_PARTITIONS } from "#shared/contract/topics.ts";
import { BadCredentials, type Credential, parseCredentials } from "#shared/runtime/credentials.ts";
import { millisecondsOf } from "#shared/runtime/duration.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { KafkaSettings, ProxySettings, SettingsShape } from "#shared/runtime/settings.ts";
import type { Access } from "../../analyzer/server/guard.ts";
import { Failed, WrongUsage } from "./errors.ts";
import { type Env, languageOf } from "./language.ts";
import { readSecret } from "./private.ts";

/** The flags that every command has. */
export interface CommonFlags {
  readonly data: string | undefined;
  readonly namespace: string | undefined;
  readonly every: string | undefined;
  /** --allow-private */
  readonly allowPrivate?: boolean;
  /** --analyses */
  readonly analyses?: string | undefined;
}

/** Milliseconds of `200ms`, `10s`, `5m`, `1h`. */
export function parseDuration(text: string, name: string): number {
  const ms = millisecondsOf(text);
  if (ms === undefined)
    throw new WrongUsage({ message: `${name} is "${text}": give a duration as 200ms, 10s, 5m or 1h` });
  return ms;
}

export const given = (env: Env, name: string): string | undefined => {
  const value = env[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
};

const ENDPOINTS = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/** Whether spans go to a collector of OpenTelemetry. */
export const isTracingWanted = (env: Env): boolean =>
  ENDPOINTS.some((name) => given(env, name) !== undefined);

/** Throws WrongUsage. The exporter itself would end the program with a trace. */
function checkEndpoints(env: Env): void {
  for (const name of ENDPOINTS) {
    const url = given(env, name);
    if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
      throw new WrongUsage({ message: `${name} is "${masked(url)}": give a URL as http://localhost:4318` });
  }
}

const flagOf = (env: Env, name: string): boolean => {
  const value = given(env, name);
  if (value === undefined || value === "0") return false;
  if (value === "1") return true;
  throw new WrongUsage({ message: `${name} is "${value}": set it to 1, or leave it out` });
};

/** Gets a line about a file of secrets that other users may read. */
export type OnWarning = (line: string) => void;

/** The text of the file that a variable names; undefined without the variable. Throws Failed. */
export function fileOf(env: Env, name: string, onWarning: OnWarning = () => {}): string | undefined {
  const file = given(env, name);
  if (file === undefined) return undefined;
  try {
    const { text, warning } = readSecret(file, name, languageOf(env));
    if (warning !== undefined) onWarning(warning);
    return text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Failed({ message: `cannot read ${file}, which ${name} names (${code})` });
  }
}

/** TCP port; 0 picks a free one. */
function parsePort(text: string, name: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new WrongUsage({ message: `${name} is "${text}": give a port from 0 to 65535` });
  return port;
}

const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;

function kafkaOf(env: Env, onWarning: OnWarning): KafkaSettings | null {
  const list = given(env, "KAFKA_BROKERS");
  if (list === undefined) return null;
  const brokers = list
    .split(",")
    .map((b) => b.trim())
    .filter((b) => b !== "");
  for (const broker of brokers)
    if (!/^(\[[0-9a-f:]+\]|[^\s:]+):\d{1,5}$/i.test(broker))
      throw new WrongUsage({ message: `KAFKA_BROKERS has "${broker}": give host:port, separated by commas` });
  if (brokers.length === 0) return null;

  const ca = fileOf(env, "KAFKA_CA_FILE");
  const cert = fileOf(env, "KAFKA_CERT_FILE");
  const key = fileOf(env, "KAFKA_KEY_FILE", onWarning);
  if ((cert === undefined) !== (key === undefined))
    throw new WrongUsage({
      message: "KAFKA_CERT_FILE and KAFKA_KEY_FILE go together: one of them is missing",
    });
  const pem = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key: Redacted.make(key) }),
  };
  const tls = flagOf(env, "KAFKA_TLS") || Object.keys(pem).length > 0 ? pem : null;

  const username = given(env, "KAFKA_USERNAME");
  const password = given(env, "KAFKA_PASSWORD") ?? fileOf(env, "KAFKA_PASSWORD_FILE", onWarning)?.trimEnd();
  const named = given(env, "KAFKA_SASL_MECHANISM");
  if (named === undefined && username === undefined && password === undefined)
    return { brokers, tls, sasl: null };
  const mechanism = MECHANISMS.find((m) => m === (named ?? "plain").toLowerCase());
  if (mechanism === undefined)
    throw new WrongUsage({ message: `KAFKA_SASL_MECHANISM is "${named}": one of ${MECHANISMS.join(", ")}` });
  if (username === undefined || password === undefined)
    throw new WrongUsage({
      message: `${username === undefined ? "KAFKA_USERNAME" : "KAFKA_PASSWORD or KAFKA_PASSWORD_FILE"} is missing: SASL needs a user and a password`,
    });
  if (mechanism === "plain" && tls === null)
    onWarning(
      "KAFKA_SASL_MECHANISM is plain and there is no TLS: the password can be read on the network; set KAFKA_TLS=1, or use scram-sha-512",
    );
  return { brokers, tls, sasl: { mechanism, username, password: Redacted.make(password) } };
}

function timeZoneOf(env: Env): string {
  const zone = given(env, "VENTES_TZ") ?? "Europe/Paris";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone && zone;
  } catch {
    throw new WrongUsage({ message: `VENTES_TZ is "${zone}": give a zone as Europe/Paris` });
  }
}

function currencyOf(env: Env): string {
  const currency = given(env, "VENTES_DEVISE") ?? "EUR";
  if (!/^[A-Z]{3}$/.test(currency))
    throw new WrongUsage({ message: `VENTES_DEVISE is "${currency}": give an ISO 4217 code as EUR` });
  return currency;
}

function partitionsOf(env: Env): number {
  const text = given(env, "VENTES_PARTITIONS");
  if (text === undefined) return DEFAULT_EVENT_PARTITIONS;
  const n = Number(text);
  if (!/^\d{1,4}$/.test(text) || n < 1 || n > 1_000)
    throw new WrongUsage({ message: `VENTES_PARTITIONS is "${text}": give a number from 1 to 1000` });
  return n;
}

function namespaceOf(flag: string | undefined, env: Env): string {
  const namespace = flag ?? given(env, "VENTES_NAMESPACE") ?? "ventes";
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(namespace))
    throw new WrongUsage({
      message: `the namespace is "${namespace}": letters, digits, dots, dashes and underscores only`,
    });
  return namespace;
}

/** Lines, in the variable or in the file that the other one names. */
function credentialsOf(env: Env, onWarning: OnWarning): readonly Credential[] {
  const inVariable = given(env, "VENTES_CREDENTIALS");
  const text = inVariable ?? fileOf(env, "VENTES_CREDENTIALS_FILE", onWarning);
  if (text === undefined) return [];
  try {
    return parseCredentials(text);
  } catch (error) {
    if (!(error instanceof BadCredentials)) throw error;
    const name = inVariable === undefined ? "VENTES_CREDENTIALS_FILE" : "VENTES_CREDENTIALS";
    throw new WrongUsage({ message: `${name}, line ${error.line}: ${error.message}` });
  }
}

/** The PEM of VENTES_CA_FILE. */
function authoritiesOf(env: Env): string | null {
  const name = "VENTES_CA_FILE";
  const text = fileOf(env, name);
  if (text === undefined) return null;
  if (!/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(text))
    throw new WrongUsage({
      message: `${name} is "${given(env, name)}": it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`,
    });
  return text;
}

/** As other programs read them, lower case first; a proxy without a scheme speaks HTTP. */
function proxiesOf(env: Env): ProxySettings {
  const either = (name: string) => given(env, name.toLowerCase()) ?? given(env, name);
  const proxy = (name: string): Redacted.Redacted | null => {
    const text = either(name);
    if (text === undefined) return null;
    const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new WrongUsage({
        message: `${name} is "${masked(url)}": give a proxy as http://proxy.example:3128`,
      });
    return Redacted.make(url, { label: masked(url) });
  };
  return { http: proxy("HTTP_PROXY"), https: proxy("HTTPS_PROXY"), none: either("NO_PROXY") ?? "" };
}

/** Throws WrongUsage, or Failed for a file that a variable names and that cannot be read. */
export function settingsOf(flags: CommonFlags, env: Env, onWarning: OnWarning = () => {}): SettingsShape {
  const language = given(env, "VENTES_LANG");
  if (language !== undefined && !/^(fr|en)/i.test(language))
    throw new WrongUsage({ message: `VENTES_LANG is "${language}": fr or en` });
  const log = given(env, "VENTES_LOG");
  if (log !== undefined && log !== "json" && log !== "text")
    throw new WrongUsage({ message: `VENTES_LOG is "${log}": json or text` });
  checkEndpoints(env);
  const every = flags.every ?? given(env, "VENTES_EVERY");
  const path = (name: string): string | null => {
    const text = given(env, name);
    return text === undefined ? null : resolve(text);
  };
  return {
    data: resolve(flags.data ?? given(env, "VENTES_DATA") ?? "data"),
    namespace: namespaceOf(flags.namespace, env),
    kafka: kafkaOf(env, onWarning),
    every:
      every === undefined
        ? 60_000
        : parseDuration(every, flags.every === undefined ? "VENTES_EVERY" : "--every"),
    timeZone: timeZoneOf(env),
    currency: currencyOf(env),
    partitions: partitionsOf(env),
    language: languageOf(env),
    files: path("VENTES_FILES"),
    allowPrivate: flags.allowPrivate === true || flagOf(env, "VENTES_ALLOW_PRIVATE"),
    credentials: credentialsOf(env, onWarning),
    proxies: proxiesOf(env),
    ca: authoritiesOf(env),
    sourcesFile: path("VENTES_SOURCES"),
    analyses: flags.analyses === undefined ? path("VENTES_ANALYSES") : resolve(flags.analyses),
    healthFile: path("VENTES_HEALTH_FILE"),
  };
}

/** Where the page listens. `explicit`: the port was given, so another may not replace it. */
export interface PageSettings {
  readonly host: string;
  readonly port: number;
  readonly explicit: boolean;
  readonly access: Access;
}

const DEFAULT_PORT = 8080;

export interface PageFlags {
  readonly port: string | undefined;
  readonly host: string | undefined;
}

export function pageSettingsOf(flags: PageFlags, env: Env, onWarning: OnWarning = () => {}): PageSettings {
  const variable = given(env, "VENTES_PORT");
  const host = flags.host ?? given(env, "VENTES_HOST") ?? "127.0.0.1";
  const access = accessOf(env, onWarning);
  if (flags.port !== undefined)
    return { host, port: parsePort(flags.port, "--port"), explicit: true, access };
  if (variable !== undefined)
    return { host, port: parsePort(variable, "VENTES_PORT"), explicit: true, access };
  return { host, port: DEFAULT_PORT, explicit: false, access };
}

/** A shorter token can be guessed. */
const LEAST_TOKEN = 16;

/** Who may read the page. A token is never a flag, because other users of the machine could see it. */
function accessOf(env: Env, onWarning: OnWarning): Access {
  const auth = given(env, "VENTES_AUTH");
  if (auth !== undefined && auth !== "none")
    throw new WrongUsage({ message: `VENTES_AUTH is "${auth}": set it to none, or leave it out` });
  const [name, token] =
    given(env, "VENTES_TOKEN") === undefined
      ? ["VENTES_TOKEN_FILE", fileOf(env, "VENTES_TOKEN_FILE", onWarning)?.trim()]
      : ["VENTES_TOKEN", given(env, "VENTES_TOKEN")];
  if (token === undefined) return { kind: auth === "none" ? "open" : "local" };
  if (auth === "none")
    throw new WrongUsage({ message: `VENTES_AUTH=none and ${name} contradict each other: leave one out` });
  if (!/^[!-~]+$/.test(token))
    throw new WrongUsage({ message: `${name}: a token is of letters, digits and signs, without a space` });
  if (token.length < LEAST_TOKEN)
    throw new WrongUsage({
      message: `${name} has ${token.length} characters: give at least ${LEAST_TOKEN}, for example of: openssl rand -hex 32`,
    });
  return { kind: "token", token: Redacted.make(token) };
}

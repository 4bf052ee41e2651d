/**
 * The settings, from flags and environment variables (a flag overrides its variable). The command line builds them once;
 * components take them as a service and do not read the environment. Secrets are Redacted, so that a printed or logged
 * settings object shows none; the code that sends a secret unwraps it.
 */
import { join } from "node:path";
import * as Context from "effect/Context";
import type { Redacted } from "effect/Redacted";
import type { Credential } from "./credentials.ts";

export type Language = "fr" | "en";

export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** Null: no TLS. The strings are PEM. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: Redacted } | null;
  readonly sasl: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: Redacted;
  } | null;
}

/** The URLs of the proxies for HTTP requests, which may hold a user and a password; null: no proxy. */
export interface ProxySettings {
  readonly http: Redacted | null;
  readonly https: Redacted | null;
  /** Hosts that are reached without a proxy, in the form of NO_PROXY. */
  readonly none: string;
}

export interface SettingsShape {
  /** The data directory, absolute. */
  readonly data: string;
  /** Prefix of topics and groups. */
  readonly namespace: string;
  /** Null: embedded, with the topics in DIR/events.db. */
  readonly kafka: KafkaSettings | null;
  /** Milliseconds between two polls of a source without an interval of its own. */
  readonly every: number;
  /** IANA name of the business time zone: days of sale and of publication are days in it. */
  readonly timeZone: string;
  /** ISO 4217. A database has one currency. */
  readonly currency: string;
  /** Number of partitions of the event topics; used when they are created. */
  readonly partitions: number;
  readonly language: Language;
  /** A source that was registered through Kafka may name files of this folder; null: no file. */
  readonly files: string | null;
  /** Whether redirects, entries of a catalogue and URLs of POST /sources may be on a private address. */
  readonly allowPrivate: boolean;
  /** The credentials of HTTP sources. */
  readonly credentials: readonly Credential[];
  readonly proxies: ProxySettings;
  /** Certificates of authorities that are trusted beside the known ones, for HTTP sources, in PEM; null: none. */
  readonly ca: string | null;
  /** The file that lists sources to register; null: none. */
  readonly sourcesFile: string | null;
  /** The folder of the analyses of one's own; null: `analyses` in the data directory. */
  readonly analyses: string | null;
  /** A file for health checks: a component sets its time each time it publishes its status; null: none. */
  readonly healthFile: string | null;
}

/** The folder of the analyses of one's own, which need not exist. */
export const analysesFolder = ({ analyses, data }: Pick<SettingsShape, "analyses" | "data">): string =>
  analyses ?? join(data, "analyses");

export class Settings extends Context.Service<Settings, SettingsShape>()("ventes/shared/Settings") {}

/** Default settings of an embedded pipeline in the directory `data`, for tests and programs. */
export const embeddedSettings = (data: string, more: Partial<SettingsShape> = {}): SettingsShape => ({
  data,
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
  ...more,
});

/**
 * What the program was told, by flags and environment (a flag wins). The command line builds it once; components
 * take it as a service and read no environment of their own.
 */
import * as Context from "effect/Context";
import type { Credential } from "./credentials.ts";

export type Language = "fr" | "en";

export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** null: plaintext. The strings are PEM. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | null;
  readonly sasl: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  } | null;
}

/** By whom HTTP requests go out; null: directly. */
export interface ProxySettings {
  readonly http: string | null;
  readonly https: string | null;
  /** Hosts that are reached directly, as NO_PROXY names them. */
  readonly none: string;
}

export interface SettingsShape {
  /** The data directory, absolute. */
  readonly data: string;
  /** Prefix of topics and groups. */
  readonly namespace: string;
  /** null: embedded, topics in DIR/events.db. */
  readonly kafka: KafkaSettings | null;
  /** Milliseconds between looks at a source that says nothing else. */
  readonly every: number;
  /** IANA name of the business zone: days of sale and of publication are days there. */
  readonly timeZone: string;
  /** ISO 4217. One a database. */
  readonly currency: string;
  /** Partitions of event topics, used when they are created. */
  readonly partitions: number;
  readonly language: Language;
  /** Folder whose files a source registered through Kafka may name; null: none. */
  readonly files: string | null;
  /** Whether what is discovered (redirects, entries of a catalogue, POST /sources) may be on a private address. */
  readonly allowPrivate: boolean;
  /** Secret: of sources that ask for them. */
  readonly credentials: readonly Credential[];
  readonly proxies: ProxySettings;
  /** The file that lists sources to register; null: none. */
  readonly sourcesFile: string | null;
  /** A file whose time is set at each state that a component publishes, for health checks; null: none. */
  readonly healthFile: string | null;
}

export class Settings extends Context.Service<Settings, SettingsShape>()("ventes/shared/Settings") {}

/** The settings of an embedded pipeline in `data`: what a test or a program starts from. */
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
  sourcesFile: null,
  healthFile: null,
  ...more,
});

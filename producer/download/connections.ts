/**
 * The connections of a producer, made with undici (only this folder imports it). One pool reaches any address, another
 * only public addresses; both directly or through the proxies of the environment. The owner closes them.
 *
 * A connection to public addresses only is checked three times: the host as written, the addresses of its name during
 * the connection, and the address of the socket. Through a proxy only the first two are possible (addresses.ts).
 */
import { getCACertificates } from "node:tls";
import * as Redacted from "effect/Redacted";
import { type Agent, buildConnector, EnvHttpProxyAgent } from "undici";
import type { Credential } from "#shared/runtime/credentials.ts";
import type { ProxySettings } from "#shared/runtime/settings.ts";
import { isPublicAddress, lookupAny, lookupPublic, NotPublic, type Resolve } from "./addresses.ts";
import { LIMITS, type Limits } from "./limits.ts";

const NO_PROXIES: ProxySettings = { http: null, https: null, none: "" };

/** The form of undici, for which the empty text is no proxy. */
const addressOf = (proxy: Redacted.Redacted | null): string => (proxy === null ? "" : Redacted.value(proxy));

export interface HttpClientOptions {
  readonly proxies?: ProxySettings;
  readonly credentials?: readonly Credential[];
  /** Certificates of authorities that are trusted beside the known ones, in PEM. */
  readonly ca?: string | null;
  /** Tests give smaller limits and their own names. */
  readonly limits?: Partial<Limits>;
  readonly resolve?: Resolve;
}

/** How long an idle connection stays open. */
const KEEP_ALIVE_MS = 10_000;
/** For each origin: at least as many as polls of it may run (hosts.ts), because further ones would wait for the slow ones. */
const CONNECTIONS = 48;

export class HttpClient {
  readonly limits: Limits;
  readonly credentials: readonly Credential[];
  readonly proxies: ProxySettings;
  readonly resolve: Resolve | undefined;
  /** The hosts whose last direct connection went to a private address. */
  readonly #private = new Set<string>();
  readonly #dispatchers: Readonly<Record<"any" | "public" | "direct", EnvHttpProxyAgent>>;

  constructor({
    proxies = NO_PROXIES,
    credentials = [],
    limits = {},
    resolve,
    ca = null,
  }: HttpClientOptions = {}) {
    this.limits = { ...LIMITS, ...limits };
    this.credentials = credentials;
    this.proxies = proxies;
    this.resolve = resolve;
    const { connectMs, headersMs, idleMs, headerBytes } = this.limits;
    const options: Agent.Options = {
      headersTimeout: headersMs,
      bodyTimeout: idleMs,
      maxHeaderSize: headerBytes,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connections: CONNECTIONS,
      // The tests of the limits cover HTTP/1.1 alone.
      allowH2: false,
    };
    const trusted = ca === null ? {} : { ca: [...getCACertificates("default"), ca] };
    const connector = (publicOnly: boolean) =>
      buildConnector({
        ...trusted,
        timeout: connectMs,
        allowH2: false,
        lookup: publicOnly ? lookupPublic(resolve) : lookupAny(resolve),
      });
    const toPublic = connector(true);
    const connectPublic: buildConnector.connector = (target, callback) =>
      toPublic(target, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        const { remoteAddress } = socket;
        if (remoteAddress !== undefined && isPublicAddress(remoteAddress)) return callback(null, socket);
        socket.destroy();
        return callback(new NotPublic(remoteAddress ?? "?"), null);
      });
    const through = {
      httpProxy: addressOf(proxies.http),
      httpsProxy: addressOf(proxies.https),
      noProxy: proxies.none,
      requestTls: trusted,
      proxyTls: trusted,
    };
    const none = { httpProxy: "", httpsProxy: "", noProxy: "*" };
    // undici uses `connect` for direct connections only, so a proxy itself may be at a private address.
    const toAny = connector(false);
    const connect: buildConnector.connector = (target, callback) =>
      toAny(target, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        const { remoteAddress } = socket;
        if (remoteAddress !== undefined && !isPublicAddress(remoteAddress))
          this.#private.add(target.hostname);
        else this.#private.delete(target.hostname);
        return callback(null, socket);
      });
    this.#dispatchers = {
      any: new EnvHttpProxyAgent({ ...options, ...through, connect }),
      public: new EnvHttpProxyAgent({ ...options, ...through, connect: connectPublic }),
      direct: new EnvHttpProxyAgent({ ...options, ...none, connect }),
    };
  }

  /** Whether the last connection to the host of a URL went to a private address. */
  reachedPrivately(url: URL): boolean {
    return this.#private.has(url.hostname);
  }

  /** Whether the request may use a proxy. If NO_PROXY excludes the host, the socket is checked as well. */
  mayProxy(url: URL): boolean {
    return (
      (url.protocol === "https:" ? (this.proxies.https ?? this.proxies.http) : this.proxies.http) !== null
    );
  }

  dispatcher(to: "any" | "public" | "direct"): EnvHttpProxyAgent {
    return this.#dispatchers[to];
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#dispatchers).map((dispatcher) => dispatcher.destroy()));
  }
}

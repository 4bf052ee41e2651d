/**
 * The connections of a producer, through undici (imported in this folder only): to any address, and to public ones
 * only; directly, or through the proxies of the environment. Close it with its owner.
 *
 * A public-only connection is checked three times: the host as it is written, what its name resolves to as the
 * connection is made, and the address of the socket. Through a proxy only the first two can be (addresses.ts).
 */
import { type Agent, buildConnector, EnvHttpProxyAgent } from "undici";
import type { Credential } from "#shared/runtime/credentials.ts";
import type { ProxySettings } from "#shared/runtime/settings.ts";
import { isPublicAddress, lookupAny, lookupPublic, NotPublic, type Resolve } from "./addresses.ts";
import { LIMITS, type Limits } from "./limits.ts";

const NO_PROXIES: ProxySettings = { http: null, https: null, none: "" };

export interface HttpClientOptions {
  readonly proxies?: ProxySettings;
  readonly credentials?: readonly Credential[];
  /** Smaller ones, and names of their own: of tests. */
  readonly limits?: Partial<Limits>;
  readonly resolve?: Resolve;
}

/** An answer that is not read to its end is not worth a connection. */
const KEEP_ALIVE_MS = 10_000;
const CONNECTIONS = 4;

export class HttpClient {
  readonly limits: Limits;
  readonly credentials: readonly Credential[];
  readonly proxies: ProxySettings;
  readonly resolve: Resolve | undefined;
  readonly #dispatchers: Readonly<Record<"any" | "public" | "direct", EnvHttpProxyAgent>>;

  constructor({ proxies = NO_PROXIES, credentials = [], limits = {}, resolve }: HttpClientOptions = {}) {
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
      // The limits were tried with HTTP/1.1.
      allowH2: false,
    };
    const connector = (publicOnly: boolean) =>
      buildConnector({
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
    const through = { httpProxy: proxies.http ?? "", httpsProxy: proxies.https ?? "", noProxy: proxies.none };
    const none = { httpProxy: "", httpsProxy: "", noProxy: "*" };
    // What is asked of a proxy's socket is the proxy's address: undici takes `connect` for direct ones only.
    const connect = connector(false);
    this.#dispatchers = {
      any: new EnvHttpProxyAgent({ ...options, ...through, connect }),
      public: new EnvHttpProxyAgent({ ...options, ...through, connect: connectPublic }),
      direct: new EnvHttpProxyAgent({ ...options, ...none, connect }),
    };
  }

  /** Whether a proxy may stand in between. NO_PROXY may still except this host: then the socket is checked as well. */
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

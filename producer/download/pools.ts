/**
 * The pools of connections, made with undici (only this folder imports it). One reaches any address, another only public
 * addresses; both directly or through the proxies of the environment. A third reaches any address, never through a proxy.
 *
 * A connection to public addresses only is checked three times: the host as written, the addresses of its name during
 * the connection, and the address of the socket. Through a proxy only the first two are possible (addresses.ts).
 *
 * They are in a file of their own, so that a producer that reads files alone does not load undici: a hundred modules, a
 * tenth of the processor time of a short run.
 */
import { getCACertificates } from "node:tls";
import * as Redacted from "effect/Redacted";
import { type Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import type { ProxySettings } from "#shared/runtime/settings.ts";
import { isPublicAddress, lookupAny, lookupPublic, NotPublic, type Resolve } from "./addresses.ts";
import type { Limits } from "./limits.ts";

/** The pools by what they reach; `direct`: any address, without a proxy. */
export type Reach = "any" | "public" | "direct";

/** The form of undici, for which the empty text is no proxy. */
const addressOf = (proxy: Redacted.Redacted | null): string => (proxy === null ? "" : Redacted.value(proxy));

export interface PoolOptions {
  readonly proxies: ProxySettings;
  readonly limits: Limits;
  readonly resolve: Resolve | undefined;
  readonly ca: string | null;
  /** Called after each direct connection to any address. */
  readonly onConnected: (host: string, isPrivate: boolean) => void;
}

/** How long an idle connection stays open. */
const KEEP_ALIVE_MS = 10_000;
/** For each origin: at least as many as polls of it may run (hosts.ts), because further ones would wait for the slow ones. */
const CONNECTIONS = 48;

export type RequestOptions = Omit<NonNullable<Parameters<typeof request>[1]>, "dispatcher">;

export class Pools {
  readonly #pools: Readonly<Record<Reach, EnvHttpProxyAgent>>;

  constructor({ proxies, limits, resolve, ca, onConnected }: PoolOptions) {
    const { connectMs, headersMs, idleMs, headerBytes } = limits;
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
        onConnected(target.hostname, remoteAddress !== undefined && !isPublicAddress(remoteAddress));
        return callback(null, socket);
      });
    this.#pools = {
      any: new EnvHttpProxyAgent({ ...options, ...through, connect }),
      public: new EnvHttpProxyAgent({ ...options, ...through, connect: connectPublic }),
      direct: new EnvHttpProxyAgent({ ...options, ...none, connect }),
    };
  }

  request(url: URL, to: Reach, options: RequestOptions): Promise<Dispatcher.ResponseData<unknown>> {
    return request(url, { ...options, dispatcher: this.#pools[to] });
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map((pool) => pool.destroy()));
  }
}

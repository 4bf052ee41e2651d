/** The HTTP client of a producer: its limits, credentials and pools of connections (pools.ts). The owner closes it. */
import type { Dispatcher } from "undici";
import type { Credential } from "#shared/runtime/credentials.ts";
import type { ProxySettings } from "#shared/runtime/settings.ts";
import type { Resolve } from "./addresses.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Pools, Reach, RequestOptions } from "./pools.ts";

const NO_PROXIES: ProxySettings = { http: null, https: null, none: "" };

export interface HttpClientOptions {
  readonly proxies?: ProxySettings;
  readonly credentials?: readonly Credential[];
  /** Certificates of authorities that are trusted beside the known ones, in PEM. */
  readonly ca?: string | null;
  /** Tests give smaller limits and their own names. */
  readonly limits?: Partial<Limits>;
  readonly resolve?: Resolve;
}

export class HttpClient {
  readonly limits: Limits;
  readonly credentials: readonly Credential[];
  readonly proxies: ProxySettings;
  readonly resolve: Resolve | undefined;
  /** The hosts whose last direct connection went to a private address. */
  readonly #private = new Set<string>();
  readonly #ca: string | null;
  /** Undefined until the first request. */
  #pools: Promise<Pools> | undefined;

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
    this.#ca = ca;
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

  /** Sends a request through a pool that reaches `to`. The first request loads undici and opens the pools. */
  async request(url: URL, to: Reach, options: RequestOptions): Promise<Dispatcher.ResponseData<unknown>> {
    this.#pools ??= this.#open();
    return (await this.#pools).request(url, to, options);
  }

  async #open(): Promise<Pools> {
    const { Pools } = await import("./pools.ts");
    return new Pools({
      proxies: this.proxies,
      limits: this.limits,
      resolve: this.resolve,
      ca: this.#ca,
      onConnected: (host, isPrivate) => {
        if (isPrivate) this.#private.add(host);
        else this.#private.delete(host);
      },
    });
  }

  async close(): Promise<void> {
    await (await this.#pools)?.close();
  }
}

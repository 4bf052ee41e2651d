/**
 * Which addresses a request may reach (invariant 10). A source that an operator registered may be at a private address.
 * The target of a redirect, and a discovered source, must be at a public one. The program checks the addresses that a
 * name resolves to, and connects to an address that it checked, because a second resolution could give another one.
 */
import { type LookupAddress, type LookupOptions, lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** Thrown for a connection to a private address. The message names the address. */
export class NotPublic extends Error {}

const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address is on the public Internet. An address that contains another one (6to4, Teredo, NAT64) is not,
 * because it may lead to a private network. Of IPv6, only the allocated range 2000::/3 is public.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  // The URL parser gives one spelling of an address, for example of IPv4 inside IPv6.
  const host = family === 6 ? `[${address}]` : address;
  if (family === 0 || !URL.canParse(`http://${host}/`)) return false;
  const parsed = ipaddr.process(hostOf(new URL(`http://${host}/`)));
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST as [ipaddr.IPv6, number]);
}

/** The host of a URL without the brackets of IPv6. The URL parser has normalized decimal, octal and hex hosts. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.+)\]$/, "$1");

/** Whether a host is this machine. Such a request never uses a proxy. */
export function isLoopbackHost(host: string): boolean {
  if (/^localhost\.?$|\.localhost\.?$/i.test(host)) return true;
  return isIP(host) !== 0 && ["loopback", "unspecified"].includes(ipaddr.process(host).range());
}

/** Like dns.lookup with `all`. Tests replace it. */
export type Resolve = (
  name: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const systemResolve: Resolve = (name, options, callback) => resolve(name, options, callback);

/** A lookup for net.connect. Fails with NotPublic when one of the addresses of a name is not public. */
export const lookupPublic =
  (resolve: Resolve = systemResolve): LookupFunction =>
  (name, options, callback) =>
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      const { private: refused, first } = split(addresses);
      if (refused !== undefined) return callback(new NotPublic(`${name} (${refused})`), "", 0);
      if (options.all) return callback(null, addresses);
      return callback(null, first?.address ?? "", first?.family ?? 0);
    });

/** A lookup for net.connect that allows any address. */
export const lookupAny =
  (resolve: Resolve = systemResolve): LookupFunction =>
  (name, options, callback) =>
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      if (options.all) return callback(null, addresses);
      return callback(null, addresses[0]?.address ?? "", addresses[0]?.family ?? 0);
    });

const split = (addresses: readonly LookupAddress[]) => ({
  private: addresses.find(({ address }) => !isPublicAddress(address))?.address,
  first: addresses[0],
});

/**
 * Throws NotPublic when the host is known, before the connection, not to be public. A host behind a proxy is resolved
 * here, because the socket shows only the proxy. A name that does not resolve here passes.
 */
export async function assertPublicHost(
  host: string,
  throughProxy: boolean,
  resolve?: Resolve,
): Promise<void> {
  if (isIP(host) !== 0) {
    if (!isPublicAddress(host)) throw new NotPublic(host);
    return;
  }
  if (isLoopbackHost(host)) throw new NotPublic(host);
  if (!throughProxy) return;
  const found = await new Promise<LookupAddress[]>((done) =>
    (resolve ?? systemResolve)(host, { all: true }, (error, addresses) =>
      done(error === null ? addresses : []),
    ),
  );
  if (found.length === 0) throw new NotPublic(`${host} (?)`);
  const refused = split(found).private;
  if (refused !== undefined) throw new NotPublic(`${host} (${refused})`);
}

/**
 * Which addresses a request may reach (invariant 10). What an operator registered may be private; where a redirect
 * leads, and what is discovered, must be public. Names are told by what they resolve to, and the connection is made
 * to an address that was checked: there is no second resolution in between that could answer something else.
 */
import { type LookupAddress, type LookupOptions, lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** Raised where a connection to a private address was asked for; says which. */
export class NotPublic extends Error {}

const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/**
 * True for an address of the public Internet. Addresses that carry another one (6to4, Teredo, NAT64) are not: who
 * holds them decides where they lead. Of IPv6 only what is given out (2000::/3) is.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  // In one spelling: IPv4 at the end of IPv6 is written as what it is a part of.
  const host = family === 6 ? `[${address}]` : address;
  if (family === 0 || !URL.canParse(`http://${host}/`)) return false;
  const parsed = ipaddr.process(hostOf(new URL(`http://${host}/`)));
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST as [ipaddr.IPv6, number]);
}

/** The host of a URL without the brackets of IPv6. The URL parser made decimal, octal and hex hosts dotted ones. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.+)\]$/, "$1");

/** This machine, whatever the network: never through a proxy. */
export function isLoopbackHost(host: string): boolean {
  if (/^localhost\.?$|\.localhost\.?$/i.test(host)) return true;
  return isIP(host) !== 0 && ["loopback", "unspecified"].includes(ipaddr.process(host).range());
}

/** As dns.lookup with `all`. Given by tests. */
export type Resolve = (
  name: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const systemResolve: Resolve = (name, options, callback) => resolve(name, options, callback);

/** For net.connect. A name that resolves to any address that is not public is refused, whatever else it resolves to. */
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

/** For net.connect: any address. */
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
 * Throws NotPublic unless the host is public as far as can be told before connecting. What is behind a proxy is
 * looked up here, since its socket shows only the proxy; a name that does not resolve here cannot be told.
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

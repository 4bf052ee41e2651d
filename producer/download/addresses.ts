/**
 * Which addresses a request may reach (invariant 10). What an operator registered may be private; where a redirect
 * leads must be of the same origin or public, told from the address actually connected to.
 */
import ipaddr from "ipaddr.js";

/** True for an address of the public Internet. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === "unicast";
}

import { describe, expect, it } from "vitest";
import { isLoopbackHost, isPublicAddress } from "./addresses.ts";

/** What is not the public Internet, by its reason. */
const PRIVATE: Readonly<Record<string, readonly string[]>> = {
  "this machine": ["127.0.0.1", "127.255.255.254", "::1", "0.0.0.0", "0.1.2.3", "::"],
  "private networks": [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "fc00::1",
    "fdff::1",
    "fec0::1",
  ],
  "link-local, where clouds keep their keys": ["169.254.169.254", "fe80::1", "fe80::a9fe:a9fe"],
  "carriers' NAT": ["100.64.0.1", "100.127.255.255"],
  "multicast and broadcast": ["224.0.0.1", "239.1.2.3", "255.255.255.255", "ff02::1", "ff0e::1"],
  "reserved, documentation, benchmarks": [
    "192.0.0.1",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "198.19.255.255",
    "240.0.0.1",
    "2001:db8::1",
    "2001:2::1",
    "100::1",
    "3fff::1",
  ],
  "IPv4 in IPv6": [
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:192.168.1.1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:0:127.0.0.1",
  ],
  "what leads to another address": [
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:808:808::",
    "2001:0:1::1",
  ],
  "not given out": ["4000::1", "1::1", "fe00::1"],
  "no address": ["", "x", "localhost", "1.2.3", "1.2.3.4.5", "[::1]", "8.8.8.8/8"],
};
const PUBLIC = [
  "8.8.8.8",
  "93.184.216.34",
  "1.1.1.1",
  "172.32.0.1",
  "100.128.0.1",
  "2606:2800:220:1::1",
  "2a00:1450::1",
  "::ffff:8.8.8.8",
];

describe("addresses", () => {
  for (const [reason, addresses] of Object.entries(PRIVATE))
    it(`not public: ${reason}`, () => expect(addresses.filter(isPublicAddress)).toEqual([]));
  it("public", () => expect(PUBLIC.filter((a) => !isPublicAddress(a))).toEqual([]));
  it("this machine, by any name", () => {
    const all = [
      "localhost",
      "LOCALHOST.",
      "a.localhost",
      "127.0.0.1",
      "127.9.9.9",
      "::1",
      "::ffff:127.0.0.1",
      "0.0.0.0",
    ];
    expect(all.filter((host) => !isLoopbackHost(host))).toEqual([]);
    expect(["localhost.example", "notlocalhost", "8.8.8.8", "10.0.0.1"].filter(isLoopbackHost)).toEqual([]);
  });
});

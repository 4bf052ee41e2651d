/** Downloads a URL or a path into a local file, within limits, and without a burden for its server. */
export { makeHttpClient } from "./client.ts";
export { HttpClient } from "./connections.ts";
export { fetchSource } from "./fetch.ts";
export { contentHash, type Fetched, isSameContent, Validators, validatorsOf } from "./fetched.ts";
export { type Hosts, makeHosts } from "./hosts.ts";
export { isUnder } from "./open-file.ts";
export { spoolPath, sweepSpool } from "./spool.ts";

/** A URL or path as a local file, asked for politely and within limits. */
export { makeHttpClient } from "./client.ts";
export { HttpClient } from "./connections.ts";
export { fetchSource } from "./fetch.ts";
export { contentHash, type Fetched, Validators, validatorsOf } from "./fetched.ts";
export { type Hosts, makeHosts } from "./hosts.ts";
export { isUnder } from "./open-file.ts";
export { spoolPath, sweepSpool } from "./spool.ts";

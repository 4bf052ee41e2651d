/** The downloads of a test: a folder, connections, and polls that each continue from the one before. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { HttpClient, type HttpClientOptions } from "../download/connections.ts";
import type { Fetched, Validators } from "../download/fetched.ts";
import { fetchHttp, type HttpOptions } from "../download/http.ts";
import { Partial as Begun } from "../download/partial.ts";
import { spoolPath } from "../download/spool.ts";
import { spoolFolder } from "../source/index.ts";

export class Downloads {
  readonly data: string;
  readonly client: HttpClient;
  /** The validators of the last poll that got a content or found it unchanged. */
  known: Validators | null = null;

  /** `data`: the data directory of another process; by default a new one. */
  constructor(options: HttpClientOptions = {}, data = mkdtempSync(join(tmpdir(), "ventes-download-"))) {
    this.data = data;
    this.client = new HttpClient(options);
  }

  async poll(
    source: string,
    more: Partial<HttpOptions> & { readonly goOn?: boolean } = {},
  ): Promise<Fetched> {
    const { goOn, ...options } = more;
    const fetched = await fetchHttp({
      client: this.client,
      source,
      spool: Effect.runSync(spoolPath(this.data)),
      partial: goOn === true ? new Begun(this.data, source, systemClock) : null,
      known: this.known,
      resumeFrom: null,
      trusted: "operator",
      allowPrivate: false,
      signal: new AbortController().signal,
      clock: systemClock,
      ...options,
    });
    this.known = fetched.validators;
    return fetched;
  }

  /** The files in the spool. */
  left(): readonly string[] {
    return readdirSync(spoolFolder(this.data)).sort();
  }

  async close(): Promise<void> {
    await this.client.close();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** The content that a poll brought, from the byte that it asked for. Removes it from the spool. */
export function taken(fetched: Fetched): string {
  if (fetched.kind === "unchanged") throw new Error("unchanged");
  const content = readFileSync(fetched.file).subarray(fetched.kind === "grown" ? fetched.start : 0);
  rmSync(fetched.file);
  return content.toString("utf8");
}

/** The page's server for tests: on a free port of this machine, over the database of a directory. */
import { type PageOptions, servePage } from "../serve.ts";

export const serveFrom = (dir: string, options: Partial<PageOptions> = {}) =>
  servePage({
    host: "127.0.0.1",
    access: { kind: "local" },
    port: 0,
    whenTaken: "fail",
    current: () => ({ dir, demo: false }),
    sources: () => [],
    ...options,
  });

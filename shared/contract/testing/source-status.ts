/** The status of a source, for tests. */
import type { SourceStatus } from "../status.ts";

/** The status of a source of sales that was not read yet. `more` replaces fields of it. */
export const sourceStatus = (source: string, more: Partial<SourceStatus>): SourceStatus => ({
  source,
  entities: ["ventes"],
  state: "new",
  reason: "",
  records: 0,
  emitted: 0,
  unchanged: 0,
  superseded: 0,
  rejected: 0,
  vanished: 0,
  rounded: 0,
  version: null,
  polled: null,
  changed: null,
  ...more,
});

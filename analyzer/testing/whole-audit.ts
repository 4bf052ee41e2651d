/** Runs a whole audit at once; product code runs it step by step. */

import type { Sqlite } from "#shared/database/sqlite.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { auditing, type Mended } from "../refresh/audit.ts";
import type { Refresher } from "../refresh/refresh.ts";

export function audit(db: Sqlite, refresher: Refresher): readonly Mended[] {
  const steps = auditing(db, refresher, systemClock);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** `ventes sources`: how each registered source stands. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { Invocation } from "../invocation.ts";
import { onLog, SHORT_PATIENCE } from "../log.ts";
import { listLine, table } from "../output/rows.ts";
import { isTerminal, print, printPiece } from "../output/stdout.ts";
import { followsNow, listWithStates, type SourceStanding } from "../source-list.ts";

const COLUMNS = [
  ...["source", "entities", "state", "records", "emitted", "unchanged", "rejected", "reason"],
  ...["looked", "changed", "next"],
];

export const sources = (_input: object, run: Invocation): Effect.Effect<void, DatabaseError | LogFailure> =>
  Effect.gen(function* () {
    const listed = yield* onLog(run, SHORT_PATIENCE)(Effect.flatMap(followsNow, listWithStates));
    if (run.json) {
      print(JSON.stringify(listed.map(asJson)));
      return;
    }
    const rows = listed.map(({ status: s }) => [
      s.source,
      s.entities.join(","),
      s.state,
      BigInt(s.records),
      BigInt(s.emitted),
      BigInt(s.unchanged),
      BigInt(s.rejected),
      s.reason,
      whole(s.looked),
      whole(s.changed),
      whole(s.next),
    ]);
    if (!isTerminal()) printPiece(rows.map(listLine).join(""));
    else print(rows.length === 0 ? run.texts.noSources() : table(COLUMNS, rows));
  });

/** An instant without its milliseconds; empty: there is none. */
const whole = (instant: string | null | undefined): string => (instant ?? "").replace(/\.\d+Z$/, "Z");

/** How it stands, with how it was registered, and which producer follows it. */
const asJson = ({ status, registration, said }: SourceStanding) => ({
  ...status,
  next: status.next ?? null,
  producer: said?.follows === true ? said.producer : null,
  every: registration.every,
  once: registration.once,
  duplicates: registration.duplicates,
  registered: registration.registered,
});

/** `ventes sources`: how each registered source stands. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { ListedSource } from "../../producer/sources.ts";
import type { Invocation } from "../invocation.ts";
import { onLog, SHORT_PATIENCE } from "../log.ts";
import { listLine, table } from "../output/rows.ts";
import { isTerminal, print, printPiece } from "../output/stdout.ts";
import { maskedStatus, visibleSource } from "../output/visible.ts";
import { howRead } from "../reading.ts";
import { listWithStates } from "../source-list.ts";

const COLUMNS = ["source", "entities", "state", "records", "emitted", "unchanged", "rejected", "reason"];

export const sources = (_input: object, run: Invocation): Effect.Effect<void, DatabaseError | LogFailure> =>
  Effect.gen(function* () {
    const listed = yield* onLog(run, SHORT_PATIENCE)(listWithStates);
    if (run.json) {
      print(JSON.stringify(listed.map(asJson)));
      return;
    }
    const rows = listed.map(({ status: s }) => [
      visibleSource(s.source),
      s.entities.join(","),
      s.state,
      BigInt(s.records),
      BigInt(s.emitted),
      BigInt(s.unchanged),
      BigInt(s.rejected),
      s.reason,
    ]);
    if (!isTerminal()) printPiece(rows.map(listLine).join(""));
    else {
      print(rows.length === 0 ? run.texts.noSources() : table(COLUMNS, rows));
      for (const { registration, announcement } of listed) {
        const how = howRead(registration, announcement, run.texts);
        if (how !== "") print(visibleSource(run.texts.howRead(registration.source, how)));
      }
    }
  });

/** How it stands, with how it was registered. */
const asJson = ({ status, registration, announcement }: ListedSource) => ({
  ...maskedStatus(status),
  every: registration.every,
  once: registration.once,
  duplicates: registration.duplicates,
  vanished: registration.vanished ?? null,
  idScope: registration.idScope ?? null,
  /** What was fixed, and how its last version was read. */
  reading: registration.reading ?? {},
  decisions: announcement?.reading ?? null,
  registered: registration.registered,
});

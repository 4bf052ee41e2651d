/** What the server adds to an answer of the read side. */
import * as Effect from "effect/Effect";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { isoOf } from "#shared/runtime/time.ts";
import type { View } from "./reads.ts";

export interface ServerParts {
  readonly settings: Pick<SettingsShape, "language" | "currency">;
  readonly current: () => View;
}

/** The answer with the time of the server, the currency, and whether its figures are those of the demo. */
export const completed = <A extends object, E>(
  read: Effect.Effect<A, E>,
  { settings, current }: ServerParts,
) =>
  Effect.flatMap(read, (answer) =>
    Effect.clockWith((clock) =>
      Effect.succeed({
        ...answer,
        now: isoOf(clock),
        demo: current().demo,
        currency: settings.currency,
      }),
    ),
  );

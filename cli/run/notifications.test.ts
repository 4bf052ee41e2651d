/** What happens to `start` when its alerts fail, or when another process sends them: nothing, and it is said. */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import { expect, it } from "vitest";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { parseDestination } from "../../notify/destination.ts";
import type { Invocation } from "../settings/invocation.ts";
import { notifierLock } from "../settings/locks.ts";
import type { NotifySettings } from "../settings/notify-settings.ts";
import { textsIn } from "../texts/texts.ts";
import { notifying } from "./notifications.ts";
import { newView } from "./view.ts";

const SETTINGS: NotifySettings = {
  destinations: [parseDestination("http://127.0.0.1:1/hook")],
  limits: { afterMs: 0, staleMs: null, rejects: null, sale: null },
};

/** Runs the alerts of a new data directory; `broken` tells whether what they observe throws. */
const world = () => {
  const settings = embeddedSettings(scratchDirectory());
  const run = { texts: textsIn("en"), settings } as unknown as Invocation;
  const state = { broken: true };
  const view = Object.defineProperty(newView({ dir: settings.data, demo: false }), "sources", {
    get: () => {
      if (state.broken) throw new Error("a defect of the alerts");
      return [];
    },
  });
  const during = (steps: Effect.Effect<void>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(notifying(SETTINGS, view, run), { startImmediately: true });
      yield* Effect.promise(() => import("../../notify/run.ts"));
      yield* steps;
      expect(fiber.pollUnsafe()).toBeUndefined();
      yield* Fiber.interrupt(fiber);
    }).pipe(
      Effect.provideService(Settings, settings),
      Effect.provide(TestClock.layer()),
      Effect.scoped,
      Effect.runPromise,
    );
  return { settings, state, view, during };
};

/** Lets the test's clock go on until the alerts say this. */
const says = (view: { readonly alerts: string }, expected: RegExp, stepMs: number) =>
  Effect.gen(function* () {
    for (let i = 0; i < 2_000 && !expected.test(view.alerts); i++) {
      yield* TestClock.adjust(stepMs);
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)));
    }
    expect(view.alerts).toMatch(expected);
  });

it("a defect parks the alerts, which the status says, and they go on later", async () => {
  const { view, state, during } = world();
  await during(
    Effect.gen(function* () {
      yield* says(view, /unforeseen error/, 100);
      state.broken = false;
      yield* says(view, /^$/, 60_000);
    }),
  );
});

it("alerts that wait for another process say so, and begin when it ends", async () => {
  const { view, state, during, settings } = world();
  state.broken = false;
  await during(
    Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.andThen(
          Effect.orDie(notifierLock(settings.data)),
          says(view, /another process notifies/, 100),
        ),
      );
      yield* says(view, /^$/, 1_000);
    }),
  );
});

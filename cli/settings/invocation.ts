/** What every command gets: the settings, the language's texts, and the common flags. */
import * as Effect from "effect/Effect";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { say } from "../output/stdout.ts";
import { type Texts, textsIn } from "../texts/texts.ts";
import type { Failed, WrongUsage } from "./errors.ts";
import type { Env } from "./language.ts";
import { closeDataDirectory } from "./private.ts";
import { type CommonFlags, settingsOf } from "./settings.ts";

export interface Invocation {
  readonly settings: SettingsShape;
  /** --json */
  readonly json: boolean;
  /** --every in ms: the interval of the source that the command registers; null: not given. */
  readonly every: number | null;
  readonly env: Env;
  readonly texts: Texts;
}

export const invocation = (
  flags: CommonFlags & { readonly json: boolean },
  env: Env,
): Effect.Effect<Invocation, WrongUsage | Failed> =>
  Effect.try({
    try: () => {
      const settings = settingsOf(flags, env, (warning) => say(`ventes: ${warning}`));
      const closed = closeDataDirectory(settings.data, settings.language);
      if (closed !== undefined) say(`ventes: ${closed}`);
      return {
        settings,
        json: flags.json,
        every: flags.every === undefined ? null : settings.every,
        env,
        texts: textsIn(settings.language),
      };
    },
    catch: (error) => error as WrongUsage | Failed,
  });

/** What every command gets: the settings, the language's texts, and the common flags. */
import * as Effect from "effect/Effect";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { say } from "../output/stdout.ts";
import { type Texts, textsIn } from "../texts/texts.ts";
import type { Failed, WrongUsage } from "./errors.ts";
import type { Env } from "./language.ts";
import { type NotifyFlags, type NotifySettings, notifySettingsOf } from "./notify-settings.ts";
import { closeDataDirectory } from "./private.ts";
import {
  type CommonFlags,
  type PageFlags,
  type PageSettings,
  pageSettingsOf,
  settingsOf,
} from "./settings.ts";

export interface Invocation {
  readonly settings: SettingsShape;
  /** --json */
  readonly json: boolean;
  /** --every in ms: the interval of the source that the command registers; null: not given. */
  readonly every: number | null;
  /** Where the page listens and who may read it. Throws WrongUsage, or Failed for a file that cannot be read. */
  readonly page: (flags: PageFlags) => PageSettings;
  /** Where alerts go, and from which limits on. Throws like `page`. */
  readonly notify: (flags: NotifyFlags) => NotifySettings;
  readonly texts: Texts;
}

export const invocation = (
  flags: CommonFlags & { readonly json: boolean },
  env: Env,
): Effect.Effect<Invocation, WrongUsage | Failed> =>
  Effect.try({
    try: () => {
      const warn = (warning: string): void => say(`ventes: ${warning}`, "warning");
      const settings = settingsOf(flags, env, warn);
      const closed = closeDataDirectory(settings.data, settings.language);
      if (closed !== undefined) warn(closed);
      return {
        settings,
        json: flags.json,
        every: flags.every === undefined ? null : settings.every,
        // The environment itself is full of secrets, so it is not kept.
        page: (flags) => pageSettingsOf(flags, env, warn),
        notify: (flags) => notifySettingsOf(flags, env, warn),
        texts: textsIn(settings.language),
      };
    },
    catch: (error) => error as WrongUsage | Failed,
  });

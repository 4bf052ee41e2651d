/** The settings of notifications, from flags and environment variables. */
import { BadDestination, type Destination, parseDestination } from "../../notify/destination.ts";
import type { Limits } from "../../notify/verdicts.ts";
import { WrongUsage } from "./errors.ts";
import type { Env } from "./language.ts";
import { fileOf, given, type OnWarning, parseDuration } from "./settings.ts";

/** Where alerts go, and from which limits on. Without destinations none are sent. */
export interface NotifySettings {
  readonly destinations: readonly Destination[];
  readonly limits: Limits;
}

export interface NotifyFlags {
  /** --notify */
  readonly notify: readonly string[];
}

const HOUR_MS = 3_600_000;

/** The destinations of the flags, or of the variable or its file, one a line. Throws WrongUsage, or Failed for a file. */
export function notifySettingsOf(
  { notify }: NotifyFlags,
  env: Env,
  onWarning: OnWarning = () => {},
): NotifySettings {
  const lines = (text: string | undefined): readonly string[] =>
    (text ?? "").split(/\r?\n/).filter((line) => line.trim() !== "" && !line.trim().startsWith("#"));
  const [name, texts] =
    notify.length > 0
      ? ["--notify", notify]
      : given(env, "VENTES_NOTIFY") !== undefined
        ? ["VENTES_NOTIFY", lines(env.VENTES_NOTIFY)]
        : ["VENTES_NOTIFY_FILE", lines(fileOf(env, "VENTES_NOTIFY_FILE", onWarning))];
  const parsed = texts.map((text, index) => destinationOf(text, `${name}, number ${index + 1}`));
  return {
    // One that is given twice gets each message once.
    destinations: [...new Map(parsed.map((one) => [one.id, one])).values()],
    limits: {
      afterMs: durationOf(env, "VENTES_NOTIFY_AFTER", 120_000),
      staleMs: durationOf(env, "VENTES_NOTIFY_STALE", 72 * HOUR_MS) || null,
      rejects: limitOf(env, "VENTES_NOTIFY_REJECTS", 100),
      sale: limitOf(env, "VENTES_NOTIFY_SALE", 0),
    },
  };
}

function destinationOf(text: string, where: string): Destination {
  try {
    return parseDestination(text);
  } catch (error) {
    if (!(error instanceof BadDestination)) throw error;
    throw new WrongUsage({ message: `${where}: ${error.message}` });
  }
}

/** Milliseconds of a duration, which may be 0. */
function durationOf(env: Env, name: string, byDefault: number): number {
  const text = given(env, name);
  if (text === undefined) return byDefault;
  return text === "0" ? 0 : parseDuration(text, name);
}

/** A limit; 0: null, there is none. */
function limitOf(env: Env, name: string, byDefault: number): number | null {
  const text = given(env, name) ?? String(byDefault);
  if (!/^\d{1,12}$/.test(text))
    throw new WrongUsage({ message: `${name} is "${text}": give a whole number` });
  return text === "0" ? null : Number(text);
}

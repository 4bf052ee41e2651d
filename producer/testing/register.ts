/** Registers a file of the pipeline's folder as `ventes sources add` does, by the flags of the command. */
import * as Effect from "effect/Effect";
import type { Registration } from "#shared/contract/source-records.ts";
import { type RegisterOptions, registerSource } from "../admin/register.ts";
import { parseReadingFlags, type ReadingFlags } from "../version/reading-flags.ts";
import type { Pipeline } from "./pipeline.ts";

/** The flags as typed, and the options of a registration that are not about reading. */
export type AddFlags = ReadingFlags & Omit<RegisterOptions, "reading">;

const registered = (pipeline: Pipeline, name: string, flags: AddFlags) =>
  registerSource(pipeline.pathOf(name), { ...flags, reading: parseReadingFlags(flags) });

export const addFile = (pipeline: Pipeline, name: string, flags: AddFlags = {}): Promise<Registration> =>
  pipeline.run(registered(pipeline, name, flags));

/** `code: sentence` of the error with which the file is refused. */
export const refusalOf = async (pipeline: Pipeline, name: string, flags: AddFlags): Promise<string> => {
  const error = await pipeline.run(Effect.flip(registered(pipeline, name, flags)));
  return error._tag === "SourceError" ? `${error.code}: ${error.sentence}` : String(error);
};

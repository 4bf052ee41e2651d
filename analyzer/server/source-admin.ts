/** What the server does with sources for a browser that may write. The caller of the server gives it. */
import type * as Effect from "effect/Effect";
import type { Language } from "#shared/runtime/settings.ts";
import type { Done, InspectAnswer, Request, WithdrawalAnswer } from "../api/writes.ts";
import type { NotDone } from "./not-done.ts";

type Answers = { readonly inspect: InspectAnswer; readonly withdrawal: WithdrawalAnswer };

type Act<Name extends keyof typeof Request> = (
  request: (typeof Request)[Name]["Type"],
) => Effect.Effect<Name extends keyof Answers ? Answers[Name] : Done, NotDone>;

/** The acts of analyzer/api/writes.ts, with sentences in one language. */
export type SourceActs = { readonly [Name in keyof typeof Request]: Act<Name> };

export type SourceAdmin = (language: Language) => SourceActs;

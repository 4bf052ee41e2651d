/** A command's settings and texts in the language of a reader of the page. */
import type { Language } from "#shared/runtime/settings.ts";
import type { Invocation } from "../settings/invocation.ts";
import { textsIn } from "../texts/texts.ts";

export const inLanguage = (run: Invocation, language: Language): Invocation => ({
  ...run,
  settings: { ...run.settings, language },
  texts: textsIn(language),
});

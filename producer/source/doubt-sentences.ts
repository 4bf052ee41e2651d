/** The sentences of doubts and of the ways to decide them. Programs read the codes, so a code never changes. */
import type { Language } from "#shared/runtime/settings.ts";

/** What the sentence of a doubt needs, and examples of the file. */
export interface DoubtDetails {
  readonly what?: string;
  readonly more?: string;
  readonly count?: number;
  readonly of?: number;
  /** At most 5 lines or values of the file. */
  readonly examples?: readonly string[];
}

type Sentence = Readonly<Record<Language, (d: DoubtDetails) => string>>;

/** Each is a clause about "this version". */
export const DOUBT_SENTENCES = {
  "vanished.many": {
    fr: (d) => `elle supprimerait ${d.count} lignes sur ${d.of}`,
    en: (d) => `it would delete ${d.count} rows of ${d.of}`,
  },
} as const satisfies Record<string, Sentence>;

/** Each completes "CHOICE: COMMAND". */
export const CHOICE_SENTENCES = {
  delete: { fr: "pour les supprimer", en: "to delete them" },
  keep: { fr: "pour les garder, maintenant et plus tard", en: "to keep them, now and later" },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

/** A rule that is broken on purpose. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** What it breaks, in words. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** The kind of lives of files that shows it. Absent: histories, or lives against rule 9 alone. */
  readonly kind?: string;
  /** Histories: of these steps alone. Absent: of all kinds. */
  readonly only?: readonly string[];
  /** Seeds within which it must be found: of histories, or of lives. */
  readonly within: number;
  /** A seed that shows it, so that a test need not search. */
  readonly shownBy: number;
}

/** The edited text. Throws when what is to be replaced does not stand there exactly once. */
export function edited(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(
      `the mutant's text stands in ${file} ${parts.length - 1} times, not once: mend the mutant: ${find}`,
    );
  return parts.join(replace);
}

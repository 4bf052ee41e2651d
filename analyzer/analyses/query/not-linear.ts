/** A sentence in both languages of the program. */
export interface Words {
  readonly fr: string;
  readonly en: string;
}

/** Why a query cannot be kept by delta: the part of it that is not linear in ventes. */
export class NotLinear extends Error {
  readonly words: Words;
  constructor(fr: string, en: string) {
    super(en);
    this.words = { fr, en };
  }
}

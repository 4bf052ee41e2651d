/** Rule 9 on lives of files whose truth is known: the rows are what the publisher last said of each sale, or the version is held. */
import { describe, expect, it } from "vitest";
import { PUBLISHERS } from "../testing/lives.ts";
import { playLife, type Told } from "../testing/rule-lives.ts";

const LIVES = Number(process.env.VENTES_TEST_SEEDS ?? 60);

function play(name: string, options: { readonly mistakes: number; readonly hasIds: boolean }): Told {
  const told: Told = { versions: 0, held: 0, wrong: [] };
  for (let seed = 1; seed <= LIVES; seed++) playLife(PUBLISHERS[name] as never, seed, options, told);
  return told;
}

describe("in no life is a sale counted wrongly in silence", () => {
  for (const hasIds of [false, true])
    for (const name of Object.keys(PUBLISHERS)) {
      const of = `${name}${hasIds ? ", with ids" : ""}`;
      it(`${of}: without mistakes, and few versions are held`, () => {
        const { wrong, versions, held } = play(name, { mistakes: 0, hasIds });
        expect(wrong).toEqual([]);
        expect(held / versions).toBeLessThan(0.05);
      });
      it(`${of}: with mistakes that are mended`, () => {
        const { wrong } = play(name, { mistakes: 4, hasIds });
        expect(wrong).toEqual([]);
      });
    }
});

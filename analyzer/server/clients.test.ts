import { expect, it } from "vitest";
import { GUESS_WAIT_MS, Guesses, Places } from "./clients.ts";

it("one client takes at most half of the places, and all clients together no more than there are", () => {
  const places = new Places(4);
  const take = (client: string): boolean => {
    const free = places.isFree(client);
    if (free) places.take(client);
    return free;
  };
  expect(["a", "a", "a", "b", "c", "c"].map(take)).toEqual([true, true, false, true, true, false]);
  places.free("a");
  expect(["c", "a"].map(take)).toEqual([true, false]);
});

it("the sixth wrong token within a minute is told of, and waits as those after it; later it is forgotten", () => {
  const guesses = new Guesses();
  const seen = Array.from({ length: 8 }, (_, i) => guesses.wrong("a", i * 1_000));
  expect(seen.map(({ waitMs }) => waitMs)).toEqual([
    0,
    0,
    0,
    0,
    0,
    GUESS_WAIT_MS,
    GUESS_WAIT_MS,
    GUESS_WAIT_MS,
  ]);
  expect(seen.map(({ told }) => told).indexOf(true)).toBe(5);
  expect(seen.filter(({ told }) => told)).toHaveLength(1);
  expect(guesses.wrong("b", 8_000)).toEqual({ waitMs: 0, told: false });
  expect(guesses.wrong("a", 61_000)).toEqual({ waitMs: 0, told: false });
});

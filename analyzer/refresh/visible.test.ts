import { expect, it } from "vitest";
import { Visibility } from "./visible.ts";

const AT = "2026-03-02T10:00:00.000Z";
const NOW = Date.parse(AT);

it("tells the time from the publication to the refresh that has the commit, whichever comes first", () => {
  const told: number[] = [];
  const visibility = new Visibility((ms) => told.push(ms));
  visibility.announced({ commit: 1, published: AT });
  visibility.announced({ commit: 2, published: AT });
  visibility.announced({ commit: 4, published: AT });
  expect(told).toEqual([]);
  visibility.reached(3, NOW + 500);
  expect(told).toEqual([500, 500]);
  // The refresh had it already: the event comes late.
  visibility.announced({ commit: 3, published: AT });
  visibility.reached(4, NOW + 900);
  expect(told).toEqual([500, 500, 500, 900]);
});

it("tells nothing of a commit whose publication is not known, and keeps no more than it must", () => {
  const told: number[] = [];
  const visibility = new Visibility((ms) => told.push(ms));
  visibility.announced({ commit: 1 });
  visibility.announced({ commit: 2, published: "soon" });
  for (let commit = 3; commit < 5_000; commit++) visibility.announced({ commit, published: AT });
  visibility.reached(5_000, NOW);
  expect(told).toHaveLength(1_000);
});

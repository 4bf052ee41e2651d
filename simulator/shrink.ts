/**
 * Shortens a failing history: leaves steps out as long as the rest still fails. Without a step the random numbers differ,
 * and a race may be missed, so each attempt plays a few interleavings.
 */
import type { History } from "./history.ts";

const SCHEDULES = 3;

/** `fails`: whether this history shows a violation. `most`: histories played at most. */
export function shrink(history: History, fails: (history: History) => boolean, most = 300): History {
  let best = history;
  let left = most;
  const attempt = (candidate: History): boolean => {
    for (let other = 0; other < SCHEDULES && left > 0; other++) {
      left--;
      const played = { ...candidate, schedule: candidate.schedule + other * 7919 };
      if (!fails(played)) continue;
      best = played;
      return true;
    }
    return false;
  };
  // Fewer events of others, no readers, fewer faults of the log: each alone.
  for (const change of [
    { reads: 0 },
    { faults: { ...best.faults, uncertain: 0 } },
    { faults: { ...best.faults, gap: 0, endsEarly: 0 } },
    { faults: { ...best.faults, again: 0 } },
  ])
    attempt({ ...best, ...change });
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < best.steps.length && left > 0; )
      if (!attempt({ ...best, steps: [...best.steps.slice(0, from), ...best.steps.slice(from + size)] }))
        from += size;
  for (let events = Math.floor(best.events / 2); events > 0 && attempt({ ...best, events }); )
    events = Math.floor(events / 2);
  return best;
}

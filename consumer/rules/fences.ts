/**
 * Fences (rule 20): for one partition and source, an event of an older version than one seen there does not count. So
 * a producer that was asleep and wakes, after another has taken its source over, changes nothing. The number holds
 * for the partition, not for a key: what a version withdrew must not come back under a key that it never named.
 */

/** The highest version that a partition has seen of a source. An event and a fence both raise it. */
export type Fence = number;

/** Before the first event of a source; versions are offsets, from 0. */
export const NO_FENCE: Fence = -1;

/** Whether an event of `version` counts behind the fence. */
export const isCurrent = (fence: Fence, version: number): boolean => version >= fence;

/** The fence after an event or fence of `version`. */
export const raiseFence = (fence: Fence, version: number): Fence => (version > fence ? version : fence);

/**
 * Fences (rule 20): in one partition, an event does not count if its version is lower than the highest version of its
 * source there. So a producer that pauses, and goes on after another producer has taken its source over, changes
 * nothing. A fence is for the whole partition, not for one key: an old event must not bring back a key that the newer
 * version withdrew and that no later event names.
 */

/** The highest version of a source in a partition. Row, delete and fence events raise it. */
export type Fence = number;

/** Before the first event of a source; versions are offsets, from 0. */
export const NO_FENCE: Fence = -1;

/** Whether an event of `version` counts after this fence. */
export const isCurrent = (fence: Fence, version: number): boolean => version >= fence;

/** The fence after an event of `version`, whatever its kind. */
export const raiseFence = (fence: Fence, version: number): Fence => (version > fence ? version : fence);

/** How SQLite stores an exact sum. */
import { MAX_MILLIONTHS } from "#shared/contract/numbers.ts";

/** A sum beyond 64 bits (a column of barcodes taken for quantities) is stored as the nearest double. */
export const storedSum = (sum: bigint): bigint | number =>
  sum > MAX_MILLIONTHS || sum < -MAX_MILLIONTHS ? Number(sum) : sum;

/** What a download may cost, as data. Tests give smaller ones. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** What downloads leave free of the disk that the spool is on. */
export interface Reserve {
  /** Bytes, or this part of the disk where that is more; */
  readonly least: number;
  readonly part: number;
  /** but no more than so many bytes, of a large disk, and no more than this part of a small one. */
  readonly most: number;
  readonly mostPart: number;
  /** Content up to this size is not held to it. */
  readonly smallBytes: number;
  /** The disk is looked at each time that so much was written. */
  readonly pollEvery: number;
}

export interface Limits {
  /** Largest content of a source, unpacked. */
  readonly bytes: number;
  /** Largest headers of an answer. */
  readonly headerBytes: number;
  readonly redirects: number;
  /** Until a connection stands, until all headers are there, and between two pieces of a body. */
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
  /**
   * A body may take `graceMs` and a second more for each `bytesPerSecond`, but never more than `totalMs`: who sends
   * a byte a minute would hold a place among the connections for years, and idle time alone never ends it.
   */
  readonly graceMs: number;
  readonly bytesPerSecond: number;
  readonly totalMs: number;
  /** Content may grow this much by unpacking, beyond `inflationFrom`: no CSV compresses better. */
  readonly inflation: number;
  readonly inflationFrom: number;
  /** Entries of a zip: its directory is read into memory. */
  readonly zipEntries: number;
  readonly reserve: Reserve;
}

export const LIMITS: Limits = {
  // A hundred million sales.
  bytes: 20 * KIB * MIB,
  // Twice what common servers send at most.
  headerBytes: 16 * KIB,
  redirects: 5,
  connectMs: 10_000,
  headersMs: 30_000,
  idleMs: 60_000,
  graceMs: 5 * 60_000,
  // A modem of 1995; whatever is slower is not a line but a trick.
  bytesPerSecond: 2 * KIB,
  // 20 GiB at half a megabyte a second; what is cut goes on where it stopped, where the server lets it.
  totalMs: 12 * 3_600_000,
  inflation: 1_000,
  inflationFrom: MIB,
  zipEntries: 10_000,
  reserve: {
    // Days of commits and checkpoints of a small company.
    least: 256 * MIB,
    part: 1 / 20,
    most: 4 * KIB * MIB,
    mostPart: 1 / 10,
    smallBytes: MIB,
    pollEvery: MIB,
  },
};

/** How long a body may have taken when `received` bytes of it are there. */
export const allowedMs = (limits: Limits, received: number): number =>
  Math.min(limits.totalMs, limits.graceMs + (received / limits.bytesPerSecond) * 1000);

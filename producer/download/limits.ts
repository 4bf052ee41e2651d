/** The limits of downloads. Tests give smaller ones. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** How much of the spool's disk downloads leave free. */
export interface Reserve {
  /** `least` bytes, or this part of the disk if that is more; */
  readonly least: number;
  readonly part: number;
  /** but at most `most` bytes, and at most `mostPart` of the disk. */
  readonly most: number;
  readonly mostPart: number;
  /** Content up to this size, in bytes, may use the reserve. */
  readonly smallBytes: number;
  /** The free space is checked each time that this many bytes were written. */
  readonly pollEvery: number;
}

export interface Limits {
  /** Largest content of a source, unpacked. */
  readonly bytes: number;
  /** Largest headers of an answer. */
  readonly headerBytes: number;
  readonly redirects: number;
  /** The longest times, in milliseconds: for a connection, for the headers, and between two pieces of a body. */
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
  /**
   * A body may take `graceMs` and one second more for each `bytesPerSecond`, but at most `totalMs`. Otherwise a server
   * that sends a byte a minute could keep a connection for years, because it is never idle for long.
   */
  readonly graceMs: number;
  readonly bytesPerSecond: number;
  readonly totalMs: number;
  /**
   * Content beyond `inflationFrom` bytes may be at most this many times what came over the wire, however many layers it
   * was packed in. No CSV compresses better.
   */
  readonly inflation: number;
  readonly inflationFrom: number;
  /** How many encodings an answer may have, one in the other. */
  readonly encodings: number;
  /** The most entries of a zip, and bytes of its directory, because both are read into memory. */
  readonly zipEntries: number;
  readonly zipDirectoryBytes: number;
  /** The most interim answers (status 1xx) before one. */
  readonly interim: number;
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
  // The speed of a modem of 1995. A slower server is probably an attack.
  bytesPerSecond: 2 * KIB,
  // 20 GiB at half a megabyte a second. A download that is cut continues at the next poll, if the server allows it.
  totalMs: 12 * 3_600_000,
  inflation: 1_000,
  inflationFrom: MIB,
  encodings: 2,
  zipEntries: 10_000,
  zipDirectoryBytes: 4 * MIB,
  interim: 10,
  reserve: {
    // Enough for some days of commits and checkpoints of a small company.
    least: 256 * MIB,
    part: 1 / 20,
    most: 4 * KIB * MIB,
    mostPart: 1 / 10,
    smallBytes: MIB,
    pollEvery: MIB,
  },
};

/** The longest time, in milliseconds, for the first `received` bytes of a body. */
export const allowedMs = (limits: Limits, received: number): number =>
  Math.min(limits.totalMs, limits.graceMs + (received / limits.bytesPerSecond) * 1000);

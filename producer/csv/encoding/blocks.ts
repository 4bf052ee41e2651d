/** Reads a file block by block. */
import { readSync } from "node:fs";

const BLOCK_BYTES = 256 * 1024;

/** The bytes of a file from `from` on. Each block is overwritten by the next. */
export function* blocksOf(fd: number, from = 0, blockBytes = BLOCK_BYTES): Generator<Buffer, void> {
  const block = Buffer.allocUnsafe(blockBytes);
  for (let position = from; ; ) {
    const got = readSync(fd, block, 0, block.length, position);
    if (got === 0) return;
    position += got;
    yield block.subarray(0, got);
  }
}

/** What is counted over all blocks of a file: `add` takes them in order, `end` follows the last. */
export interface Survey {
  readonly add: (block: Buffer) => void;
  readonly end: () => unknown;
}

/** Surveys a whole file, and returns the survey. Yields between blocks. */
export function* surveyFile<S extends Survey>(fd: number, survey: S): Generator<void, S> {
  for (const block of blocksOf(fd)) {
    survey.add(block);
    yield;
  }
  survey.end();
  return survey;
}

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

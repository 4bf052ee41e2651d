/** The bytes of a file, block by block; each is overwritten by the next. */
import { readSync } from "node:fs";

const BLOCK_BYTES = 256 * 1024;

export function* blocksOf(fd: number, from = 0, blockBytes = BLOCK_BYTES): Generator<Buffer, void> {
  const block = Buffer.allocUnsafe(blockBytes);
  for (let position = from; ; ) {
    const got = readSync(fd, block, 0, block.length, position);
    if (got === 0) return;
    position += got;
    yield block.subarray(0, got);
  }
}

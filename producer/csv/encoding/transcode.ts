/** Copies a file that has another encoding to a file in UTF-8, block by block. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { SourceRefusal } from "../../source/index.ts";
import { blocksOf } from "./blocks.ts";
import { TextSurvey } from "./text-survey.ts";

const BLOCK_BYTES = 64 * 1024;

/**
 * Writes `fd` from the byte `mark` on to a new file `copy`, and returns the survey of its text. Yields between
 * blocks. Throws SourceRefusal (source.undecodable) at bytes that are not of the encoding, and then removes the copy.
 */
export function* transcode(
  fd: number,
  encoding: string,
  mark: number,
  copy: string,
): Generator<void, TextSurvey> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const survey = new TextSurvey();
  const to = openSync(copy, "wx");
  let line = 1;
  let done = false;
  // One buffer serves all blocks: the garbage collector would be late to free one for each. A byte of a block
  // becomes three bytes of UTF-8 at most.
  const out = Buffer.allocUnsafe(4 * BLOCK_BYTES);
  const write = (text: string) => {
    const bytes = out.subarray(0, out.write(text, "utf8"));
    for (let at = 0; at < bytes.length; ) at += writeSync(to, bytes, at);
    survey.add(bytes);
  };
  const decode = (block: Buffer | undefined): string => {
    try {
      return block === undefined ? decoder.decode() : decoder.decode(block, { stream: true });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const readable = block === undefined ? "" : new TextDecoder(encoding).decode(block);
      line += readable.slice(0, readable.indexOf("\ufffd")).split("\n").length - 1;
      throw new SourceRefusal("source.undecodable", encoding, String(line));
    }
  };
  try {
    for (const block of blocksOf(fd, mark, BLOCK_BYTES)) {
      const text = decode(block);
      write(text);
      for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) line++;
      yield;
    }
    write(decode(undefined));
    done = true;
    return survey.end();
  } finally {
    closeSync(to);
    // The caller may also stop this generator halfway.
    if (!done) rmSync(copy, { force: true });
  }
}

/** Decodes the body of an answer. One ratio holds over all layers: each is compared with what came over the wire. */
import { Transform } from "node:stream";
import { SourceRefusal } from "../source/index.ts";
import { decoderOf } from "./answer.ts";
import { excess } from "./archive.ts";
import type { Limits } from "./limits.ts";

export interface Decoding {
  /** What the body goes through, in order. */
  readonly through: readonly Transform[];
  /** The bytes that came over the wire so far. */
  readonly received: () => number;
}

/**
 * `encodings`: of the answer, in the order in which they were applied. `begun`: bytes of the body that came before, in
 * another answer. Throws SourceRefusal for an encoding that is not known, and for too many.
 */
export function decoding(encodings: readonly string[], begun: number, limits: Limits): Decoding {
  if (encodings.length > limits.encodings)
    throw new SourceRefusal("source.bad_encoding", encodings.slice(0, limits.encodings + 1).join(", "));
  let received = begun;
  const wire = counting((bytes) => {
    received += bytes;
    return undefined;
  });
  const layer = (encoding: string): readonly Transform[] => {
    let decoded = 0;
    const within = counting((bytes) => {
      decoded += bytes;
      return excess(limits, decoded, received);
    });
    return [decoderOf(encoding), within];
  };
  return { through: [wire, ...encodings.toReversed().flatMap(layer)], received: () => received };
}

/** Passes everything on, until `count` returns an error. */
const counting = (count: (bytes: number) => Error | undefined): Transform =>
  new Transform({
    transform(chunk: Buffer, _, done) {
      const error = count(chunk.length);
      return error === undefined ? done(null, chunk) : done(error);
    },
  });

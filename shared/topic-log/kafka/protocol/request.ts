/**
 * A request of Kafka's protocol that a connection of kafkajs sends, although kafkajs does not know it. `wireRequest`
 * makes one from how its fields are written and how its answer is read. The connection adds the header; errors that
 * the answer carries are codes in it, and the caller's to judge.
 */
import { WireReader, Writer } from "./wire.ts";

/** In the form in which a connection of kafkajs takes it. */
export interface WireRequest<A> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<A>;
    readonly parse: (decoded: A) => Promise<A>;
  };
  readonly requestTimeout?: number;
}

interface Shape<A> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly write: (w: Writer) => Writer;
  readonly read: (r: WireReader) => A;
  /** Milliseconds until the request fails; by default those of the connection. */
  readonly timeoutMs?: number;
}

export const wireRequest = <A>({ write, read, timeoutMs, ...api }: Shape<A>): WireRequest<A> => ({
  request: { ...api, encode: async () => write(new Writer()).payload() },
  response: { decode: async (payload) => read(new WireReader(payload)), parse: async (answer) => answer },
  ...(timeoutMs === undefined ? {} : { requestTimeout: timeoutMs }),
});

/** The items by topic, topics in the order of their first items: requests name each topic once. */
export const byTopic = <A extends { readonly topic: string }>(items: readonly A[]): [string, A[]][] => {
  const groups = new Map<string, A[]>();
  for (const item of items) {
    const group = groups.get(item.topic);
    if (group === undefined) groups.set(item.topic, [item]);
    else group.push(item);
  }
  return [...groups];
};

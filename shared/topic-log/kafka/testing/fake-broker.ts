/**
 * A broker of one node in the process of the test: it keeps records in memory, lets members join, and can be told to
 * answer any kind of request with an error code. It counts requests. It offers the oldest version that kafkajs speaks of
 * each request, so that answers are short.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { TOPICS } from "../../../contract/topics.ts";
import { WireReader, Writer } from "../protocol/wire.ts";

const APIS = {
  Produce: [0, 7],
  Fetch: [1, 11],
  ListOffsets: [2, 1],
  Metadata: [3, 4],
  OffsetCommit: [8, 2],
  FindCoordinator: [10, 0],
  JoinGroup: [11, 0],
  Heartbeat: [12, 0],
  LeaveGroup: [13, 0],
  SyncGroup: [14, 0],
  ListGroups: [16, 0],
  SaslHandshake: [17, 1],
  ApiVersions: [18, 2],
  CreateTopics: [19, 0],
  InitProducerId: [22, 0],
  DescribeConfigs: [32, 0],
  SaslAuthenticate: [36, 0],
} as const;
export type Api = keyof typeof APIS;
const NAMES = new Map<number, Api>(Object.entries(APIS).map(([name, [key]]) => [key, name as Api]));

/** Instead of a code: the broker closes the connection. */
export const HANG_UP = -2;

const HOST = "127.0.0.1";
const CLUSTER = "fake";
/** Bytes of an answer before its body: its length, and the number of the request. */
const HEAD_BYTES = 8;
/** Where a record batch has its number of records; its first offset is at 0. */
const COUNT_AT = 57;
const MAX_WAIT_MS = 500;

interface Stored {
  readonly base: number;
  readonly next: number;
  readonly bytes: Buffer;
}

export interface FakeBroker {
  readonly address: string;
  /** From now on answers to this kind of request have this code; 0 is no error, HANG_UP no answer. */
  readonly answer: (api: Api, code: number) => void;
  /** How many requests of this kind came. */
  readonly asked: (api: Api) => number;
  readonly close: () => Promise<void>;
}

/** The topics of a request, each with what it says of its partitions. */
const topicsIn = <Partition>(r: WireReader, partition: () => Partition) =>
  r.array(() => ({ topic: r.string(), list: r.array(partition) }));

/** `namespace`: of its topics, which have one partition where they may. */
export const startFakeBroker = async (namespace: string): Promise<FakeBroker> => {
  const codes = new Map<Api, number>();
  const counts = new Map<Api, number>();
  const log = new Map<string, Stored[]>();
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let port = 0;

  const topics = TOPICS.map((spec) => ({
    topic: `${namespace}.${spec.name}`,
    partitions: spec.partitions === "events" ? 1 : spec.partitions,
    spec,
  }));
  const codeOf = (api: Api): number => codes.get(api) ?? 0;
  const stored = (topic: string, partition: number): Stored[] => {
    const key = `${topic}/${partition}`;
    const list = log.get(key) ?? [];
    log.set(key, list);
    return list;
  };
  const endOf = (topic: string, partition: number): number => stored(topic, partition).at(-1)?.next ?? 0;
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

  const metadata = (w: Writer): Writer => {
    // While topics cannot be created there are none.
    const known = codeOf("CreateTopics") === 0 ? topics : [];
    return w
      .int32(0)
      .array([1], (id) => w.int32(id).string(HOST).int32(port).string(null))
      .string(CLUSTER)
      .int32(1)
      .array(known, ({ topic, partitions }) =>
        w
          .int16(codeOf("Metadata"))
          .string(topic)
          .int8(0)
          .array(numbers(partitions), (p) =>
            w
              .int16(0)
              .int32(p)
              .int32(1)
              .array([1], (id) => w.int32(id))
              .array([1], (id) => w.int32(id)),
          ),
      );
  };
  /** Version 12, which gives the ids of topics. */
  const metadata12 = (w: Writer): Writer =>
    w
      .noTags()
      .int32(0)
      .compactArray([1], (id) => w.int32(id).compactString(HOST).int32(port).compactString("").noTags())
      .compactString(CLUSTER)
      .int32(1)
      .compactArray(topics, ({ topic }) =>
        w
          .int16(0)
          .compactString(topic)
          .int64(1)
          .int64(1)
          .int8(0)
          .compactArray([], () => {})
          .int32(0)
          .noTags(),
      )
      .noTags();

  const produce = (r: WireReader, w: Writer): Writer => {
    r.string();
    r.int16();
    r.int32();
    const parts = topicsIn(r, () => ({ partition: r.int32(), batch: r.bytes() }));
    const code = codeOf("Produce");
    return w
      .array(parts, ({ topic, list }) =>
        w.string(topic).array(list, ({ partition, batch }) => {
          const base = endOf(topic, partition);
          if (code === 0) {
            const bytes = Buffer.from(batch);
            bytes.writeBigInt64BE(BigInt(base), 0);
            stored(topic, partition).push({ base, next: base + bytes.readInt32BE(COUNT_AT), bytes });
          }
          w.int32(partition).int16(code).int64(base).int64(-1).int64(0);
        }),
      )
      .int32(0);
  };
  const fetched = (r: WireReader): { readonly body: Writer; readonly waitMs: number } => {
    r.int32();
    const waitMs = r.int32();
    r.int32();
    r.int32();
    r.int8();
    r.int32();
    r.int32();
    const wanted = topicsIn(r, () => {
      const partition = r.int32();
      r.int32();
      const offset = r.int64();
      r.int64();
      r.int32();
      return { partition, offset };
    });
    const code = codeOf("Fetch");
    let found = 0;
    const w = new Writer();
    w.int32(0)
      .int16(0)
      .int32(0)
      .array(wanted, ({ topic, list }) =>
        w.string(topic).array(list, ({ partition, offset }) => {
          const batches = stored(topic, partition).filter(({ next }) => next > offset && code === 0);
          found += batches.length;
          const end = endOf(topic, partition);
          w.int32(partition).int16(code).int64(end).int64(end).int64(0);
          w.array([], () => {}).int32(-1);
          w.bytes(Buffer.concat(batches.map(({ bytes }) => bytes)));
        }),
      );
    return { body: w, waitMs: found > 0 || code !== 0 ? 0 : Math.min(waitMs, MAX_WAIT_MS) };
  };
  const listOffsets = (r: WireReader, w: Writer): Writer => {
    r.int32();
    const wanted = topicsIn(r, () => ({ partition: r.int32(), timestamp: r.int64() }));
    return w.array(wanted, ({ topic, list }) =>
      w.string(topic).array(list, ({ partition, timestamp }) =>
        w
          .int32(partition)
          .int16(codeOf("ListOffsets"))
          .int64(-1)
          .int64(timestamp === -1 ? endOf(topic, partition) : 0),
      ),
    );
  };
  const joinGroup = (r: WireReader, w: Writer): Writer => {
    r.string();
    r.int32();
    const member = r.string() || "member";
    r.string();
    const [protocol] = r.array(() => ({ name: r.string(), metadata: r.bytes() }));
    return w
      .int16(codeOf("JoinGroup"))
      .int32(1)
      .string(protocol?.name ?? "")
      .string(member)
      .string(member)
      .array([member], (id) => w.string(id).bytes(protocol?.metadata ?? Buffer.alloc(0)));
  };
  const syncGroup = (r: WireReader, w: Writer): Writer => {
    r.string();
    r.int32();
    r.string();
    const [first] = r.array(() => ({ member: r.string(), assignment: r.bytes() }));
    return w.int16(codeOf("SyncGroup")).bytes(first?.assignment ?? Buffer.alloc(0));
  };
  const offsetCommit = (r: WireReader, w: Writer): Writer => {
    r.string();
    r.int32();
    r.string();
    r.int64();
    const parts = topicsIn(r, () => {
      const partition = r.int32();
      r.int64();
      r.string();
      return partition;
    });
    return w.array(parts, ({ topic, list }) =>
      w.string(topic).array(list, (p) => w.int32(p).int16(codeOf("OffsetCommit"))),
    );
  };
  const describeConfigs = (w: Writer): Writer =>
    w.int32(0).array(topics, ({ topic, spec }) =>
      w
        .int16(codeOf("DescribeConfigs"))
        .string(null)
        .int8(2)
        .string(topic)
        .array(Object.entries({ ...spec.config, "max.message.bytes": "1048588" }), ([name, value]) =>
          w.string(name).string(value).int8(0).int8(0).int8(0),
        ),
    );

  const answered = (api: Api, version: number, r: WireReader): { body: Writer; waitMs?: number } => {
    const w = new Writer();
    const code = codeOf(api);
    switch (api) {
      case "Produce":
        return { body: produce(r, w) };
      case "Fetch":
        return fetched(r);
      case "ListOffsets":
        return { body: listOffsets(r, w) };
      case "Metadata":
        return { body: version === 12 ? metadata12(w) : metadata(w) };
      case "OffsetCommit":
        return { body: offsetCommit(r, w) };
      case "FindCoordinator":
        return { body: w.int16(code).int32(1).string(HOST).int32(port) };
      case "JoinGroup":
        return { body: joinGroup(r, w) };
      case "SyncGroup":
        return { body: syncGroup(r, w) };
      case "ListGroups":
        return { body: w.int16(code).array([], () => {}) };
      case "SaslHandshake":
        return { body: w.int16(code).array(["PLAIN"], (name) => w.string(name)) };
      case "SaslAuthenticate":
        return { body: w.int16(code).string(null).bytes(Buffer.alloc(0)) };
      case "ApiVersions": {
        w.int16(code).array(Object.values(APIS), ([key, most]) => w.int16(key).int16(0).int16(most));
        return { body: version === 0 ? w : w.int32(0) };
      }
      case "CreateTopics":
        return { body: w.array(topics, ({ topic }) => w.string(topic).int16(code)) };
      case "InitProducerId":
        return { body: w.int32(0).int16(code).int64(1).int16(0) };
      case "DescribeConfigs":
        return { body: describeConfigs(w) };
      default:
        return { body: w.int16(code) };
    }
  };

  const onRequest = (socket: Socket, frame: Buffer): void => {
    const r = new WireReader(frame);
    const key = r.int16();
    const version = r.int16();
    const correlation = r.int32();
    r.string();
    const api = NAMES.get(key);
    if (api === undefined) return void socket.destroy();
    counts.set(api, (counts.get(api) ?? 0) + 1);
    if (codeOf(api) === HANG_UP) return void socket.destroy();
    const { body, waitMs = 0 } = answered(api, version, r);
    const send = (): void => {
      const { buffer } = body.payload();
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeInt32BE(buffer.length + 4, 0);
      head.writeInt32BE(correlation, 4);
      socket.write(Buffer.concat([head, buffer]));
    };
    if (waitMs === 0) {
      send();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      send();
    }, waitMs);
    timers.add(timer);
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const end = 4 + rest.readInt32BE(0);
        onRequest(socket, rest.subarray(4, end));
        rest = rest.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  ({ port } = server.address() as AddressInfo);
  return {
    address: `${HOST}:${port}`,
    answer: (api, code) => void codes.set(api, code),
    asked: (api) => counts.get(api) ?? 0,
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/**
 * A line to Kafka that a test can cut, slow, deafen and mend, whole or to one broker: a TCP proxy before each
 * broker, which also rewrites the addresses that brokers advertise, so that clients keep to it.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface Line {
  /** The brokers as seen through the line. */
  readonly brokers: readonly string[];
  /** Ends every connection and refuses new ones. Here as below: of one broker (1, 2, ...), or of all. */
  readonly cut: (broker?: number) => void;
  /** Swallows what brokers answer from now on, so that requests arrive and answers do not. */
  readonly deafen: (broker?: number) => void;
  /** Answers come so many milliseconds late. */
  readonly slow: (ms: number, broker?: number) => void;
  readonly mend: (broker?: number) => void;
  readonly close: () => Promise<void>;
}

interface Way {
  state: "open" | "cut" | "deaf";
  delay: number;
  readonly sockets: Set<Socket>;
}

const LENGTH_BYTES = 4;

/** Gives whole answers of a broker, in order: an address that a segment cuts in two would not be found. */
const frames = (onFrame: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= LENGTH_BYTES) {
      const length = LENGTH_BYTES + rest.readInt32BE(0);
      if (rest.length < length) return;
      onFrame(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
};

/** In an answer a broker is its host as a string, then its port as int32. */
const addressBytes = (host: string, port: number): Buffer => {
  const bytes = Buffer.alloc(2 + host.length + 4);
  bytes.writeInt16BE(host.length, 0);
  bytes.write(host, 2, "latin1");
  bytes.writeInt32BE(port, 2 + host.length);
  return bytes;
};

export const openLine = async (brokers: readonly string[]): Promise<Line> => {
  const ways: Way[] = brokers.map(() => ({ state: "open", delay: 0, sockets: new Set() }));
  const addresses: { readonly real: Buffer; readonly port: number }[] = [];
  const timers = new Set<NodeJS.Timeout>();

  const rewrite = (frame: Buffer): Buffer => {
    for (const { real, port } of addresses)
      for (let at = frame.indexOf(real); at !== -1; at = frame.indexOf(real, at + real.length))
        frame.writeInt32BE(port, at + real.length - 4);
    return frame;
  };
  const later = (ms: number, run: () => void): void => {
    if (ms === 0) {
      run();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };

  const servers: Server[] = [];
  const ports: number[] = [];
  for (const [i, broker] of brokers.entries()) {
    const way = ways[i] as Way;
    const [host = "127.0.0.1", port = "9092"] = broker.split(":");
    const server = createServer((client) => {
      client.on("error", () => {});
      if (way.state === "cut") {
        client.destroy();
        return;
      }
      const upstream = connect({ host, port: Number(port) });
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        way.sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          way.sockets.delete(socket);
          other.destroy();
        });
      }
      client.on("data", (chunk) => upstream.write(chunk));
      upstream.on(
        "data",
        frames((frame) => {
          if (way.state !== "deaf") later(way.delay, () => client.write(rewrite(frame)));
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port: ours } = server.address() as AddressInfo;
    addresses.push({ real: addressBytes(host, Number(port)), port: ours });
    ports.push(ours);
    servers.push(server);
  }

  const each = (broker: number | undefined, change: (way: Way) => void): void => {
    for (const [i, way] of ways.entries()) if (broker === undefined || broker === i + 1) change(way);
  };
  const end = ({ sockets }: Way): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    brokers: ports.map((port) => `127.0.0.1:${port}`),
    cut: (broker) =>
      each(broker, (way) => {
        way.state = "cut";
        end(way);
      }),
    deafen: (broker) =>
      each(broker, (way) => {
        way.state = "deaf";
      }),
    slow: (ms, broker) =>
      each(broker, (way) => {
        way.delay = ms;
      }),
    mend: (broker) =>
      each(broker, (way) => {
        if (way.state === "deaf") end(way);
        way.state = "open";
        way.delay = 0;
      }),
    close: async () => {
      each(undefined, end);
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(servers.map((s) => new Promise<void>((resolve) => s.close(() => resolve()))));
    },
  };
};

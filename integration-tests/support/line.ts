/**
 * A line to Kafka that a test can cut and mend: a TCP proxy before each broker, which also rewrites the ports
 * that brokers advertise, so that clients keep to it.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface Line {
  /** The brokers as seen through the line. */
  readonly brokers: readonly string[];
  /** Ends every connection and refuses new ones. */
  readonly cut: () => void;
  /** Swallows what brokers answer from now on, so that requests arrive and answers do not. */
  readonly deafen: () => void;
  readonly mend: () => void;
  readonly close: () => Promise<void>;
}

export const openLine = async (brokers: readonly string[]): Promise<Line> => {
  const sockets = new Set<Socket>();
  let state: "open" | "cut" | "deaf" = "open";
  const ports = new Map<number, number>();

  /** In answers a broker is its host, then its port as int32. */
  const rewrite = (chunk: Buffer): Buffer => {
    for (const [real, ours] of ports) {
      const wanted = Buffer.alloc(4);
      wanted.writeInt32BE(real);
      for (let at = chunk.indexOf(wanted); at !== -1; at = chunk.indexOf(wanted, at + 4))
        chunk.writeInt32BE(ours, at);
    }
    return chunk;
  };

  const servers: Server[] = [];
  for (const broker of brokers) {
    const [host = "127.0.0.1", port = "9092"] = broker.split(":");
    const server = createServer((client) => {
      if (state === "cut") {
        client.destroy();
        return;
      }
      const upstream = connect({ host, port: Number(port) });
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
      client.on("data", (chunk) => upstream.write(chunk));
      upstream.on("data", (chunk) => {
        if (state !== "deaf") client.write(rewrite(chunk));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.set(Number(port), (server.address() as AddressInfo).port);
    servers.push(server);
  }
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    brokers: [...ports.values()].map((port) => `127.0.0.1:${port}`),
    cut: () => {
      state = "cut";
      endAll();
    },
    deafen: () => {
      state = "deaf";
    },
    mend: () => {
      if (state === "deaf") endAll();
      state = "open";
    },
    close: async () => {
      endAll();
      await Promise.all(servers.map((s) => new Promise<void>((resolve) => s.close(() => resolve()))));
    },
  };
};

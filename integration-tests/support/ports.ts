/** TCP ports of 127.0.0.1. */
import { type AddressInfo, createServer } from "node:net";

/** Listens on a port for a moment and returns it. 0: one that is free now. Rejects when the port is taken. */
export const freePort = (port = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });

export const isFree = (port: number): Promise<boolean> =>
  freePort(port).then(
    () => true,
    () => false,
  );

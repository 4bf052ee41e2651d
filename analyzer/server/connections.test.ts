import { expect, it } from "vitest";
import { limitedServer, mostConnections } from "./connections.ts";

it("the limit of connections is a part of the descriptors, and never above 1,280", () => {
  expect(mostConnections(1_048_576)).toBe(1_280);
  expect(mostConnections(1_024)).toBe(256);
  expect(mostConnections(200)).toBe(50);
  expect(mostConnections(2)).toBe(1);
});

it("a failed accept does not end the program; a taken port is still an error", async () => {
  const server = limitedServer();
  expect(() => server.emit("error", new Error("EADDRINUSE"))).toThrow("EADDRINUSE");
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }));
  await new Promise((done) => server.close(done));
});

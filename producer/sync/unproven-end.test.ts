/** A body that ends where its connection ends: nothing tells whether it was cut. */
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { registerSource } from "../admin/register.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";

let pipeline: Pipeline;
let server: Server;
let content = "";
let headers = "";
let url = "";
beforeEach(async () => {
  pipeline = await openPipeline({ allowPrivate: true });
  headers = "";
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.end(
        `HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\n${headers}connection: close\r\n\r\n${content}`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/p.csv`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await pipeline.close();
});

const poll = async () => {
  const [status] = await pipeline.run(readSourcesOnce());
  return /last line waits/.test(status?.reason ?? "") ? "waits" : status?.state;
};
const published = async () =>
  rowsOf(await pipeline.run(allEvents)).map(({ key, event }) => [
    key,
    event.kind === "row" && event.row.prix,
  ]);

it("has its last line when another poll brings the same; until then that is said", async () => {
  content = "id_produit,nom,prix\na,Apple,5\nb,Bread,1";
  await pipeline.run(registerSource(url));
  expect(await poll()).toBe("waits");
  expect(await published()).toEqual([["a", "5"]]);
  // The body was cut: the price is 12.
  content = "id_produit,nom,prix\na,Apple,5\nb,Bread,12";
  expect(await poll()).toBe("waits");
  expect(await published()).toEqual([["a", "5"]]);
  expect(await poll()).toBe("ok");
  expect(await published()).toEqual([
    ["a", "5"],
    ["b", "12"],
  ]);
  expect(await poll()).toBe("ok");
});

it("is whole with a line end, or with its length", async () => {
  content = "id_produit,nom,prix\na,Apple,5\n";
  await pipeline.run(registerSource(url));
  expect(await poll()).toBe("ok");
  content = "id_produit,nom,prix\na,Apple,5\nb,Bread,12";
  headers = `content-length: ${content.length}\r\n`;
  expect(await poll()).toBe("ok");
  expect((await published()).length).toBe(2);
});

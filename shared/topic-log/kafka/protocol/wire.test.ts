/** Answers of a broker that end early or count wrongly throw BrokenAnswer: none loops, none is another exception. */
import { expect, it } from "vitest";
import { asLogFailure } from "../cluster/failures.ts";
import { fetchRequest } from "./fetch.ts";
import { topicsRequest } from "./metadata.ts";
import { produceRequest } from "./produce.ts";
import { randomOf } from "./testing/random.ts";
import { BrokenAnswer, WireReader, Writer } from "./wire.ts";

const REQUESTS = [fetchRequest([], 0), topicsRequest([]), produceRequest([])] as const;
const answer = (write: (w: Writer) => Writer): Buffer => Buffer.from(write(new Writer()).payload().buffer);

it.each<[string, Buffer, (r: WireReader) => unknown]>([
  ["a string of -2 bytes", answer((w) => w.int16(-2)), (r) => r.string()],
  ["a string that is too long", answer((w) => w.int16(9).int8(1)), (r) => r.string()],
  ["bytes that are too many", answer((w) => w.int32(2 ** 31 - 1)), (r) => r.bytes()],
  ["an array that is too long", answer((w) => w.int32(2 ** 31 - 1)), (r) => r.array(() => r.string())],
  ["an endless varint", Buffer.alloc(20, 0xff), (r) => r.varint()],
  ["tags that are too many", Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), (r) => r.tags()],
])("%s", (_what, bytes, read) => {
  expect(() => read(new WireReader(bytes))).toThrow(BrokenAnswer);
});

it("a null string is empty, and what follows it is read", () => {
  const r = new WireReader(answer((w) => w.string(null).int16(7)));
  expect([r.string(), r.int16()]).toEqual(["", 7]);
});

it("random bytes are read or are a broken answer, for which the log waits", async () => {
  const random = randomOf(20_261_127);
  let broken = 0;
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.alloc(Math.floor(random() * 200));
    for (let at = 0; at < bytes.length; at++) bytes[at] = random() < 0.6 ? 0 : Math.floor(random() * 256);
    for (const { response } of REQUESTS)
      await response.decode(bytes).catch((error: unknown) => {
        broken += 1;
        expect(asLogFailure(error, "a:9092")?._tag).toBe("LogUnavailable");
      });
  }
  expect(broken).toBeGreaterThan(10_000);
});

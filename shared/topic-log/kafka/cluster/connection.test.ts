/** What a connection makes of brokers that do not know better yet, and of topics that are not the ones of before. */
import { expect, it } from "vitest";
import { TOPICS } from "../../../contract/topics.ts";
import { LogMismatch } from "../../errors.ts";
import { makeNames } from "../topics/names.ts";
import { TopicIds, WATCHED_TOPICS } from "../topics/topic-ids.ts";
import { Connection } from "./connection.ts";

const names = makeNames("n", new Map(TOPICS.map(({ name }) => [name, 1])));
const SETTINGS = { brokers: ["127.0.0.1:9"], tls: null, sasl: null };

/** Its brokers answer with these ends, one after the other, the last one for ever. */
class Answering extends Connection {
  readonly ends: number[];
  refreshed = 0;
  constructor(ends: readonly number[]) {
    super(SETTINGS, names.all, "c", new TopicIds(names));
    this.ends = [...ends];
  }
  override async bounds() {
    return [{ start: 0, end: (this.ends.length > 1 ? this.ends.shift() : this.ends[0]) ?? 0 }];
  }
  override async refresh() {
    this.refreshed++;
  }
}
const READ = [{ topic: "n.ventes", partition: 0, offset: 5 }];

it("an end before an offset that was read counts only when it stays there", async () => {
  const stale = new Answering([0, 3, 7]);
  expect(await stale.boundsOfRead(READ)).toEqual([{ start: 0, end: 7 }]);
  expect(stale.refreshed).toBe(2);
  const lost = new Answering([3]);
  expect(await lost.boundsOfRead(READ, 400)).toEqual([{ start: 0, end: 3 }]);
  expect(lost.refreshed).toBeGreaterThan(0);
});

const found = (change: Readonly<Record<string, string | null>> = {}) =>
  WATCHED_TOPICS.map((name) => {
    const id = change[name] === undefined ? `id of ${name}` : change[name];
    return { topic: names.full(name), errorCode: id === null ? 3 : 0, id: id ?? "" };
  });

it("a topic created again is another topic; an unknown topic counts as deleted only when it stays unknown", () => {
  for (const name of WATCHED_TOPICS) {
    const ids = new TopicIds(names, 0);
    ids.verify(found());
    ids.verify(found());
    expect(() => ids.verify(found({ [name]: "another" }))).toThrow(
      `${names.full(name)} was deleted and created again`,
    );
    expect(() => ids.verify(found({ [name]: null }))).toThrow(LogMismatch);
  }
  const patient = new TopicIds(names);
  patient.verify(found());
  expect(() => patient.verify(found({ ventes: null }))).toThrow("no broker knows the topic n.ventes now");
  patient.verify(found());
});

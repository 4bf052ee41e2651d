/**
 * Metadata v12 (Kafka 3.0 and later): the ids of topics and of the cluster. kafkajs knows older versions only, which do
 * not give the ids of topics. Leaders are kafkajs' own business, so the answer's brokers and partitions are skipped.
 */
import { type WireRequest, wireRequest } from "./request.ts";

export interface FoundTopic {
  readonly topic: string;
  readonly errorCode: number;
  /** 32 hexadecimal digits. */
  readonly id: string;
}
export interface FoundTopics {
  readonly clusterId: string;
  readonly topics: readonly FoundTopic[];
}

/** The topics of these names as a broker knows them; never creates one. */
export const topicsRequest = (topics: readonly string[]): WireRequest<FoundTopics> =>
  wireRequest<FoundTopics>({
    apiKey: 3,
    apiVersion: 12,
    apiName: "Metadata",
    write: (w) =>
      w
        .noTags() // of the header, which kafkajs writes without
        .compactArray(topics, (topic) => w.noUuid().compactString(topic).noTags())
        .int8(0) // create none
        .int8(0) // no authorized operations
        .noTags(),
    read: (r) => {
      r.tags(); // of the header
      r.int32(); // throttle time
      r.compactArray(() => {
        r.int32(); // a broker: its id, host, port and rack
        r.compactString();
        r.int32();
        r.compactString();
        r.tags();
      });
      const clusterId = r.compactString();
      r.int32(); // the controller
      const found = r.compactArray(() => {
        const errorCode = r.int16();
        const topic = r.compactString();
        const id = r.uuid();
        r.int8(); // internal
        r.compactArray(() => {
          r.int16(); // a partition: error, number, leader, its epoch, and three lists of brokers
          r.int32();
          r.int32();
          r.int32();
          for (let list = 0; list < 3; list++) r.compactArray(() => r.int32());
          r.tags();
        });
        r.int32(); // authorized operations
        r.tags();
        return { topic, errorCode, id };
      });
      return { clusterId, topics: found };
    },
  });

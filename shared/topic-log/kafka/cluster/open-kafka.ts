/** The state that the layer holds while a log on Kafka is open. Reading, following and the log's identity need it. */
import type { KafkaSettings } from "../../../runtime/settings.ts";
import type { TopicNames } from "../topics/names.ts";
import type { TopicIds } from "../topics/topic-ids.ts";
import type { Connection } from "./connection.ts";

export interface OpenKafka {
  readonly settings: KafkaSettings;
  /** The brokers of the settings, for messages. */
  readonly address: string;
  readonly clusterId: string;
  readonly namespace: string;
  readonly names: TopicNames;
  readonly topicIds: TopicIds;
  /** For publishing, reading and leaving groups. A follower has a connection of its own: joining a group blocks it. */
  readonly shared: Connection;
}

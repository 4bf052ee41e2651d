/**
 * Describes the topics, which are a public interface, as an AsyncAPI 3 document. It is generated from the schemas that
 * decode the records.
 */
import * as Schema from "effect/Schema";
import { CommitEvent } from "#shared/contract/commit.ts";
import { EventSchemas } from "#shared/contract/event.ts";
import { Announcement, Catalogue, Registration, Removal } from "#shared/contract/source-records.ts";
import { ComponentState } from "#shared/contract/status.ts";
import { TOPICS, type TopicName } from "#shared/contract/topics.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";

interface Payload {
  readonly schema: Schema.Top;
  readonly title: string;
  readonly key: string;
}

/** What each topic carries, by the name of the message. */
const MESSAGES: Readonly<Record<TopicName, Readonly<Record<string, Payload>>>> = {
  produits: {
    produit: {
      schema: EventSchemas.produits,
      title: "A product, new, changed or deleted",
      key: "id_produit",
    },
  },
  magasins: {
    magasin: { schema: EventSchemas.magasins, title: "A shop, new, changed or deleted", key: "id_magasin" },
  },
  ventes: {
    vente: { schema: EventSchemas.ventes, title: "A sale, new, changed or deleted", key: "id_vente" },
  },
  rejets: {
    rejet: {
      schema: EventSchemas.rejets,
      title: "A rejected record, with its reason",
      key: "hash(source, raw text)~ordinal",
    },
  },
  sources: {
    source: {
      schema: Registration,
      title: "A source, as an operator named it or its catalogue lists it; no value removes it",
      key: "the source's URL",
    },
    catalogue: {
      schema: Catalogue,
      title: "A document that lists sources, as an operator named it; no value removes it",
      key: "the document's URL",
    },
    removed: {
      schema: Removal,
      title: "An entry of a catalogue that an operator removed",
      key: "the source's URL",
    },
    version: {
      schema: Announcement,
      title: "A version of a source, or its takeover by another producer",
      key: "the source's URL, a space, version",
    },
  },
  commits: {
    commit: {
      schema: CommitEvent,
      title: "A commit of a database: wakes its analyzers",
      key: "the database's id",
    },
  },
  status: {
    status: { schema: ComponentState, title: "The state of a component, every 5 s", key: "component and id" },
  },
};

type Json = Record<string, unknown>;

const keySchema = (description: string): Json => ({ type: "string", description });

export function asyncApi(settings: SettingsShape, version: string): Json {
  const channels: Json = {};
  const operations: Json = {};
  const messages: Json = {};
  const schemas: Json = {};
  for (const topic of TOPICS) {
    const carried = Object.entries(MESSAGES[topic.name]);
    for (const [name, payload] of carried) {
      schemas[name] = Schema.toJsonSchemaDocument(payload.schema).schema;
      messages[name] = {
        name,
        title: payload.title,
        contentType: "application/json",
        payload: { $ref: `#/components/schemas/${name}` },
        bindings: { kafka: { key: keySchema(payload.key), bindingVersion: "0.5.0" } },
      };
    }
    channels[topic.name] = {
      address: `${settings.namespace}.${topic.name}`,
      description: topic.holds,
      messages: Object.fromEntries(
        carried.map(([name]) => [name, { $ref: `#/components/messages/${name}` }]),
      ),
      bindings: {
        kafka: {
          topic: `${settings.namespace}.${topic.name}`,
          partitions: topic.partitions === "events" ? settings.partitions : topic.partitions,
          topicConfiguration: {
            "cleanup.policy": [topic.config["cleanup.policy"]],
            ...(topic.config["retention.ms"] === undefined
              ? {}
              : { "retention.ms": Number(topic.config["retention.ms"]) }),
          },
          bindingVersion: "0.5.0",
        },
      },
    };
    operations[`receive_${topic.name}`] = {
      action: "receive",
      channel: { $ref: `#/channels/${topic.name}` },
      summary: `Read ${topic.holds}`,
      messages: carried.map(([name]) => ({ $ref: `#/channels/${topic.name}/messages/${name}` })),
    };
  }
  return {
    asyncapi: "3.0.0",
    info: {
      title: "ventes",
      version,
      description:
        "A small company's sales as events: products, shops and sales, each new, changed or deleted.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    ...(settings.kafka === null
      ? {}
      : {
          servers: Object.fromEntries(
            settings.kafka.brokers.map((host, i) => [
              `broker${i + 1}`,
              { host, protocol: settings.kafka?.tls === null ? "kafka" : "kafka-secure" },
            ]),
          ),
        }),
    channels,
    operations,
    components: { messages, schemas },
  };
}

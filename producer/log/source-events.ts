/** Recognizes the events of one source among the records of a topic. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { PipelineEvent, Values } from "#shared/contract/event.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { LogRecord } from "#shared/topic-log/topic-log.ts";
import { type ClaimKey, splitDerived, splitOrdinal } from "../diff/index.ts";

/** The event of a record, if it is of this source. Records that are no event are ignored: the consumer reports them. */
export function eventOf(record: LogRecord, source: Buffer): PipelineEvent | undefined {
  const { value } = record;
  // Other programs may write the members of an event in any order, so search the whole text.
  if (value === null || !value.includes(source)) return undefined;
  try {
    const event = JSON.parse(value.toString("utf8")) as PipelineEvent;
    return event !== null && typeof event === "object" && JSON.stringify(event.source) === source.toString()
      ? event
      : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes by which `eventOf` recognizes a source. */
export const sourceText = (source: string): Buffer => Buffer.from(JSON.stringify(source));

export function claimOf(topic: EventTopic, key: string, row: Values): ClaimKey {
  const split = topic === "rejets" ? splitOrdinal(key) : topic === "ventes" ? splitDerived(key) : undefined;
  return {
    key: split?.stem ?? key,
    ordinal: split?.ordinal ?? 0,
    dated: topic === "produits" ? (row.date_effet ?? "") : "",
  };
}

const DAY = /^\d{4}-\d\d-\d\d/;

/** The ISO day of a sale in an event; "" if the event names none, or is of another topic. */
export function dayOfSale(topic: EventTopic, row: Values): string {
  return (topic === "ventes" && DAY.exec(row.date_vente ?? "")?.[0]) || "";
}

export const topicsOf = (entities: readonly EntityName[]): readonly EventTopic[] => [...entities, "rejets"];

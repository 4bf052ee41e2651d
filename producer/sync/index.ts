/** One poll of one source, from its content to the events in the topics. */
export { Bulkhead, type Defect } from "./bulkhead.ts";
export { withdrawal } from "./emit.ts";
export type { PollFailure } from "./failure.ts";
export { isReread, type PollOptions } from "./plan.ts";
export { pollSource } from "./poll.ts";
export { makeProducer, makeTemporaryProducer, type Producer, type Progress } from "./producer.ts";
export { racesFound } from "./races.ts";
export { previewRekey, type RekeyListener, type RekeyPreview } from "./rekey-preview.ts";
export {
  announcedStatus,
  parkedStatus,
  polledStatus,
  RefusedStatuses,
  unlistedStatus,
  withAttention,
} from "./status.ts";
export { announce, dayAfter, takeOver } from "./takeover.ts";

/** When each source is polled: this producer's share of them, their pace, and how they stand. */

export { newFollowed, pollCatalogueAndReport } from "./catalogue.ts";
export { CatalogueStatuses } from "./catalogue-statuses.ts";
export { type ProducerFailure, pollAndReport } from "./poll.ts";
export { followShares } from "./shares.ts";
export { byRank, SourceStatuses } from "./source-statuses.ts";
export { makeWaitForLog } from "./wait-for-log.ts";

/** Decides which sources this producer polls and when, and keeps their statuses. */

export { newFollowed, pollCatalogueAndReport } from "./catalogue.ts";
export { CatalogueStatuses } from "./catalogue-statuses.ts";
export { type ProducerFailure, pollAndReport } from "./poll.ts";
export { followShares } from "./shares.ts";
export { byRank, SourceStatuses } from "./source-statuses.ts";
export { makeWaitForLog } from "./wait-for-log.ts";

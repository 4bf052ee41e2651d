/** When each source is polled: this producer's share of them, their pace, and how they stand. */
export { Board, byRank } from "./board.ts";
export { lookAtCatalogueTold, newFollowed } from "./catalogue.ts";
export { CatalogueBoard } from "./catalogue-board.ts";
export { lookTold, type ProducerFailure } from "./poll.ts";
export { followShares } from "./shares.ts";
export { makePatience } from "./wait-for-log.ts";

/** Lists that name sources: a page, a CSV, a JSON document, a text, a folder. */
export type { Entry, RefusedEntry } from "./entries.ts";
export type { Form } from "./listing.ts";
export { CatalogueMemory } from "./memory.ts";
export { isOptionName, OPTION_NAMES, type SourceOptions, sourceOptions } from "./options.ts";
export { type CatalogueFailure, newCatalogueStatus, pollCatalogue } from "./poll.ts";
export { readCatalogue } from "./read.ts";

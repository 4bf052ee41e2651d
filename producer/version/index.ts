/** One state of a source's file: how it is written, and its records as rows and rejects. */
export { openVersion } from "./open-version.ts";
export {
  type InspectedReject,
  type InspectedRow,
  type Tail,
  Version,
  type VersionOptions,
} from "./version.ts";

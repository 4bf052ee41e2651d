/**
 * `describeWith("kafka", "title", () => { ... })` is a describe where the part is there; elsewhere it is skipped,
 * with the reason in its title, from which `npm test` says at the end what did not run and why.
 */
import { describe } from "vitest";
import { type Part, requirement } from "./require.ts";

/** Containers of other tests change the machine's network, and Chromium then cancels what a page is loading. */
const IN_A_BROWSER = { retry: 2 };

export const describeWith = (parts: Part | readonly Part[], title: string, body: () => void): void => {
  const needed: readonly Part[] = typeof parts === "string" ? [parts] : parts;
  const missing = needed.map(requirement).find((part) => !part.present);
  if (missing === undefined) describe(title, needed.includes("browser") ? IN_A_BROWSER : {}, body);
  else describe.skip(`${title} [without ${missing.name}: ${missing.found}]`, body);
};

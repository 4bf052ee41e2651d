/**
 * Whether this browser may change something. The program prints a link whose fragment is a secret; the page exchanges it
 * for a session, once, and takes it out of the address.
 */
import { signal } from "@preact/signals";
import { fetchJson, key, send } from "./live.js";
import { addressOf, go } from "./place.js";

/** @typedef {import("../api/writes.ts").Session} Session */

/** @type {import("@preact/signals").Signal<Session>} */
export const session = signal({ writes: false, offered: false, program: "ventes" });

/** What the server said against the link; "": nothing. */
export const linkRefused = signal("");

/** Asks the server again whether this browser may write: a session may have ended. */
export async function askSession() {
  try {
    session.value = await fetchJson("api/session");
  } catch {
    // The page says that the server does not answer; without a session it shows commands.
  }
}

export async function endSession() {
  try {
    session.value = await send("DELETE", "api/session");
  } catch {
    // The page says that the server does not answer.
  }
}

async function open() {
  const link = /^#write=(.+)$/.exec(location.hash)?.[1];
  if (link === undefined) return askSession();
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  try {
    const begun = await send("POST", "api/session", { link });
    key.set(begun.key);
    session.value = begun;
    linkRefused.value = "";
    go(addressOf({ view: "sources" }));
  } catch (error) {
    linkRefused.value = error instanceof Error ? error.message : String(error);
    await askSession();
  }
}

/** The link may also be opened in a tab that has the page: then only the fragment changes. */
export function followLink() {
  addEventListener("hashchange", open);
  void open();
}

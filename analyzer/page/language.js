/**
 * The language of the page: that of the address, else the one chosen before in this browser, else that of the server.
 */
import { computed, effect, signal } from "@preact/signals";
import { en } from "./texts-en.js";
import { fr } from "./texts-fr.js";

/** @typedef {"fr" | "en"} Language */

const KEY = "ventes.lang";
const TEXTS = { fr, en };

/** @param {string | null} text @returns {Language | undefined} */
const known = (text) => (text === "fr" || text === "en" ? text : undefined);

/**
 * A browser may forbid storage; the page then has the language of the server at each start.
 * @returns {string | null}
 */
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @type {import("@preact/signals").Signal<Language>} */
export const language = signal(
  known(new URLSearchParams(location.search).get("lang")) ??
    known(remembered()) ??
    known(document.documentElement.lang) ??
    "fr",
);

/** All texts, in the language of the page. */
export const texts = computed(() => TEXTS[language.value]);

/** The locale of numbers and dates. */
export const locale = computed(() => ({ fr: "fr-FR", en: "en-GB" })[language.value]);

effect(() => {
  document.documentElement.lang = language.value;
});

/** @param {Language} chosen */
export function speak(chosen) {
  language.value = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // The choice then holds until the page is closed.
  }
}

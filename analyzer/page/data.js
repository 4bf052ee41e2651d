/** Reads the server's JSON: again after each change of its kind that the server reports, and when the address changes. */
import { effect, signal, untracked } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { setClock } from "./format.js";
import { fetchJson, follow, NotYet, Refused } from "./live.js";

/**
 * `connecting`: nothing was read yet. `lost`: the server does not answer.
 * @type {import("@preact/signals").Signal<"connecting" | "live" | "lost">}
 */
export const link = signal("connecting");

/** Count the changes that the server reported, by kind. */
const revisions = { figures: signal(0), results: signal(0), sources: signal(0) };

/** The kinds that an answer is made of, by its path. @param {string} path @returns {readonly import("./live.js").Kind[]} */
const kindsOf = (path) =>
  /^api\/(?:sources|history)/.test(path)
    ? ["sources"]
    : /^api\/results?\b/.test(path)
      ? ["figures", "results"]
      : ["figures"];

const ASK_AGAIN_MS = 2000;
/** The least time between two reads of the same answer while the figures keep changing. */
const PAUSE_MS = 300;

follow({
  onLost: () => {
    link.value = "lost";
  },
  onChange: (kinds) => {
    for (const kind of kinds) revisions[kind].value++;
  },
});

/**
 * The answer at a path, and again at each change. While another path is read, the last answer stays, with `busy`.
 * @template A
 * @typedef {object} Answer
 * @property {A | undefined} value Undefined: nothing was read yet.
 * @property {boolean} busy The value is that of another path, and its own is being read.
 * @property {string} error What the server says against the request; "": nothing.
 */

/**
 * @template A
 * @param {string | undefined} path Undefined: there is nothing to ask yet.
 * @param {string} [stamp] Where it is given, the path is read again when it changes, instead of at each change.
 * @returns {Answer<A>}
 */
export function useAnswer(path, stamp) {
  const [state, setState] = useState(/** @type {Read<A>} */ ({ path: "", value: undefined, error: "" }));
  useEffect(
    () => (path === undefined ? undefined : reading(path, setState, stamp === undefined)),
    [path, stamp],
  );
  return { value: state.value, busy: path !== undefined && state.path !== path, error: state.error };
}

/** @template A @typedef {{ readonly path: string, readonly value: A | undefined, readonly error: string }} Read */

/**
 * Reads a path, and again at each change (`often`), once at a time, until the returned function is called.
 * @template A
 * @param {string} path
 * @param {(read: Read<A>) => void} set
 * @param {boolean} often
 */
function reading(path, set, often) {
  let ended = false;
  let asking = false;
  let askAgain = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const ask = async () => {
    askAgain = true;
    if (asking) return;
    asking = true;
    while (askAgain && !ended) {
      askAgain = false;
      await askOnce();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    asking = false;
  };

  const askOnce = async () => {
    try {
      const value = await fetchJson(path);
      if (ended) return;
      if (typeof value.now === "string") setClock(value.now);
      set({ path, value, error: "" });
      link.value = "live";
    } catch (error) {
      if (ended) return;
      if (error instanceof Refused) set({ path, value: undefined, error: error.message });
      else {
        if (error instanceof NotYet) {
          set({ path, value: undefined, error: "" });
          link.value = "live";
        } else link.value = "lost";
        timer = setTimeout(ask, ASK_AGAIN_MS);
      }
    }
  };

  const stop = effect(() => {
    if (often) for (const kind of kindsOf(path)) void revisions[kind].value;
    untracked(ask);
  });
  return () => {
    ended = true;
    clearTimeout(timer);
    stop();
  };
}

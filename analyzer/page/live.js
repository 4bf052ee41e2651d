/**
 * The link to the server. An event stream reports changes; a request to /healthz every ASK_EVERY_MS finds out whether
 * the server still answers, because a stream can end without an error. Calls `onChange` with the kinds of what the page must read
 * again, and `onLost` when the server does not answer. It never ends.
 */

/** The kinds of answers that change together, by the names that /api/events gives them. */
export const KINDS = /** @type {const} */ (["figures", "results", "sources"]);
/** @typedef {(typeof KINDS)[number]} Kind */

const ASK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;
const OPEN_AGAIN_MS = 2_000;

/** @param {{ onLost: () => void, onChange: (kinds: readonly Kind[]) => void }} listener */
export function follow({ onLost, onChange }) {
  let lost = false;
  open();
  setInterval(ask, ASK_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  addEventListener("offline", ask);
  addEventListener("online", ask);

  function open() {
    const stream = new EventSource("api/events");
    /** @type {Readonly<Record<Kind, number>> | undefined} */
    let last;
    // The server sends a first event when the stream opens. It may be another server, with revisions of its own.
    stream.addEventListener("open", () => {
      last = undefined;
    });
    stream.addEventListener("analyses", ({ data }) => {
      const now = JSON.parse(data);
      const before = last;
      last = now;
      change(lost ? KINDS : KINDS.filter((kind) => before?.[kind] !== now[kind]));
    });
    stream.addEventListener("error", () => {
      lose();
      // The browser opens the stream again by itself, unless the server refused it.
      if (stream.readyState !== EventSource.CLOSED) return;
      stream.close();
      setTimeout(open, OPEN_AGAIN_MS);
    });
  }

  async function ask() {
    try {
      await fetchJson("healthz");
      if (lost) change(KINDS);
    } catch (error) {
      if (!(error instanceof NotYet)) lose();
    }
  }

  /** @param {readonly Kind[]} kinds */
  function change(kinds) {
    lost = false;
    onChange(kinds);
  }

  function lose() {
    lost = true;
    onLost();
  }
}

/** The server answers, but there is no database to show yet. */
export class NotYet extends Error {}

/** The server refuses the request; the message says why and what to do. */
export class Refused extends Error {}

/** @param {string} path @returns {Promise<any>} */
export async function fetchJson(path) {
  const response = await fetch(path, {
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    cache: "no-store",
    headers: { "x-ventes": key.get() },
  });
  if (response.status === 503) throw new NotYet();
  // The token has changed: after a reload the server asks for the new one.
  if (response.status === 401) location.reload();
  if (response.status === 400 || response.status === 404)
    throw new Refused((await response.json()).error ?? `${path}: ${response.status}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const KEY = "ventes.write";
let kept = "none";

/** The key of the session, which no other page of this machine can read. A browser may forbid storage. */
export const key = {
  get: () => {
    try {
      return localStorage.getItem(KEY) ?? kept;
    } catch {
      return kept;
    }
  },
  /** @param {string} value */
  set: (value) => {
    kept = value;
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // It then holds until the page is closed.
    }
  },
};

/**
 * Sends a request that changes something. Gives the answer; fails with what the server says against it.
 * @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>}
 */
export async function send(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "x-ventes": key.get(), ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.json().catch(() => undefined);
  // A proxy in front of the server answered, with something that is no JSON.
  if (answer === undefined) throw new Error(`${path}: ${response.status}`);
  if (!response.ok) throw new Refused(answer.error ?? `${path}: ${response.status}`);
  return answer;
}

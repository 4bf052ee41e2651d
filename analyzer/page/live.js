/**
 * The link to the server: an event stream says that something changed, a question now and then whether the
 * server is still there (a stream can die without a word). Calls `onChange` when it is time to ask for the
 * figures, and `onLost` when nobody answers; for ever.
 */

const ASK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;
const OPEN_AGAIN_MS = 2_000;

/** @param {{ onLost: () => void, onChange: () => void }} listener */
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
    // The first event comes with the stream itself.
    stream.addEventListener("analyses", change);
    stream.addEventListener("error", () => {
      lose();
      // The browser opens it again by itself, unless the server refused it.
      if (stream.readyState !== EventSource.CLOSED) return;
      stream.close();
      setTimeout(open, OPEN_AGAIN_MS);
    });
  }

  async function ask() {
    try {
      await fetchJson("healthz");
      if (lost) change();
    } catch (error) {
      if (!(error instanceof NotYet)) lose();
    }
  }

  function change() {
    lost = false;
    onChange();
  }

  function lose() {
    lost = true;
    onLost();
  }
}

/** The server is there, and has no database to show yet. */
export class NotYet extends Error {}

/** @param {string} path @returns {Promise<any>} */
export async function fetchJson(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), cache: "no-store" });
  if (response.status === 503) throw new NotYet();
  // The token is another one now: the server's answer to the page itself asks for it.
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/**
 * Whether the page answers; and at first, whether it has something to show: all files that are followed were looked
 * at, and what they hold is in the analyses. So `docker compose up --wait` ends with a full page. After a minute and
 * a half it only has to answer: perhaps nothing is followed.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";

const READY = "/tmp/ready";
const PATIENCE_MS = 90_000;

const { VENTES_PORT, VENTES_TOKEN, VENTES_TOKEN_FILE } = process.env;
const token = VENTES_TOKEN || (VENTES_TOKEN_FILE ? readFileSync(VENTES_TOKEN_FILE, "utf8").trim() : "");

/** @param {string} path @returns {Promise<any>} */
const ask = async (path) => {
  const response = await fetch(`http://127.0.0.1:${VENTES_PORT}/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
};

const { commit, newest } = await ask("healthz");
if (!existsSync(READY)) {
  /** @type {{ readonly sources: readonly { readonly state: string }[] }} */
  const { sources } = await ask("api/sources");
  const isRead = sources.length > 0 && sources.every(({ state }) => state === "ok" || state === "parked");
  const isShown = commit > 0 && commit === newest;
  const isLate = Date.now() - statSync("/proc/1").ctimeMs > PATIENCE_MS;
  if (!(isRead && isShown) && !isLate)
    throw new Error(`${sources.length} sources, commit ${commit} of ${newest}`);
  writeFileSync(READY, "");
}

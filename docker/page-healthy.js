/**
 * The health check of the page. At first the page must show figures: every followed file was polled, and the figures are
 * right (/readyz). So `docker compose up --wait` ends with a complete page. Afterwards, or after FIGURES_WAIT_MS
 * (perhaps no file is followed), the page only has to answer.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";

const READY = "/tmp/ready";
const FIGURES_WAIT_MS = 90_000;

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

const isReady = async () => (await fetch(`http://127.0.0.1:${VENTES_PORT}/readyz`)).ok;

const { commit } = await ask("healthz");
if (!existsSync(READY)) {
  /** @type {{ readonly sources: readonly { readonly state: string }[] }} */
  const { sources } = await ask("api/sources");
  const isRead = sources.length > 0 && sources.every(({ state }) => state === "ok" || state === "parked");
  const isShown = commit !== null && commit > 0 && (await isReady());
  const isLate = Date.now() - statSync("/proc/1").ctimeMs > FIGURES_WAIT_MS;
  if (!(isRead && isShown) && !isLate) throw new Error(`${sources.length} sources, commit ${commit}`);
  writeFileSync(READY, "");
}

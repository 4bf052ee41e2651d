/** A real Chromium for tests of the page. Use inside `describeWith("browser", ...)`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { requirement } from "./require.ts";

/** Starts the Chromium of this machine, without a sandbox (tests run as root in images) and without a network of its own. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: requirement("browser").found,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
    ],
  });

/** Containers of other tests come and go: Chromium then cancels what it loads, and the page asks again. */
const NETWORK_CHANGED = "net::ERR_NETWORK_CHANGED";

/** What a page must never have: errors, failed requests of its own, console errors (a CSP violation is one). */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (!message.text().includes(NETWORK_CHANGED)) complaints.push(message.text());
  });
  return complaints;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds against the page as it is, a line for each rule. */
export const violations = (page: Page): Promise<readonly string[]> =>
  // Not as a script of the page: its policy would refuse it, as it must.
  page.evaluate(
    `${axe}; axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html + n.failureSummary).join(" ")))`,
  );

const SHOTS = process.env.VENTES_SCREENSHOTS;

/** A picture of the whole page, in the folder of VENTES_SCREENSHOTS if that is set. */
export const shot = async (page: Page, name: string): Promise<void> => {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
};

/** A real Chromium for tests of the page. Use inside `describeWith("browser", ...)`. */
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

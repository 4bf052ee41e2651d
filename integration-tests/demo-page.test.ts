/**
 * The demo in a real Chromium: the page opens, shows the figures, and changes by itself when the served file grows.
 * The README's picture is made here: VENTES_TEST_PICTURE=1 writes docs/page.png.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import { complaintsOf, launchBrowser } from "./support/browser.ts";
import { describeWith } from "./support/describe-with.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const PICTURE = join(import.meta.dirname, "../docs/page.png");

describeWith("browser", "the demo's page", () => {
  it("opens, shows the figures, and changes by itself when the served file grows", async () => {
    const demo = startVentes(["start", "--data", scratchDirectory()], { env: { VENTES_LANG: "fr" } });
    const [, url = ""] = await demo.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
    await demo.said(/Ctrl-C/);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ locale: "fr-FR", viewport: { width: 1200, height: 880 } });
      const complaints = complaintsOf(page);
      await page.goto(url);
      const total = page.locator("#total");
      await expect.poll(() => total.textContent()).toMatch(/^\d+\s\d{3},\d\d\s€$/);
      expect(await page.locator("#regions tbody tr").count()).toBeGreaterThanOrEqual(6);
      expect(await page.locator("#products tbody tr").count()).toBe(8);
      const before = await total.textContent();
      await expect.poll(() => total.textContent()).not.toBe(before);
      if (process.env.VENTES_TEST_PICTURE === "1") await page.screenshot({ path: PICTURE });
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
    expect((await demo.stop("SIGINT")).code).toBe(130);
  });
});

/**
 * The demo in a real Chromium, in both languages: the page opens, shows the figures, and changes by itself when the
 * served file grows. The pictures of README.md and README.fr.md are made here: with VENTES_TEST_PICTURE=1 this test
 * writes docs/page.png and docs/page.fr.png.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import { complaintsOf, launchBrowser } from "./support/browser.ts";
import { describeWith } from "./support/describe-with.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const DOCS = join(import.meta.dirname, "../docs");

const PAGES = [
  { lang: "fr", locale: "fr-FR", picture: "page.fr.png", amount: /^\d+\s\d{3},\d\d\s€$/ },
  { lang: "en", locale: "en-GB", picture: "page.png", amount: /^€\d+,\d{3}\.\d\d$/ },
] as const;

describeWith("browser", "the demo's page", () => {
  it.each(PAGES)(
    "opens, shows the figures, and changes by itself when the served file grows ($locale)",
    async ({ lang, locale, picture, amount }) => {
      const demo = startVentes(["start", "--data", scratchDirectory()], { env: { VENTES_LANG: lang } });
      const [, url = ""] = await demo.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
      await demo.said(/Ctrl-C/);
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage({ locale, viewport: { width: 1200, height: 880 } });
        const complaints = complaintsOf(page);
        await page.goto(url);
        const total = page.locator("#total");
        await expect.poll(() => total.textContent()).toMatch(amount);
        expect(await page.locator("#regions tbody tr").count()).toBeGreaterThanOrEqual(6);
        expect(await page.locator("#products tbody tr").count()).toBe(8);
        const before = await total.textContent();
        await expect.poll(() => total.textContent()).not.toBe(before);
        if (process.env.VENTES_TEST_PICTURE === "1") await page.screenshot({ path: join(DOCS, picture) });
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
      expect((await demo.stop("SIGINT")).code).toBe(130);
    },
  );
});

/**
 * The demo in a real Chromium, in both languages: the page opens, shows the figures, and changes by itself when the
 * served file grows. The pictures of the READMEs and of docs/page.md are made here: with VENTES_TEST_PICTURE=1 this
 * test writes docs/page.png, docs/page-sale.png and their French ones.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import { complaintsOf, launchBrowser } from "./support/browser.ts";
import { describeWith } from "./support/describe-with.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const DOCS = join(import.meta.dirname, "../docs");

const PAGES = [
  { lang: "fr", locale: "fr-FR", ending: "fr.png", amount: /^[\d\s]+,\d\d\s€$/ },
  { lang: "en", locale: "en-GB", ending: "png", amount: /^€[\d,]+\.\d\d$/ },
] as const;

describeWith("browser", "the demo's page", () => {
  it.each(PAGES)(
    "opens, shows the figures, and changes by itself when the served file grows ($locale)",
    async ({ lang, locale, ending, amount }) => {
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
        await expect.poll(() => page.locator("#products tbody tr").count()).toBe(8);
        const before = await total.textContent();
        await expect.poll(() => total.textContent()).not.toBe(before);
        const picture = async (name: string) => {
          if (process.env.VENTES_TEST_PICTURE === "1")
            await page.screenshot({ path: join(DOCS, `${name}.${ending}`) });
        };
        // The sales of the demo's files are of 2025.
        await page.goto(`${url}?from=2025-01-01&to=2025-12-31&by=month`);
        await page.locator(".plot canvas").waitFor();
        await page.locator("#products tbody tr").nth(7).waitFor();
        await picture("page");
        // From the figure to the line of the file.
        await page.locator(".through a").click();
        await page.locator("#sales tbody tr").first().getByRole("link").first().click();
        await page.locator("#published").waitFor();
        expect(await page.locator("#sale").innerText()).toContain("/ventes.csv");
        expect(await page.locator("#published pre").innerText()).toContain("id_vente: ");
        await picture("page-sale");
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
      expect((await demo.stop("SIGINT")).code).toBe(130);
    },
  );
});

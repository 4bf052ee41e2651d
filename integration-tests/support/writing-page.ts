/** The page that a browser may write on, over a small company whose program runs as a user runs it. */
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { complaintsOf, launchBrowser, shot, violations } from "./browser.ts";
import { publishFiles } from "./published-files.ts";
import { scratchDirectory, startVentes } from "./ventes.ts";

const LINES = 60;

/** 60 sales of 10.00 each, without those of some numbers. */
export const sales = (isGone: (n: number) => boolean = () => false): string =>
  [
    "id_vente,date_vente,id_produit,id_magasin,quantité,chiffre_affaires",
    ...Array.from({ length: LINES }, (_, n) => n)
      .filter((n) => !isGone(n))
      .map((n) => `V${n},2026-01-${String(1 + (n % 28)).padStart(2, "0")},P1,M1,1,10.00`),
    "",
  ].join("\n");

/** Spaces of numbers are of several kinds. */
export const plain = (text: string | null) => (text ?? "").replaceAll(/\s+/g, " ").trim();

/** Starts the program and a browser until the end of the test. `link`: the one that lets a browser write. */
export async function company(lang: "fr" | "en") {
  const data = scratchDirectory();
  const files = await publishFiles({
    "produits.csv": "id_produit,nom\nP1,Carnet\n",
    "magasins.csv": "id_magasin,ville\nM1,Lyon\n",
    "ventes.csv": sales(),
    "marché.csv":
      "N° de ligne;Jour;Réf. produit;Magasin;Qté;Montant;Vendeuse\n" +
      "A1;03/02/2026;P1;M1;2;25,50;Zoé\nA2;13/02/2026;P1;M1;1;12,75;Zoé\nA3;13/02/2026;P1;M1;douze;12,75;Léa\n",
  });
  const names = ["produits.csv", "magasins.csv", "ventes.csv"];
  const program = startVentes(["start", ...names.map(files.url), "--data", data, "--every", "1s"], {
    env: { VENTES_LANG: lang },
  });
  const [, url = ""] = await program.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
  const [link] = await program.said(/http:\/\/127\.0\.0\.1:\d+\/#write=\S+/);
  await program.said(/Ctrl-C/);
  const browser = await launchBrowser();
  onTestFinished(async () => {
    await browser.close();
    await program.stop();
    await files.close();
  });
  return { data, files, program, browser, url, link };
}

export async function opened(browser: Browser, address: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    locale: "fr-FR",
    viewport: { width: 1200, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(address);
  await page.locator('#link[data-state="live"]').waitFor();
  return { page, complaints };
}

/** Total revenue over all days, as another tab of this browser reads it; null: there is no sale. */
export const totalOf = async (page: Page): Promise<number | null> => {
  const answer = await page.request.get(new URL("api/analyses?limit=1", page.url()).href);
  return ((await answer.json()) as { chiffre_affaires_total: number | null }).chiffre_affaires_total;
};
export const total = (page: Page) => expect.poll(() => totalOf(page), { timeout: 30_000 });

export const said = (page: Page, text: RegExp) => page.locator("#outcome").getByText(text).waitFor();
export const item = (page: Page, file: string) => page.locator("#sources > li", { hasText: file });

const SIZES = { wide: { width: 1200, height: 900 }, narrow: { width: 390, height: 844 } };
const LOOKS = [
  ["wide", "dark"],
  ["narrow", "light"],
  ["narrow", "dark"],
  ["wide", "light"],
] as const;
/** Those that axe looks at. The others are for pictures. */
const EXAMINED = 2;

/** No finding of axe, wide and on a telephone, in light and dark; nothing is cut off. */
export async function isFine(page: Page, name: string) {
  const looks = process.env.VENTES_SCREENSHOTS === undefined ? LOOKS.slice(0, EXAMINED) : LOOKS;
  for (const [i, [size, colorScheme]] of looks.entries()) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(SIZES[size]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
      SIZES[size].width,
    );
    await shot(page, `writes-${name}-${size}-${colorScheme}`);
    if (i < EXAMINED) expect(await violations(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(SIZES.wide);
}

const LANGUAGES = { fr: "fr.png", en: "png" } as const;
const DOCS = join(import.meta.dirname, "../../docs");

/** With VENTES_TEST_PICTURE=1 a picture of this place for docs/page.md and docs/page.fr.md: docs/NAME.png, docs/NAME.fr.png. */
export async function picture(page: Page, name: string) {
  if (process.env.VENTES_TEST_PICTURE !== "1") return;
  const tab = await page.context().newPage();
  await tab.setViewportSize({ width: 1200, height: 800 });
  for (const [lang, ending] of Object.entries(LANGUAGES)) {
    const place = new URL(page.url());
    place.searchParams.set("lang", lang);
    await tab.goto(place.href);
    await tab.locator('#link[data-state="live"]').waitFor();
    await tab
      .locator("summary", { hasText: /En faire une analyse|Keep it as/ })
      .click({ timeout: 3_000 })
      .catch(() => {});
    await tab.screenshot({ path: join(DOCS, `${name}.${ending}`) });
  }
  await tab.close();
}

/**
 * The page of a large company in a real Chromium: its first screen, and the search, the order, the pages and the filters of a
 * long list of products. Measured in processor time of the program, because a machine may be busy; with VENTES_TEST_LONG
 * it is printed, with the times of the browser, and has no limit.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { writeBigCompany } from "./support/big-company.ts";
import { complaintsOf, launchBrowser } from "./support/browser.ts";
import { describeWith } from "./support/describe-with.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const IS_LONG = process.env.VENTES_TEST_LONG === "1";
const PRODUCTS = IS_LONG ? 100_000 : 3_000;
const SALES = IS_LONG ? 300_000 : 10_000;
/** Rows of the list that are shown at a time. */
const SIZE = 25;
/** Milliseconds of processor time of the program. */
const FIRST_SCREEN_MS = 1_000;
const ANSWER_MS = 300;

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
/** Milliseconds of processor time that the process has used. */
function cpuOf(pid: number): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user = 0, system = 0] = fields.split(" ").slice(11, 13).map(Number);
  return ((user + system) * 1_000) / TICKS;
}

describeWith("browser", "the page of a large company", () => {
  it(`shows ${PRODUCTS} products, searched, sorted, paged and filtered`, {
    timeout: IS_LONG ? 900_000 : 90_000,
  }, async () => {
    const dir = scratchDirectory();
    const company = writeBigCompany(join(dir, "files"), SALES, PRODUCTS);
    const program = startVentes(
      [
        "start",
        company.produits,
        company.magasins,
        company.ventes,
        "--data",
        join(dir, "data"),
        "--every",
        "1h",
      ],
      { env: { VENTES_LANG: "en" } },
    );
    const [, url = ""] = await program.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
    await program.said(/Ctrl-C/, IS_LONG ? 600_000 : 60_000);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1200, height: 900 } });
      const complaints = complaintsOf(page);
      // Plain analyses run after the load: they are not the page's.
      await quiet(program.pid);
      const figures: [what: string, cpu: number, wall: number][] = [];
      const measured = async (what: string, most: number, act: () => Promise<unknown>) => {
        const [cpu, start] = [cpuOf(program.pid), performance.now()];
        await act();
        figures.push([what, cpuOf(program.pid) - cpu, Math.round(performance.now() - start)]);
        // Of a large company, the program may still run analyses meanwhile: its figures are printed alone.
        if (!IS_LONG) expect(figures.at(-1)?.[1], what).toBeLessThan(most);
      };
      const rows = page.locator("#products tbody tr");
      const first = async (pattern: RegExp) =>
        expect.poll(() => rows.first().innerText(), { interval: 10, timeout: 30_000 }).toMatch(pattern);

      await measured("first screen", FIRST_SCREEN_MS, async () => {
        await page.goto(`${url}?period=all`);
        await expect.poll(() => rows.count(), { interval: 10, timeout: 30_000 }).toBe(SIZE);
        await page.locator(".plot canvas").waitFor();
      });
      // The page shows a part, whatever the number of products.
      expect(await page.evaluate("document.querySelectorAll('*').length")).toBeLessThan(3_000);
      const most = [...company.quantities].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";
      await measured("sorted by quantity", ANSWER_MS, async () => {
        await page.locator("#products").getByRole("link", { name: "Quantity" }).click();
        await first(new RegExp(company.quantities.get(most)?.toLocaleString("en-GB") ?? "none"));
      });
      await measured("the next page", ANSWER_MS, async () => {
        await page.locator("#products .pages").getByRole("link", { name: "Next" }).click();
        await page.getByText(/^26–50 of/).waitFor();
      });
      // REF02999 is "Produit 2999"; a product without a sale is not in the list.
      const last = Number([...company.quantities.keys()].toSorted().at(-1)?.slice("REF".length));
      await measured("a product searched", ANSWER_MS, async () => {
        await page.getByRole("searchbox").fill(`produit ${last}`);
        await first(new RegExp(`Produit ${last}`));
      });
      await measured("a city", ANSWER_MS, async () => {
        await page.locator("#regions").getByRole("link", { name: "Lyon" }).click();
        const lyon = (company.cities.get("Lyon") ?? 0) / 100;
        const shown = new Intl.NumberFormat("en-GB", { style: "currency", currency: "EUR" }).format(lyon);
        await expect
          .poll(() => page.locator("#total").textContent(), { interval: 10, timeout: 30_000 })
          .toBe(shown);
      });
      await measured("a period too", ANSWER_MS, async () => {
        await page.goto(`${url}?city=Lyon&from=2024-03-01&to=2024-03-28`);
        await page.locator(".plot canvas").waitFor();
      });
      if (IS_LONG)
        for (const [what, cpu, wall] of figures)
          process.stdout.write(`${what}: ${cpu} ms of the program, ${wall} ms until it is shown\n`);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
    expect((await program.stop("SIGINT")).code).toBe(130);
  });
});

const QUIET_MS = IS_LONG ? 5_000 : 1_000;
/** Its polls take some hundredths of a processor. */
const QUIET_PART = 0.1;

/** Waits until the program does next to nothing. */
async function quiet(pid: number): Promise<void> {
  for (let before = Number.NEGATIVE_INFINITY; ; ) {
    const now = cpuOf(pid);
    if (now - before < QUIET_MS * QUIET_PART) return;
    before = now;
    await setTimeout(QUIET_MS);
  }
}

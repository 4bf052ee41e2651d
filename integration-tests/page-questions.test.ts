/**
 * The questions that a shop owner asks, each answered on the page in at most three clicks. The program runs as a user
 * runs it, on files whose answers are computed here, and a real Chromium clicks.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { complaintsOf, launchBrowser } from "./support/browser.ts";
import { describeWith } from "./support/describe-with.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const DAY_MS = 86_400_000;
const DAYS = 150;

interface Sale {
  readonly id: string;
  readonly ticket: string;
  readonly day: string;
  readonly product: string;
  readonly shop: string;
  readonly quantity: number;
  /** Cents. */
  readonly amount: number;
}

const SHOPS: Readonly<Record<string, string>> = { m1: "Lyon", m2: "Lyon", m3: "Paris" };
const UNSOLD = { id: "P3", name: "Encre verte" };

/** The day of the reader's clock, so many days ago. */
function day(ago: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - ago * DAY_MS)
    .toISOString()
    .slice(0, 10);
}

/** Four sales on each day; the unsold product was sold last 100 days ago. */
function company(): readonly Sale[] {
  const sales: Sale[] = [];
  for (let ago = DAYS; ago >= 0; ago--)
    for (let n = 0; n < 4; n++) {
      const product = n < 3 ? `P${Math.min(1, (ago + n) % 3)}` : ago >= 100 ? UNSOLD.id : "P2";
      const quantity = 1 + ((ago * 7 + n) % 5);
      sales.push({
        id: `V${ago}-${n}`,
        ticket: `T${ago}-${Math.floor(n / 2)}`,
        day: day(ago),
        product,
        shop: `m${1 + ((ago + n) % 3)}`,
        quantity,
        amount: quantity * (301 + (ago % 17)),
      });
    }
  // 300 products more, each sold once: they stand far down the list.
  for (let n = 0; n < 300; n++)
    sales.push({
      id: `W${n}`,
      ticket: `U${n}`,
      day: day(2),
      product: `A${n}`,
      shop: "m3",
      quantity: 1,
      amount: 1,
    });
  return sales;
}

const money = (cents: number) =>
  new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" }).format(cents / 100);
const sum = (sales: readonly Sale[]) => sales.reduce((total, { amount }) => total + amount, 0);

/** Spaces of numbers are of several kinds. */
const plain = (text: string | null) => (text ?? "").replaceAll(/\s+/g, " ").trim();

describeWith("browser", "the questions of a shop owner", () => {
  it("are answered on the page in at most three clicks", { timeout: 90_000 }, async () => {
    const dir = scratchDirectory();
    const sales = company();
    const file = join(dir, "ventes.csv");
    const lines = sales.map((s) =>
      [s.id, s.ticket, s.day, s.product, s.shop, s.quantity, (s.amount / 100).toFixed(2)].join(";"),
    );
    writeFileSync(
      file,
      ["id_vente;ticket;date_vente;id_produit;id_magasin;quantite;chiffre_affaires", ...lines, ""].join("\n"),
    );
    const shops = Object.entries(SHOPS).map((pair) => pair.join(";"));
    writeFileSync(join(dir, "magasins.csv"), ["id_magasin;ville", ...shops, ""].join("\n"));
    const names = new Map([
      ["P0", "Carnet"],
      ["P1", "Stylo plume"],
      ["P2", "Gomme"],
      [UNSOLD.id, UNSOLD.name],
    ]);
    for (let n = 0; n < 300; n++) names.set(`A${n}`, `Article ${n}`);
    writeFileSync(
      join(dir, "produits.csv"),
      ["id_produit;nom", ...[...names].map((pair) => pair.join(";")), ""].join("\n"),
    );
    const program = startVentes(
      [
        "start",
        ...["produits", "magasins", "ventes"].map((name) => join(dir, `${name}.csv`)),
        "--data",
        join(dir, "data"),
        "--every",
        "1s",
      ],
      { env: { VENTES_LANG: "fr" } },
    );
    const [, url = ""] = await program.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
    await program.said(/Ctrl-C/);

    const browser = await launchBrowser();
    try {
      const context = await browser.newContext({ locale: "fr-FR", viewport: { width: 1200, height: 900 } });
      /** Opens the page, asks, and counts the clicks. */
      const asked = async (ask: (page: Page, click: (at: Locator) => Promise<void>) => Promise<void>) => {
        const page = await context.newPage();
        const complaints = complaintsOf(page);
        await page.goto(url);
        await page.locator("#total").waitFor();
        let clicks = 0;
        await ask(page, async (at) => {
          clicks++;
          await at.click();
        });
        expect(clicks).toBeLessThanOrEqual(3);
        expect(complaints).toEqual([]);
        await page.close();
      };
      const total = (page: Page) =>
        expect.poll(async () => plain(await page.locator("#total").textContent()));
      const month = sales.filter(({ day: of }) => of >= day(29));

      // "Why is Lyon 1,059.79?": down to the line of the file.
      await asked(async (page, click) => {
        const lyon = month.filter(({ shop }) => SHOPS[shop] === "Lyon");
        const row = page.locator("#regions tr", { hasText: "Lyon" });
        expect(plain(await row.locator("td").textContent())).toBe(plain(money(sum(lyon))));
        await click(row.getByRole("link", { name: "Lyon" }));
        await total(page).toBe(plain(money(sum(lyon))));
        await click(page.getByRole("link", { name: `Voir les ${lyon.length} ventes` }));
        await page.getByText(`${lyon.length} ventes, `).waitFor();
        await click(page.locator("#sales tbody tr").first().getByRole("link").first());
        const fact = async (name: string) =>
          plain(
            await page.locator("#sale dt", { hasText: name }).locator("xpath=../dd").first().textContent(),
          );
        const line = Number((await fact("Ligne")).replaceAll(/\D/g, ""));
        const id = await fact("Identifiant");
        expect(readFileSync(file, "utf8").split("\n")[line - 1]).toMatch(new RegExp(`^${id};`));
        expect(await page.locator("#sale").innerText()).toContain("ventes.csv");
        expect(await page.locator("#published pre").innerText()).toContain("id_vente: ");
      });

      // "By month?"
      await asked(async (page, click) => {
        await click(page.getByRole("link", { name: "Tout", exact: true }));
        await click(page.getByRole("link", { name: "Mois", exact: true }));
        await click(page.getByText("Voir en tableau"));
        const months = Map.groupBy(sales, ({ day: of }) => of.slice(0, 7));
        const shown = page.locator(".as-table tbody td");
        await expect.poll(() => shown.count()).toBe(months.size);
        expect((await shown.allTextContents()).map(plain)).toEqual(
          [...months.values()].map((of) => plain(money(sum(of)))),
        );
      });

      // "Yesterday?"
      await asked(async (page, click) => {
        await click(page.getByRole("link", { name: "Hier", exact: true }));
        await total(page).toBe(plain(money(sum(sales.filter(({ day: of }) => of === day(1))))));
      });

      // "Top products against last quarter?"
      await asked(async (page, click) => {
        await click(page.getByRole("link", { name: "Ce trimestre", exact: true }));
        const from = `${day(0).slice(0, 5)}${String(Math.floor((Number(day(0).slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`;
        const days = (Date.parse(day(0)) - Date.parse(from)) / DAY_MS + 1;
        const before = new Date(Date.parse(from) - days * DAY_MS).toISOString().slice(0, 10);
        const of = (product: string, first: string, end: string) =>
          sum(sales.filter((s) => s.product === product && s.day >= first && s.day < end));
        const ranked = ["P0", "P1", "P2"]
          .map((product) => ({ product, now: of(product, from, "9999"), was: of(product, before, from) }))
          .sort((a, b) => b.now - a.now);
        const top = ranked[0];
        if (top === undefined) throw new Error("no product");
        const row = page.locator("#products tbody tr").first();
        await expect
          .poll(async () => plain(await row.locator(".value").textContent()))
          .toBe(plain(money(top.now)));
        expect(await row.locator("th").textContent()).toContain(top.product);
        const part = (top.now - top.was) / top.was;
        const shown = new Intl.NumberFormat("fr-FR", {
          style: "percent",
          maximumFractionDigits: Math.abs(part) < 10 ? 1 : 0,
          signDisplay: "exceptZero",
        }).format(part);
        expect(plain(await row.locator("td").nth(1).textContent())).toBe(plain(shown));
      });

      // "Not sold for 60 days?"
      await asked(async (page, click) => {
        await click(page.locator(".tabs").getByRole("link", { name: "Analyses" }));
        const card = page.locator("section.card", { hasText: /60 jours/ });
        await card.getByText(UNSOLD.name).waitFor();
        expect(await card.getByText("Stylo plume").count()).toBe(0);
      });

      // "Average basket by shop?"
      await asked(async (page, click) => {
        await click(page.locator(".tabs").getByRole("link", { name: "Analyses" }));
        const baskets = Map.groupBy(
          sales.filter(({ shop }) => shop === "m1"),
          ({ ticket }) => ticket,
        );
        const average = sum([...baskets.values()].flat()) / baskets.size;
        const card = page.locator("section.card", { hasText: /[Pp]anier moyen/ });
        await card.getByText("m1").first().waitFor();
        expect(plain(await card.innerText())).toContain(plain(money(Math.round(average))));
      });

      // "In Excel, please."
      await asked(async (page, click) => {
        const card = page.locator("section.card", { hasText: "Chiffre d’affaires par ville" });
        await click(card.getByText("Télécharger"));
        const download = page.waitForEvent("download");
        await click(card.getByRole("link", { name: "Excel (.xlsx)" }));
        const path = await (await download).path();
        // A workbook is a zip.
        expect(readFileSync(path).subarray(0, 2).toString()).toBe("PK");
      });

      // "Only 200 of 1,000 products": any product is found by a part of its name.
      await asked(async (page) => {
        await page.getByRole("searchbox", { name: "Chercher un produit" }).fill("article 277");
        await page.locator("#products tbody tr", { hasText: "A277" }).waitFor();
        await expect.poll(() => page.locator("#products tbody tr").count()).toBe(1);
      });

      // "Tell me when a file fails."
      await asked(async (page, click) => {
        rmSync(file);
        const needs = page.locator("#needs");
        await needs.getByText("ventes.csv").waitFor();
        expect(await page.title()).toBe("(1) Ventes");
        await click(needs.getByRole("link"));
        await page.locator('#sources .pill[data-state="parked"]').waitFor();
      });
    } finally {
      await browser.close();
    }
    expect((await program.stop("SIGINT")).code).toBe(130);
  });
});

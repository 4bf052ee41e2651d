/** A query of the page that a person keeps as an analysis, and removes, in a real Chromium. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith } from "./support/describe-with.ts";
import { company, isFine, opened, picture, plain, said, sales } from "./support/writing-page.ts";

const SQL = `SELECT substr(date_vente, 1, 7) AS mois, SUM(chiffre_affaires) AS chiffre, COUNT(*) AS nombre
FROM ventes GROUP BY mois`;

describeWith("browser", "a query that is kept as an analysis", () => {
  it("is in the view Analyses, stays right, and can be removed and brought back", {
    timeout: 90_000,
  }, async () => {
    const { browser, link, url, files, data } = await company("fr");
    const { page, complaints } = await opened(browser, link);
    await page.goto(`${url}?view=sql&sql=${encodeURIComponent(SQL)}`);
    await page.getByText("En faire une analyse").click();
    const title = page.getByLabel("Titre :");
    const units = page.locator(".keep select");
    expect(await units.evaluateAll((all) => all.map((one) => (one as { value?: string }).value))).toEqual([
      "montant",
      "nombre",
    ]);
    await isFine(page, "keep-query");
    await title.fill("Été par mois");
    await title.press("Enter");
    await said(page, /la requête est maintenant l'analyse ete_par_mois/);
    await isFine(page, "kept-query");
    await picture(page, "page-sql");
    // Nothing is written over it.
    await title.press("Enter");
    await said(page, /ete_par_mois\.sql existe déjà/);
    const file = join(data, "analyses", "ete_par_mois.sql");
    expect(readFileSync(file, "utf8")).toBe(
      `-- titre: Été par mois\n-- unite: montant, nombre\n-- graphique: tableau\n${SQL};\n`,
    );

    await page.getByRole("link", { name: "Analyses", exact: true }).click();
    const card = page.locator("section.card", { hasText: "Été par mois" });
    const cells = async () =>
      (await card.locator("tbody tr").first().locator("td").allInnerTexts()).map(plain);
    await expect.poll(cells, { timeout: 10_000 }).toEqual(["janvier 2026", "600,00 €", "60"]);
    files.publish("ventes.csv", `${sales()}Z1,2026-01-05,P1,M1,1,5.00\n`);
    await expect.poll(cells, { timeout: 15_000 }).toEqual(["janvier 2026", "605,00 €", "61"]);

    await card.getByRole("link", { name: "Été par mois" }).click();
    await page.getByRole("button", { name: "Supprimer l’analyse Été par mois" }).click();
    await isFine(page, "discard-query");
    await page.getByRole("button", { name: "Supprimer", exact: true }).click();
    await said(page, /l'analyse ete_par_mois est supprimée/);
    expect(readdirSync(join(data, "analyses"))).toEqual([]);
    await expect.poll(() => card.count(), { timeout: 10_000 }).toBe(0);
    await page.locator("#outcome").getByRole("button", { name: "Annuler cette action" }).click();
    await said(page, /l'analyse ete_par_mois est de nouveau là/);
    await expect.poll(cells, { timeout: 10_000 }).toEqual(["janvier 2026", "605,00 €", "61"]);
    expect(complaints).toEqual([expect.stringContaining("422")]);
  });
});

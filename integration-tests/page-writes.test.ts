/**
 * What a person changes on the page, in a real Chromium, on the program as a user runs it: the link, a file that is tried
 * and added, a version that is confirmed, a file that is removed, and each of them taken back.
 */
import { expect, it } from "vitest";
import { describeWith } from "./support/describe-with.ts";
import { ventes } from "./support/ventes.ts";
import { company, isFine, item, opened, plain, said, sales, total, totalOf } from "./support/writing-page.ts";

describeWith("browser", "changing something on the page", () => {
  it("takes the link, which works once; a reader sees commands instead", { timeout: 90_000 }, async () => {
    const { browser, program, url, link } = await company("fr");
    const reader = await opened(browser, `${url}?view=sources`);
    await reader.page.getByText("Ajouter ou modifier des fichiers").click();
    await reader.page.getByText("npx ventes sources add URL --dry-run").waitFor();
    expect(await reader.page.locator("#sources button").count()).toBe(0);
    await isFine(reader.page, "reader");
    expect(reader.complaints).toEqual([]);

    const writer = await opened(browser, link);
    await writer.page.getByRole("button", { name: "Retirer ventes.csv" }).waitFor();
    expect(writer.page.url()).toBe(`${url}?view=sources`);
    const [cookie] = await writer.page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", expires: -1 });
    expect(await writer.page.evaluate("document.cookie")).toBe("");
    const [, next = ""] = await program.said(/127\.0\.0\.1 a ouvert le lien .* (http:\S+)/);
    // A second tab of the same browser has the session.
    const tab = await writer.page.context().newPage();
    await tab.goto(`${url}?view=sources`);
    await tab.getByRole("button", { name: "Retirer ventes.csv" }).waitFor();

    // The used link in another browser; then, in the same tab, the one that took its place.
    const other = await opened(browser, link);
    await other.page.getByText("ce lien ne sert qu'une fois").waitFor();
    expect(other.page.url()).toBe(url);
    await other.page.goto(next);
    await other.page.getByRole("button", { name: "Retirer ventes.csv" }).waitFor();
    expect(await other.page.getByText("ce lien ne sert").count()).toBe(0);

    await writer.page.getByRole("button", { name: "Quitter" }).click();
    await writer.page.getByText("Ajouter ou modifier des fichiers").waitFor();
    expect(await writer.page.locator("#sources button").count()).toBe(0);
    // The other tab finds out when it asks for something.
    await tab.getByRole("button", { name: "Relire : ventes.csv" }).click();
    await said(tab, /ce navigateur ne peut rien changer/);
    await expect.poll(() => tab.locator("#sources button").count()).toBe(0);
    expect(writer.complaints).toEqual([]);
  });

  it("tries a file, adds it, and takes it back", { timeout: 90_000 }, async () => {
    const { browser, files, link } = await company("fr");
    const { page, complaints } = await opened(browser, link);
    await total(page).toBe(600);
    const field = page.getByLabel("Suivre un fichier de plus");
    await field.fill(files.url("absent.csv"));
    await page.getByRole("button", { name: "Essayer" }).click();
    await said(page, /n'existe pas/);

    await field.fill(files.url("marché.csv"));
    await field.press("Enter");
    const preview = page.locator(".preview");
    await preview.getByRole("heading", { name: "3 lignes seraient lues comme ventes" }).waitFor();
    const mapping = preview.getByRole("table", { name: "Colonnes" });
    expect(plain(await mapping.locator("tr", { hasText: "Qté" }).innerText())).toContain("quantité");
    expect(plain(await mapping.locator("tr", { hasText: "Jour" }).innerText())).toMatch(/date_vente/);
    const rows = preview.getByRole("table", { name: /Premières lignes/ });
    expect(await rows.locator("tbody tr").count()).toBe(2);
    expect(plain(await preview.innerText())).toContain("1 ligne: « douze » n'est pas un nombre");
    await isFine(page, "try");
    expect(await totalOf(page)).toBe(600);

    await preview.getByLabel("Nom").fill("Le marché du samedi");
    await preview.getByRole("button", { name: "Suivre ce fichier" }).click();
    await said(page, /march.*est enregistré \(ventes\)/);
    await total(page).toBe(638.25);
    await item(page, "Le marché du samedi").getByText("march%C3%A9.csv").waitFor();
    await page.locator("#outcome").getByRole("button", { name: "Annuler cette action" }).click();
    await said(page, /n'est plus suivi ; ses lignes restent/);
    expect(complaints).toEqual([expect.stringContaining("422")]);
  });

  it("confirms a version with both outcomes in money, and takes the decision back", {
    timeout: 90_000,
  }, async () => {
    const { browser, data, files, link } = await company("fr");
    const { page, complaints } = await opened(browser, link);
    await total(page).toBe(600);
    files.publish(
      "ventes.csv",
      sales((n) => n >= 10 && n < 40 && n % 3 > 0),
    );
    const held = item(page, "ventes.csv");
    await held.locator('.pill[data-state="held"]').waitFor();
    await held.getByText(/Jusqu’à votre décision, le chiffre d’affaires total reste 600,00/).waitFor();
    const choice = held.getByRole("button", { name: /^Choisir : pour les supprimer / });
    const question = held.getByRole("group", { name: /^Choisir : pour les supprimer / });
    await isFine(page, "held");
    await choice.click();
    expect(plain(await question.innerText())).toContain(
      "rien ne change encore : la version attend ensuite une autre décision (vanished.many)",
    );
    await isFine(page, "confirm");
    expect(await totalOf(page)).toBe(600);
    await question.getByRole("button", { name: "Confirmer", exact: true }).click();
    await said(page, /la décision est enregistrée/);

    // Read again, the version is held for another reason: it deletes a good part of the rows.
    await held.getByText(/elle supprimerait 20 lignes sur 60/).waitFor();
    await choice.click();
    expect(plain(await question.innerText())).toContain(
      "20 ventes supprimées ; chiffre d’affaires total ensuite : 400,00 €, 200,00 € de moins",
    );
    await question.getByRole("button", { name: "Confirmer", exact: true }).click();
    await total(page).toBe(400);
    await held.locator('.pill[data-state="ok"]').waitFor();
    await held
      .getByText(/Accepté le/)
      .first()
      .waitFor();
    await page.locator("#outcome").getByRole("button", { name: "Annuler cette action" }).click();
    await said(page, /une version suivante où la même chose n'est pas claire sera retenue/);

    // All of it is in the history of the file, on the page and in the terminal.
    await held.getByRole("link", { name: "Son historique : ventes.csv" }).click();
    const feed = page.locator(".feed > li");
    const wanted = ["Version publiée", "Version retenue", "Accepté à la main", "20 supprimées"];
    for (const text of wanted) await feed.filter({ hasText: text }).first().waitFor();
    await isFine(page, "history");
    const { stdout } = await ventes([
      "sources",
      "history",
      files.url("ventes.csv"),
      "--json",
      "--data",
      data,
    ]);
    const { versions, changes } = JSON.parse(stdout) as {
      versions: readonly { kind: string }[];
      changes: readonly { revenue: number; removed: number }[];
    };
    expect(versions.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["applied", "held", "decided"]));
    // Both changes are one where they are less than ten seconds apart.
    const sumOf = (of: (change: (typeof changes)[number]) => number) =>
      changes.reduce((sum, change) => sum + of(change), 0);
    expect(sumOf(({ revenue }) => revenue)).toBe(400);
    expect(sumOf(({ removed }) => removed)).toBe(20);
    const terminal = await ventes(["sources", "history", files.url("ventes.csv"), "--data", data]);
    expect(terminal.stdout).toMatch(/accepted by hand|acceptée à la main/);
    expect(complaints).toEqual([]);
  });

  it("removes a file with its rows after it said what goes, by keyboard, and brings them back", {
    timeout: 90_000,
  }, async () => {
    const { browser, link } = await company("en");
    const { page, complaints } = await opened(browser, link, { locale: "en-GB", reducedMotion: "reduce" });
    await total(page).toBe(600);
    const focused = () => page.evaluate("document.activeElement.textContent");
    const remove = page.getByRole("button", { name: "Remove ventes.csv" });
    await remove.press("Enter");
    const question = page.getByRole("group", { name: "Remove ventes.csv" });
    await question.getByText("Its rows go too: 60 sales, €600.00.").waitFor();
    await question.getByText("Total revenue from €600.00 to €0.00").waitFor();
    await isFine(page, "remove");
    await page.keyboard.press("Escape");
    await expect.poll(focused).toBe("Remove…");

    await page.keyboard.press("Enter");
    await question.getByText("60 sales").waitFor();
    await page.keyboard.press("Tab");
    await expect.poll(focused).toBe("Stop following");
    await page.keyboard.press("Tab");
    await expect.poll(focused).toBe("Stop and delete its rows");
    await page.keyboard.press("Enter");
    await said(page, /is no longer followed: 60 rows withdrawn/);
    await total(page).toBe(null);
    // The button is gone; the keyboard is at what came of it.
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("outcome");
    await isFine(page, "removed");
    await page.keyboard.press("Tab");
    await expect.poll(focused).toBe("Undo");
    await page.keyboard.press("Enter");
    await said(page, /is followed again, with its options/);
    await total(page).toBe(600);

    await page.getByRole("button", { name: "Name ventes.csv" }).click();
    const naming = page.getByRole("group", { name: "Name ventes.csv" });
    await naming.getByLabel("Name:").fill("All sales");
    await naming.getByLabel("Name:").press("Enter");
    await said(page, /is called "All sales" from now on/);
    await item(page, "All sales").getByText("/ventes.csv").waitFor();
    await page.locator("#outcome").getByRole("button", { name: "Undo" }).click();
    await said(page, /has no name any more/);
    await page.getByRole("button", { name: "Read again: ventes.csv" }).click();
    await said(page, /is being read again as a whole/);
    expect(complaints).toEqual([]);
  });
});

import { randomUUID } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Scope from "effect/Scope";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { CatalogueStatus, SourceStatus, WithdrawnSource } from "#shared/contract/status.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, type Language, Settings } from "#shared/runtime/settings.ts";
import { complaintsOf, launchBrowser, shot, violations } from "../integration-tests/support/browser.ts";
import { describeWith } from "../integration-tests/support/describe-with.ts";
import { openColumns } from "./columns/write.ts";
import { makeRefresher, type Refresher } from "./refresh/refresh.ts";
import type { Access } from "./server/guard.ts";
import type { View } from "./server/reads.ts";
import { serveFrom } from "./server/testing/serve-page.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

const TOWNS = ["Paris", "Lyon", "Marseille", "Bordeaux", "Nantes", "Lille", "Toulouse"];
const PRODUCTS = [
  "Carnet ligné A5",
  "Stylo plume",
  "Encre bleue",
  "Papier vergé",
  "Agenda 2027",
  "Gomme",
  "Règle 30 cm",
];

const source = (file: string, more: Partial<SourceStatus> = {}): SourceStatus => ({
  source: `https://exemple.fr/exports/${file}.csv`,
  entities: [file],
  state: "ok",
  reason: "",
  records: 42,
  emitted: 42,
  unchanged: 0,
  superseded: 0,
  rejected: 0,
  vanished: 0,
  rounded: 0,
  version: 3,
  polled: new Date().toISOString(),
  changed: new Date().toISOString(),
  ...more,
});

let browser: Browser;
let t: TestDatabase;
let refresher: Refresher;
let view: View;
let sources: readonly SourceStatus[];
let catalogues: readonly CatalogueStatus[];
let withdrawn: readonly WithdrawnSource[];
let scope: Scope.Closeable;
let url: string;

const serve = async (port = 0, language: Language = "fr", access: Access = { kind: "local" }) => {
  scope = Scope.makeUnsafe();
  const served = await Effect.runPromise(
    serveFrom(t.dir, {
      access,
      port,
      current: () => view,
      sources: () => sources,
      catalogues: () => catalogues,
      withdrawn: () => withdrawn,
    }).pipe(
      Scope.provide(scope),
      Effect.provide(Layer.succeed(Settings, embeddedSettings(t.dir, { language }))),
    ),
  );
  url = served.url;
  return served;
};
const stop = () => Effect.runPromise(Scope.close(scope, Exit.void));

/** The day of the reader's clock, so many days ago. */
function daysAgo(days: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() - days))
    .toISOString()
    .slice(0, 10);
}

function company(): void {
  t.commit((w) => {
    for (const [i, town] of TOWNS.entries()) w.shop(`m${i}`, town);
    for (const [i, name] of PRODUCTS.entries()) w.product(`REF00${i}`, name);
    for (let n = 0; n < 300; n++)
      w.sale(`v${n}`, {
        id_produit: `REF00${(n * n) % PRODUCTS.length}`,
        id_magasin: `m${(n * 3 + (n % 5)) % TOWNS.length}`,
        quantite: ((n % 4) + 1) * 1_000_000,
        ca: ((n % 9) + 1) * 13_370_000,
        date: daysAgo(n % 25),
      });
  });
  refresher.refresh(new Date());
}

/** One more sale of today, in the analyses. */
function sellForOneEuro(): void {
  t.commit((w) =>
    w.sale("new", {
      id_produit: "REF001",
      id_magasin: "m0",
      quantite: 1_000_000,
      ca: 1_000_000,
      date: daysAgo(0),
    }),
  );
  refresher.refresh(new Date());
}

function reject(id: string, line: number, raw: string, value: string): void {
  t.db
    .prepare(
      "INSERT INTO rejets VALUES (?, 'ventes', 'https://exemple.fr/exports/ventes.csv', 3, ?, ?, ?, ?, 1)",
    )
    .run(id, line, raw, "quantite.not_a_number", JSON.stringify({ value, column: "quantité" }));
}

async function open(
  options: BrowserContextOptions = {},
  place = "",
): Promise<{ page: Page; complaints: readonly string[] }> {
  const context = await browser.newContext({ locale: "fr-FR", ...options });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(url + place);
  await page.locator('#link[data-state="live"]').waitFor();
  await page.locator(".card").first().waitFor();
  return { page, complaints };
}

describeWith("browser", "the page in a real browser", () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    t = openTestDatabase();
    const db = openVentes(t.dir, randomUUID());
    const columns = openColumns(db);
    columns.isInStep();
    refresher = makeRefresher(db, { columns });
    const close = refresher.close;
    refresher = { ...refresher, close: () => [close(), columns.close(), db.close()] };
    view = { dir: t.dir, demo: false };
    sources = ["produits", "magasins", "ventes"].map((file) => source(file));
    catalogues = [];
    withdrawn = [];
    company();
    await serve();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await stop();
    refresher.close();
    t.close();
  });

  test("shows the figures in French, and updates them by itself after a commit", async () => {
    const { page, complaints } = await open();
    await expect.poll(() => page.locator("#total").textContent()).toMatch(/^19\s934,67\s€$/);
    expect(await page.locator("#regions tbody tr").count()).toBe(TOWNS.length);
    await expect.poll(() => page.locator("#products tbody th").first().textContent()).toContain("REF00");
    expect(await page.locator("#as-of").innerText()).toMatch(/ · chiffres mis à jour /);
    const asOf = page.locator("#as-of time");
    expect(await asOf.getAttribute("title")).toMatch(/, commit 1$/);

    sellForOneEuro();
    await page.getByText(/19\s935,67\s€/).waitFor();
    await expect.poll(() => asOf.getAttribute("title")).toMatch(/, commit 2$/);
    await page.getByRole("link", { name: "Fichiers" }).click();
    await expect.poll(() => page.locator("#sources > li").count()).toBe(3);

    sources = [source("ventes", { state: "parked", reason: "404 Not Found" })];
    await page.getByText("404 Not Found").waitFor();
    expect(complaints).toEqual([]);
  });

  test("asks again only for what changed, and shows a plain analysis as soon as it has run", async () => {
    const { page } = await open();
    await expect.poll(() => page.locator("#total").textContent()).toMatch(/19\s934,67/);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    // While it opens, the page may ask for everything twice: the first event of its stream can come after its first requests.
    // Once it has shown this first change and its end, it has made those requests.
    sources = [source("ventes", { state: "parked", reason: "500" })];
    await page.locator("#needs").getByText("ventes.csv").waitFor();
    sources = [source("ventes")];
    await page.locator("#needs").waitFor({ state: "hidden" });

    asked.length = 0;
    sources = [source("ventes", { state: "parked", reason: "404 Not Found" })];
    await page.locator("#needs").getByText("ventes.csv").waitFor();
    expect(asked).toContain("/api/sources");
    expect(asked).not.toContain("/api/overview");

    asked.length = 0;
    sellForOneEuro();
    await page.getByText(/19\s935,67\s€/).waitFor();
    expect(asked).not.toContain("/api/sources");

    await page.locator(".tabs").getByRole("link", { name: "Analyses" }).click();
    const card = page.locator("section.card", { hasText: "Panier moyen par magasin" });
    await card.getByText("Premier calcul en cours").waitFor();
    t.db
      .prepare("UPDATE analyses_liste SET date_analyse = ?, lignes = 0 WHERE nom = 'panier_moyen'")
      .run(new Date().toISOString());
    await card.getByText("Aucune ligne").waitFor();
  });

  test.each(["light", "dark"] as const)("has no finding of axe, %s, wide and narrow", async (colorScheme) => {
    for (let n = 0; n < 14; n++) reject(`r${n}`, n + 2, `2026-11-0${n % 9};REF001;beaucoup;m1`, "beaucoup");
    t.db
      .prepare(`INSERT INTO orphelins (id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, source, line, offset)
        VALUES ('o1', 'REF999', 'm0', '2026-11-22', 1000000, 'x', 1, 1), ('o2', 'REF999', 'm9', '2026-11-22', 1000000, 'x', 1, 1)`)
      .run();
    sources = [
      source("produits"),
      source("magasins", {
        state: "parked",
        reason: "la page est du HTML, pas du CSV",
        records: 0,
        polled: null,
      }),
      source("ventes", { state: "reading", rejected: 14, vanished: 3 }),
    ];
    view = { ...view, demo: true };
    const { page, complaints } = await open({ colorScheme });
    for (const name of ["Aperçu", "Ventes", "Analyses", "Nouveautés", "Fichiers", "Rejets"]) {
      await page.setViewportSize({ width: 1200, height: 900 });
      await page.locator(".tabs").getByRole("link", { name, exact: true }).click();
      await page.locator(".card").first().waitFor();
      expect(await violations(page)).toEqual([]);
      await shot(page, `${name}-wide-${colorScheme}`);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      await shot(page, `${name}-narrow-${colorScheme}`);
    }
    await page.getByText("REF999").first().waitFor();
    expect(complaints).toEqual([]);
  });

  test("a version that is held back is shown with its rows, their money and a command for each choice", async () => {
    const { id_vente, total } = t.db
      .prepare(
        "SELECT MIN(id_vente) AS id_vente, (SELECT SUM(chiffre_affaires) FROM ventes) AS total FROM ventes",
      )
      .get() as { id_vente: string; total: number };
    const amountOf = t.db.prepare("SELECT chiffre_affaires FROM ventes WHERE id_vente = ?").pluck();
    const money = (value: number) =>
      new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" }).format(value);
    // The sale of the test is another source's, which a deletion of this one would leave.
    const gone = (...replaced: readonly string[]) =>
      ({ entity: "ventes", deletes: replaced.length, adds: 0, changes: 0, replaced, coming: [] }) as const;
    sources = [
      source("ventes", {
        state: "held",
        reason: "retenue",
        doubts: [
          {
            code: "vanished.many",
            decision: "vanished.many:abc",
            weight: "held",
            says: "elle supprimerait 1 ligne",
            examples: [],
            choices: [
              { says: "pour les supprimer", command: "ventes sources confirm v.csv", effect: gone(id_vente) },
              {
                says: "pour les garder",
                command: "ventes sources add v.csv --vanished keep",
                effect: gone(),
              },
            ],
            entity: "ventes",
            rows: [id_vente],
          },
        ],
      }),
    ];
    const { page } = await open({ viewport: { width: 390, height: 844 } }, "?view=sources");
    await page
      .getByText("Cette version est retenue, et rien ne change : elle supprimerait 1 ligne")
      .waitFor();
    const needs = page.locator("#needs");
    expect((await needs.innerText()).trim()).toBe("Un fichier demande votre attention : ventes.csv");
    expect(await page.title()).toBe("(1) Ventes");
    const worth = amountOf.get(id_vente) as number;
    const text = (await page.locator("#sources").innerText()).replaceAll(/\s/g, " ");
    const plain = (value: number) => money(value).replaceAll(/\s/g, " ");
    expect(text).toContain(`1 ligne dans la base, d’une valeur de ${plain(worth)}`);
    expect(text).toContain(
      `Pour les supprimer (1 vente supprimée ; chiffre d’affaires total ensuite : ${plain(total - worth)}, ${plain(worth)} de moins)`,
    );
    expect(text).toContain(
      `Pour les garder (aucune vente ne change ; chiffre d’affaires total ensuite : ${plain(total)}, comme maintenant)`,
    );
    expect(await page.locator("#sources code").allTextContents()).toEqual([
      "ventes sources confirm v.csv",
      "ventes sources add v.csv --vanished keep",
    ]);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    sources = [source("ventes")];
    await page.reload();
    await page.locator("#sources .pill").waitFor();
    expect(await needs.isVisible()).toBe(false);
    expect(await page.title()).toBe("Ventes");
  });

  test("a catalogue is shown with its entries folded, those with a problem first", async () => {
    const id = "https://exemple.fr/exports/index.html";
    const daily = (n: number, more: Partial<SourceStatus> = {}) =>
      source("ventes", { source: `https://exemple.fr/exports/${n}.csv`, catalogue: id, ...more });
    catalogues = [
      {
        catalogue: id,
        form: "html",
        state: "ok",
        reason: "",
        listed: 302,
        taken: 300,
        others: 1,
        removed: 0,
        refused: 1,
        unlisted: 1,
        refusals: [{ source: `${id}/x.csv`, reason: "x.csv : colonnes trouvées : a" }],
        passed: 1,
        passedOver: [{ source: `${id}/s.xlsx`, reason: "s.xlsx est un classeur Excel" }],
        polled: new Date().toISOString(),
      },
    ];
    withdrawn = [{ source: "https://exemple.fr/v.csv", at: new Date().toISOString(), events: 3 }];
    sources = [
      source("produits"),
      ...Array.from({ length: 299 }, (_, n) => daily(n)),
      daily(299, { state: "parked", reason: "299.csv n'existe pas" }),
    ];
    const { page, complaints } = await open({ viewport: { width: 390, height: 844 } }, "?view=sources");
    await page
      .getByText("302 fichiers listés, 301 suivis · 1 refusé · 1 laissé de côté · 1 plus listé")
      .waitFor();
    await page.getByText("x.csv : colonnes trouvées : a").waitFor();
    await page.getByText("s.xlsx est un classeur Excel").waitFor();
    await page.getByText(/Retirée avec ses lignes le .* : 3 suppressions/).waitFor();
    expect(await page.locator("#sources > li").count()).toBe(3);
    expect(await page.getByText("299.csv n'existe pas").isVisible()).toBe(false);
    await page.getByText("300 fichiers", { exact: true }).click();
    await page.getByText("299.csv n'existe pas").waitFor();
    const names = page.locator("#sources details li strong");
    expect(await names.count()).toBe(200);
    expect(await names.first().textContent()).toBe("299.csv");
    await page.getByText("et 100 autres").waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);

    // What was unfolded stays so when something changes.
    sources = [source("produits"), daily(1, { state: "unlisted" })];
    await page.getByText("Plus listé", { exact: true }).waitFor();
    expect(await page.locator("#sources details").getAttribute("open")).toBe("");
    expect(complaints).toEqual([]);
  });

  test("is in English for a browser that asks for it, and can be used by keyboard", async () => {
    await stop();
    await serve(0, "en");
    for (let n = 0; n < 24; n++) reject(`r${n}`, n + 2, "x", "many");
    const { page, complaints } = await open({ locale: "en-GB", reducedMotion: "reduce" });
    await page.getByRole("heading", { name: "Revenue", exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await expect.poll(() => page.locator("#total").textContent()).toBe("€19,934.67");
    await page.getByRole("link", { name: "Rejects" }).press("Enter");
    await page.getByText('"many" is not a number (column quantité): correct this value').first().waitFor();
    await expect.poll(() => page.locator("#rejects li pre").count()).toBe(20);
    await page.getByRole("link", { name: "Next" }).press("Enter");
    await expect.poll(() => page.locator("#rejects li pre").count()).toBe(4);
    // The link that had the focus is gone: the focus is where it was, not at the top of the page.
    const place = "document.activeElement.closest('section')?.getAttribute('aria-labelledby')";
    expect(await page.evaluate(place)).toBe("rejects-title");
    expect(await page.getByText("24 lines").count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a filter is in the address: back, forward and a shared link work, and the keyboard keeps its place", async () => {
    const { page, complaints } = await open();
    const total = page.locator("#total");
    const all = await total.textContent();
    await page.getByRole("link", { name: "Lyon", exact: true }).press("Enter");
    await page.getByRole("link", { name: "Retirer le filtre Ville : Lyon" }).waitFor();
    expect(new URL(page.url()).search).toBe("?city=Lyon");
    await expect.poll(() => page.locator("#regions tbody tr").count()).toBe(1);
    const ofLyon = await page.locator("#regions tbody tr td").first().textContent();
    expect(await total.textContent()).toBe(ofLyon);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Lyon");

    await page.goBack();
    await expect.poll(() => total.textContent()).toBe(all);
    await page.goForward();
    await expect.poll(() => total.textContent()).toBe(ofLyon);
    const other = await (await browser.newContext({ locale: "fr-FR" })).newPage();
    await other.goto(page.url());
    await expect.poll(() => other.locator("#total").textContent()).toBe(ofLyon);

    // The chip goes away with the filter; the focus stays beside it.
    await page.getByRole("link", { name: "Retirer le filtre Ville : Lyon" }).press("Enter");
    await expect.poll(() => total.textContent()).toBe(all);
    expect(await page.evaluate("document.activeElement.className")).toBe("filters");
    expect(complaints).toEqual([]);
  });

  test("the line is read and opened by keyboard, and has its table", async () => {
    const { page, complaints } = await open();
    const plot = page.getByRole("application", { name: "Chiffre d’affaires par jour" });
    await plot.press("End");
    await plot.press("ArrowLeft");
    await page.getByText("Voir en tableau").click();
    const rows = page.locator(".as-table tbody tr");
    expect(await rows.count()).toBe(25);
    const [day, amount] = await rows.nth(23).locator("th, td").allTextContents();
    expect(await page.locator(".says").textContent()).toBe(`${day} : ${amount}`);
    await plot.press("Enter");
    const period = () => {
      const of = new URL(page.url()).searchParams;
      return [of.get("from"), of.get("to")];
    };
    await expect.poll(period).toEqual([daysAgo(1), daysAgo(1)]);
    await expect.poll(() => page.locator("#total").textContent()).toBe(amount);
    expect(complaints).toEqual([]);
  });

  test("the language is switched on the page, and stays; numbers and sentences follow", async () => {
    reject("r", 2, "x", "beaucoup");
    const { page } = await open();
    await page.getByRole("button", { name: "English" }).click();
    await expect.poll(() => page.locator("#total").textContent()).toBe("€19,934.67");
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await page.reload();
    await page.getByRole("link", { name: "Rejects" }).click();
    await page
      .getByText('"beaucoup" is not a number (column quantité): correct this value')
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Français" }).click();
    await page.getByText("« beaucoup » n'est pas un nombre (colonne quantité)").first().waitFor();
  });

  test("a change has its decimal, whatever was shown before it", async () => {
    const { page } = await open({ locale: "en-GB" }, "?lang=en");
    const shown = await page.evaluate(
      "import('/format.js').then(({ change }) => [12, 0.125, -0.031].map(change))",
    );
    expect(shown).toEqual(["+1,200%", "+12.5%", "-3.1%"]);
  });

  test("a change that is being applied to many sales is said, and how far it is; the figures stand", async () => {
    const { page, complaints } = await open();
    const total = await page.locator("#total").textContent();
    const unfinished = t.db.prepare(
      "INSERT OR REPLACE INTO unfinished VALUES (1, 'produits', 'REF001', 0, 0, 'park', 0, '', ?, 40000, 301, 301, 1)",
    );
    t.db.exec(`
      INSERT INTO orphelins (id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, source, line, offset)
      VALUES ('o1', 'REF001', 'm0', '2026-11-22', 1000000, 'x', 1, 1)`);
    const applying = page.locator("#applying");
    const said = async () => (await applying.innerText()).replaceAll(/[\s\u2068\u2069]+/g, " ").trim();
    unfinished.run(2_000);
    await applying.waitFor();
    expect(await said()).toBe(
      "Un changement du produit REF001 est en cours sur ses ventes : 2 000 sur 40 000. Les chiffres sont ceux d’avant, jusqu’à la fin.",
    );
    expect(await page.locator("#waiting").count()).toBe(0);
    unfinished.run(20_000);
    await expect.poll(said).toContain("20 000 sur 40 000");
    expect(await page.locator("#total").textContent()).toBe(total);
    expect(await violations(page)).toEqual([]);
    t.db.exec("DELETE FROM unfinished");
    await page.locator("#waiting").waitFor();
    expect(await applying.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("analyses are in words, with files; one that is wrong or has not run says so, and the end of a long line is shown", async () => {
    t.commit((w) => {
      for (let n = 0; n < 1_010; n++)
        w.sale(`long${n}`, {
          id_produit: "REF001",
          id_magasin: "m0",
          quantite: 1_000_000,
          ca: 1_000_000,
          date: daysAgo(n),
        });
    });
    refresher.refresh(new Date());
    t.db.exec(`UPDATE analyses_liste SET livree = 0, colonnes = '[]', fichier = 'parts.sql', ligne = 3,
      erreur_fr = 'no such column: canall', erreur_en = 'no such column: canall' WHERE nom = 'parts_des_villes'`);
    const { page, complaints } = await open({}, "?view=analyses");
    const card = (name: string) => page.locator(`section[aria-labelledby="analysis-${name}-title"]`);
    await card("ventes_par_jour_de_semaine").getByText("lundi", { exact: true }).waitFor();
    await card("chiffre_par_produit").getByText("Stylo plume", { exact: true }).waitFor();
    expect(await card("mois_compares").innerText()).toContain("Premier calcul en cours.");
    expect(await card("mois_compares").locator("table, .downloads").count()).toBe(0);
    expect(await page.locator("section").first().innerText()).toContain(
      "Cette analyse n’a pas de résultat : parts.sql:3: no such column: canall",
    );
    const byDay = card("ventes_par_jour");
    await byDay.locator(".plot canvas").waitFor();
    await byDay.getByRole("application").press("End");
    const today = new Intl.DateTimeFormat("fr-FR", { dateStyle: "long", timeZone: "UTC" });
    await expect.poll(() => byDay.locator(".says").innerText()).toContain(today.format(new Date(daysAgo(0))));
    await byDay.getByRole("link", { name: "Ventes par jour" }).click();
    await expect.poll(() => page.locator("#analysis tbody tr").count()).toBe(50);
    expect(await page.locator("#analysis thead").innerText()).toMatch(
      /Jour\s+Chiffre d’affaires\s+Quantité\s+Ventes/,
    );
    await page.locator(".downloads summary").click();
    const href = await page.getByRole("link", { name: "CSV", exact: true }).getAttribute("href");
    expect((await (await fetch(url + href)).text()).split("\r\n")).toHaveLength(1 + 1_010 + 1);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("SQL: typed and run by keyboard, in the address, as a table and a chart, with its mistakes said", async () => {
    const { page, complaints } = await open({}, "?view=sql");
    const editor = page.getByLabel("Requête en SQL");
    await editor.fill("SELECT ville, SUM(chiffre_affaires) AS ca FROM ventes JOIN ");
    await page.locator("#schema").getByText("magasins", { exact: true }).first().click();
    await page.getByRole("button", { name: "Mettre magasins dans la requête" }).click();
    expect(await page.evaluate("document.activeElement.id")).toBe("sql");
    await page.keyboard.type(" USING (id_magasin) GROUP BY ville");
    await page.keyboard.press("Control+Enter");
    await page.getByText("7 lignes").waitFor();
    const query = new URL(page.url()).searchParams.get("sql");
    expect(query).toBe(
      "SELECT ville, SUM(chiffre_affaires) AS ca FROM ventes JOIN magasins USING (id_magasin) GROUP BY ville",
    );
    await page.getByRole("link", { name: "Graphique", exact: true }).click();
    await expect.poll(() => page.locator("#result .bars tbody tr").count()).toBe(7);
    await page.getByText("En faire une analyse").click();
    expect(await page.locator("#result pre").innerText()).toContain(`query --save NOM '${query}'`);
    expect(await violations(page)).toEqual([]);
    await shot(page, "sql");

    const other = await (await browser.newContext({ locale: "fr-FR" })).newPage();
    await other.goto(page.url());
    await expect.poll(() => other.locator("#result .bars tbody tr").count()).toBe(7);
    expect(complaints).toEqual([]);

    await editor.fill("SELECT quantite FROM ventes");
    await page.getByRole("button", { name: "Lancer" }).click();
    await page.getByText("vouliez-vous dire quantité ?").waitFor();
    expect(await page.locator("#result").count()).toBe(0);
    await page.goBack();
    await expect.poll(() => editor.inputValue()).toBe(query);
    await page.locator("#result").waitFor();

    // A comment at the beginning is no flag of the command.
    await editor.fill("-- un\nSELECT 1");
    await page.keyboard.press("Control+Enter");
    await expect
      .poll(() => page.locator("#result pre").textContent())
      .toContain("query --save NOM -- '-- un\nSELECT 1'");
  });

  test("paper has absolute times and no buttons", async () => {
    const { page } = await open();
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#as-of").innerText()).toMatch(/chiffres mis à jour le \d+ .+ \d\d:\d\d$/);
    expect(await page.getByRole("button").count()).toBe(0);
  });

  test("shows hostile names as text", async () => {
    const script = "<script>window.pwned = 1</script><img src=x onerror=window.pwned=1>";
    t.commit((w) => {
      w.shop("m0", script);
      w.shop("m1", "\u202eמגדל\u202e العربية");
      w.shop("m2", "Très long ".repeat(1000));
      w.product("REF000", script);
    });
    reject("r", 2, script, script);
    sources = [source("ventes", { source: `file:///tmp/${script}.csv`, reason: script })];
    refresher.refresh(new Date());
    const { page, complaints } = await open({ viewport: { width: 390, height: 844 } });
    await page.locator("#regions").getByText(script).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await page.getByRole("link", { name: "Fichiers" }).click();
    await page.locator("#sources").getByText(script).last().waitFor();
    await page.getByRole("link", { name: "Rejets" }).click();
    await page.locator("#rejects pre").getByText(script).waitFor();
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await violations(page)).toEqual([]);
    await shot(page, "hostile");
    expect(complaints).toEqual([]);
  });

  test("asks for the token once, and again when the token has changed", async () => {
    await stop();
    await serve(0, "fr", { kind: "token", token: Redacted.make("s3cret") });
    const { port } = new URL(url);
    const page = await (await browser.newContext({ locale: "fr-FR" })).newPage();
    await page.clock.install();
    await page.goto(url);
    expect(await violations(page)).toEqual([]);
    await shot(page, "sign-in");
    await page.getByLabel("Jeton").fill("s3cret");
    const complaints = complaintsOf(page);
    await page.getByRole("button", { name: "Ouvrir" }).click();
    await page.locator('#link[data-state="live"]').waitFor();
    expect(page.url()).toBe(url);
    expect(complaints).toEqual([]);
    await stop();
    await serve(Number(port), "fr", { kind: "token", token: Redacted.make("another") });
    // The page asks the server every ten seconds.
    await page.clock.fastForward(10_000);
    await page.getByLabel("Jeton").waitFor();
  });

  test("reports a lost server and finds it again, also with another database", async () => {
    const { page } = await open();
    const { port } = new URL(url);
    await stop();
    await page.locator("#lost").waitFor();
    await page.locator('#link[data-state="lost"]').waitFor();
    expect(await page.locator("#lost").textContent()).toContain("datent du");
    await shot(page, "lost");
    const other = openTestDatabase();
    view = { dir: other.dir, demo: true };
    await serve(Number(port));
    await page.locator('#link[data-state="live"]').waitFor();
    await page.getByText("Démonstration").waitFor();
    await page.getByText("En attente des premières données.").waitFor();
    view = { dir: t.dir, demo: false };
    await expect.poll(() => page.locator("#total").textContent()).toMatch(/€/);
    await page.locator("#lost").waitFor({ state: "hidden" });
    other.close();
  });
});

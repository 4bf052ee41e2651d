/**
 * Companies with known results: three files, and the exact results of the mission's analyses for them. One is
 * small and computed by hand; the other is the brief's own, read where it lies beside the checkout and never copied.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Analyses {
  readonly chiffre_affaires_total: number;
  readonly ventes_par_produit: Readonly<Record<string, number>>;
  readonly ventes_par_region: Readonly<Record<string, number>>;
}

export interface Mission {
  readonly name: string;
  readonly produits: string;
  readonly magasins: string;
  readonly ventes: string;
  readonly analyses: Analyses;
  /** One more line for the sales file, and the analyses with it. */
  readonly line: string;
  readonly withLine: Analyses;
  /** The products again, the first one ten times dearer. */
  readonly dearer: string;
}

const lines = (...all: readonly string[]): string => `${all.join("\n")}\n`;

const smallProducts = lines(
  "Référence produit;Nom;Prix",
  "TH-01;Thé vert;12,50",
  "TH-02;Thé noir;9,90",
  "TA-01;Tasse;7,00",
);

/** French headers and accents, JJ/MM/AAAA, decimal commas, two identical sales, a return; no ids, no revenue. */
export const smallCompany: Mission = {
  name: "a small company",
  produits: smallProducts,
  dearer: smallProducts.replace("12,50", "125,00"),
  magasins: lines("ID Magasin;Ville", "1;Lyon", "2;Saint-Étienne", "3;Lyon"),
  ventes: lines(
    "Date;Référence produit;Quantité;ID Magasin",
    "02/01/2024;TH-01;2;1", // 25.00
    "02/01/2024;TH-02;3;2", // 29.70
    "03/01/2024;TA-01;1;3", // 7.00
    "03/01/2024;TA-01;1;3", // 7.00, a second one
    "04/01/2024;TH-01;-1;1", // -12.50, a return
    "05/01/2024;TH-02;1,5;2", // 14.85
  ),
  analyses: {
    chiffre_affaires_total: 71.05,
    ventes_par_produit: { "TH-01": 1, "TH-02": 4.5, "TA-01": 2 },
    ventes_par_region: { Lyon: 26.5, "Saint-Étienne": 44.55 },
  },
  line: "06/01/2024;TH-01;4;2", // 50.00
  withLine: {
    chiffre_affaires_total: 121.05,
    ventes_par_produit: { "TH-01": 5, "TH-02": 4.5, "TA-01": 2 },
    ventes_par_region: { Lyon: 26.5, "Saint-Étienne": 94.55 },
  },
};

const BRIEF = process.env.VENTES_TEST_BRIEF ?? join(import.meta.dirname, "../../../shared/data/brief");
const briefFile = (name: string): string => readFileSync(join(BRIEF, `${name}.csv`), "utf8");

const briefAnalyses: Analyses = {
  chiffre_affaires_total: 5268.78,
  ventes_par_produit: { REF001: 24, REF002: 27, REF003: 15, REF004: 21, REF005: 35 },
  ventes_par_region: {
    Lyon: 1059.79,
    Marseille: 1009.73,
    Bordeaux: 829.81,
    Paris: 799.8,
    Nantes: 739.83,
    Strasbourg: 579.89,
    Lille: 249.93,
  },
};

/** The brief's files and the published result, or undefined where they are not. Its product REF001 costs 49.99. */
export const brief: Mission | undefined = existsSync(join(BRIEF, "ventes.csv"))
  ? {
      name: "the brief",
      produits: briefFile("produits"),
      dearer: briefFile("produits").replace("49.99", "499.90"),
      magasins: briefFile("magasins"),
      ventes: briefFile("ventes"),
      analyses: briefAnalyses,
      line: "2023-06-30,REF001,2,1", // 99.98 in Paris
      withLine: {
        chiffre_affaires_total: 5368.76,
        ventes_par_produit: { ...briefAnalyses.ventes_par_produit, REF001: 26 },
        ventes_par_region: { ...briefAnalyses.ventes_par_region, Paris: 899.78 },
      },
    }
  : undefined;

/** A file with one more line, whether or not its last line was ended. */
export const appended = (text: string, line: string): string =>
  text.endsWith("\n") ? `${text}${line}\n` : `${text}\n${line}`;

/**
 * The table "The brief, point by point" of docs/brief.md: its commands, and what each must print. Tests type the
 * commands as the table has them. A command that is not known here fails the tests.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandsBelow } from "../../checks/documents.ts";
import { appended, smallCompany } from "./missions.ts";

const BRIEF = join(import.meta.dirname, "../../docs/brief.md");

export const BRIEF_COMMANDS = commandsBelow(readFileSync(BRIEF, "utf8"), "The brief, point by point");

/** Files to publish at URL_PRODUITS, URL_MAGASINS and URL_VENTES: the small company, with one corrupt line. */
export const BRIEF_FILES = {
  "produits.csv": smallCompany.produits,
  "magasins.csv": smallCompany.magasins,
  "ventes.csv": appended(smallCompany.ventes, "07/01/2024;TH-01;beaucoup;1"),
};

/** The commands in the order in which tests type them, and what each prints for these files. */
export const BRIEF_SAYS: ReadonlyMap<string, RegExp> = new Map([
  ["docker compose config --services", /^(?=[\s\S]*^script_runner$)[\s\S]*^database_service$/m],
  ["docker build -t ventes .", /^(?!.*ERROR)/],
  ["docker compose up script_runner", /Bonjour, monde[\s\S]*chiffre_affaires_total\|\|71\.05/],
  [
    'docker compose exec database_service sqlite3 /data/ventes.db "SELECT SUM(chiffre_affaires) FROM ventes"',
    /^71\.05$/m,
  ],
  ["docker compose ps -a", /database_service[\s\S]*healthy[\s\S]*script_runner[\s\S]*Exited \(0\)/],
  [
    "npx ventes schema",
    /CREATE TABLE produits[\s\S]*CREATE TABLE magasins[\s\S]*CREATE TABLE ventes[\s\S]*CREATE TABLE analyses/,
  ],
  ["npx ventes hello", /Bonjour, monde/],
  [
    "npx ventes start --once --source produits=URL_PRODUITS --source magasins=URL_MAGASINS --source ventes=URL_VENTES",
    /^chiffre_affaires_total\|\|71\.05$/m,
  ],
  ["npx ventes start --once --json", /"events":0,"changed":0,/],
  ["npx ventes rejects", /;beaucoup;1\|quantite\.not_a_number\|/],
  ['npx ventes query "SELECT SUM(chiffre_affaires) FROM ventes"', /^71\.05$/m],
  [
    'npx ventes query "SELECT id_produit, SUM(quantité) FROM ventes GROUP BY id_produit"',
    /^TA-01\|2\nTH-01\|1\nTH-02\|4\.5$/m,
  ],
  [
    'npx ventes query "SELECT magasins.ville, SUM(ventes.chiffre_affaires) FROM ventes JOIN magasins ON ventes.id_magasin = magasins.id_magasin GROUP BY magasins.ville"',
    /^Lyon\|26\.5\nSaint-Étienne\|44\.55$/m,
  ],
  [
    'npx ventes query "SELECT nom, cle, valeur FROM analyses"',
    /^chiffre_affaires_total\|\|71\.05$[\s\S]*^ventes_par_region\|Lyon\|26\.5$/m,
  ],
]);

export const isForDocker = (command: string): boolean => command.startsWith("docker ");

/** Writes the bundled files: `node demo/generate.ts`. A test compares the files with this generator. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { productsFile, salesFile, shopsFile } from "./company.ts";

export const FILES: Readonly<Record<string, () => string>> = {
  "produits.csv": productsFile,
  "magasins.csv": shopsFile,
  "ventes.csv": salesFile,
};

export const FOLDER = join(import.meta.dirname, "files");

if (import.meta.main)
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(FOLDER, name), content());

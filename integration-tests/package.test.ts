/**
 * The package that `npm run pack` makes, installed as npm installs it: below node_modules, without a TypeScript file.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { projectFiles, ROOT } from "../checks/tree.ts";
import { environment, scratchDirectory } from "./support/ventes.ts";

const run = promisify(execFile);

it("runs without the clone, and has neither tests nor TypeScript in it", async () => {
  const dir = scratchDirectory();
  // Packing writes dist/, so it is done in a copy of the tree.
  const copy = join(dir, "copy");
  for (const path of projectFiles()) cpSync(join(ROOT, path), join(copy, path));
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  await run("npm", ["run", "pack", "--", "--pack-destination", dir], { cwd: copy });
  expect(readdirSync(copy)).not.toContain("dist");
  const [tarball = ""] = readdirSync(dir).filter((name) => name.endsWith(".tgz"));

  const installed = join(dir, "somewhere", "node_modules", "ventes");
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", join(dir, tarball), "-C", installed, "--strip-components=1"]);
  const inside = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(inside.filter((path) => /\.ts$|\.test\.|testing/.test(path))).toEqual([]);
  for (const name of readdirSync(join(ROOT, "node_modules")))
    if (name !== ".bin")
      symlinkSync(join(ROOT, "node_modules", name), join(dir, "somewhere/node_modules", name));

  const here = join(dir, "here");
  mkdirSync(here);
  writeFileSync(join(here, "produits.csv"), "id_produit,nom,prix\nP1,a,2\n");
  writeFileSync(join(here, "magasins.csv"), "id_magasin,ville\nM1,Lyon\n");
  writeFileSync(
    join(here, "ventes.csv"),
    "id_vente,date_vente,id_produit,id_magasin,quantite\n1,2026-01-01,P1,M1,3\n",
  );
  const ventes = (...args: readonly string[]) =>
    run(process.execPath, [join(installed, "cli/ventes.js"), ...args], { cwd: here, env: environment() });
  expect((await ventes("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const { stdout } = await ventes("start", "--once", "--json", "produits.csv", "magasins.csv", "ventes.csv");
  expect(JSON.parse(stdout)).toMatchObject({ analyses: { chiffre_affaires_total: 6 } });
  // A process of its own answers SQL: its file is found too.
  expect((await ventes("query", "SELECT nom FROM produits")).stdout).toBe("a\n");
});

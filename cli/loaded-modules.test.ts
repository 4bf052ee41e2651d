/** What a short run loads: loading a module that it does not need costs more than reading a small file. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { scratchDirectory } from "../integration-tests/support/ventes.ts";

const PROGRAM = join(import.meta.dirname, "ventes.js");

/** Notes the URL of each module that the program loads, and writes them into a file when it ends. */
const noting = (file: string): string => `
  import { writeFileSync } from "node:fs";
  import { registerHooks } from "node:module";
  const urls = [];
  registerHooks({
    load: (url, context, next) => {
      urls.push(url);
      return next(url, context);
    },
  });
  process.on("exit", () => writeFileSync(${JSON.stringify(file)}, urls.join("\\n")));`;

it("start --once of files loads neither HTTP, nor metrics, nor traces, nor the demo, nor kafkajs", async () => {
  const dir = scratchDirectory();
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const hook = write("hook.mjs", noting(join(dir, "loaded")));
  const files = [
    write("produits.csv", "id_produit,nom,prix\np1,Thé,2\n"),
    write("magasins.csv", "id_magasin,ville\nm1,Lyon\n"),
    write(
      "ventes.csv",
      "id_vente,id_produit,id_magasin,date_vente,quantité\nv1,p1,m1,2026-01-02,3\nv2,p1,m1,2026-01-03,1\n",
    ),
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [PROGRAM, "start", "--once", "--json", "--data", join(dir, "data"), ...files],
    { env: { PATH: process.env.PATH, HOME: dir, NODE_OPTIONS: `--import ${pathToFileURL(hook)}` } },
  );
  expect(JSON.parse(stdout)).toMatchObject({ analyses: { chiffre_affaires_total: 8 } });

  const loaded = readFileSync(join(dir, "loaded"), "utf8").split("\n");
  expect(loaded.filter((url) => url.endsWith("/analyzer/refresh/refresh.ts"))).toHaveLength(1);
  const needless =
    /^node:https?$|\/node_modules\/(?:undici|kafkajs|htmlparser2)\/|\/effect\/[a-z]+\/observability\/|runtime\/tracing\.ts$|\/demo\//;
  expect(loaded.filter((url) => needless.test(url))).toEqual([]);
});

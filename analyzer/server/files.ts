/**
 * The files of page/ and of the packages that they import, read from disk at each request, because there is no build
 * step. A request can name only these.
 */
import { readdirSync, readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, extname, join } from "node:path";
import type { Language } from "#shared/runtime/settings.ts";

const folder = join(import.meta.dirname, "..", "page");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * For each package that a module of the page may import: the package and its file, and the path at which the page finds
 * it.
 */
const PACKAGES: Readonly<Record<string, readonly [name: string, file: string, served: string]>> = {
  preact: ["preact", "dist/preact.mjs", "vendor/preact.js"],
  "preact/hooks": ["preact", "hooks/dist/hooks.mjs", "vendor/preact-hooks.js"],
  htm: ["htm", "dist/htm.mjs", "vendor/htm.js"],
  "htm/preact": ["htm", "preact/index.mjs", "vendor/htm-preact.js"],
  "@preact/signals": ["@preact/signals", "dist/signals.mjs", "vendor/signals.js"],
  "@preact/signals-core": ["@preact/signals-core", "dist/signals-core.mjs", "vendor/signals-core.js"],
  uplot: ["uplot", "dist/uPlot.esm.js", "vendor/uplot.js"],
  "uplot/style": ["uplot", "dist/uPlot.min.css", "vendor/uplot.css"],
};

const pathOf = ([name, file]: readonly [string, string, string]): string => {
  const found = findPackageJSON(name, import.meta.url);
  if (found === undefined) throw new Error(`${name} is not installed; run: npm ci`);
  return join(dirname(found), file);
};

const OF_PACKAGES = new Map(Object.values(PACKAGES).map((one) => [one[2], one]));

/** The paths that the page is made of, without "/" in front. */
export const PAGE_FILES: readonly string[] = [
  ...readdirSync(folder).filter((name) => extname(name) in TYPES),
  ...OF_PACKAGES.keys(),
];

export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** A browser resolves no names of packages, and an import map would be an inline script, which the policy refuses. */
const withPaths = (code: string): string =>
  code.replaceAll(/(\b(?:from|import)\s*)"([^"./][^"]*)"/g, (all, before: string, name: string) => {
    const served = PACKAGES[name]?.[2];
    return served === undefined ? all : `${before}"/${served}"`;
  });

export function readPageFile(name: string): PageFile {
  const of = OF_PACKAGES.get(name);
  const text = readFileSync(of === undefined ? join(folder, name) : pathOf(of), "utf8");
  return {
    type: TYPES[extname(name)] ?? "text/plain; charset=utf-8",
    text: extname(name) === ".js" ? withPaths(text).replace(/\/\/# sourceMappingURL=.*$/m, "") : text,
  };
}

/** The document in this language: index.html is in French, and page/language.js takes the language from `lang`. */
export function readDocument(language: Language): PageFile {
  const file = readPageFile("index.html");
  return { ...file, text: file.text.replace('<html lang="fr">', `<html lang="${language}">`) };
}

/** French when the settings or the browser ask for it; otherwise English. */
export function languageFor(settings: Language, acceptLanguage: string | undefined): Language {
  if (settings === "fr") return "fr";
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...more] = part.trim().toLowerCase().split(";");
      const q = more.map((m) => /^\s*q=([\d.]+)$/.exec(m)?.[1]).find((m) => m !== undefined);
      return { tag: tag.slice(0, 2), q: q === undefined ? 1 : Number(q) };
    })
    .filter(({ tag, q }) => (tag === "fr" || tag === "en") && q > 0)
    .sort((a, b) => b.q - a.q);
  return wanted[0]?.tag === "fr" ? "fr" : "en";
}

/** The files of page/, read from disk at each request, because there is no build step. A request can name only these. */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Language } from "#shared/runtime/settings.ts";

const folder = join(import.meta.dirname, "..", "page");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

export const PAGE_FILES: readonly string[] = readdirSync(folder).filter((name) => extname(name) in TYPES);

export interface PageFile {
  readonly type: string;
  readonly text: string;
}

export const readPageFile = (name: string): PageFile => ({
  type: TYPES[extname(name)] ?? "text/plain; charset=utf-8",
  text: readFileSync(join(folder, name), "utf8"),
});

/** The document in this language. Its file is in French; page/texts.js sets the texts. */
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

/** The document for a browser without the token: a form with one field, which requests `/?token=`. */
import type { Language } from "#shared/runtime/settings.ts";
import type { PageFile } from "./files.ts";

const TEXTS = {
  fr: { title: "Ventes", token: "Jeton", open: "Ouvrir", note: "Le jeton est celui de VENTES_TOKEN." },
  en: { title: "Sales", token: "Token", open: "Open", note: "The token is that of VENTES_TOKEN." },
} as const satisfies Record<Language, unknown>;

export function signInDocument(language: Language): PageFile {
  const { title, token, open, note } = TEXTS[language];
  return {
    type: "text/html; charset=utf-8",
    text: `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <header class="top"><h1>ventes</h1></header>
    <main>
      <form class="sign-in" method="get" action="/">
        <label for="token">${token}</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
        <button type="submit">${open}</button>
      </form>
      <p class="quiet">${note}</p>
    </main>
  </body>
</html>
`,
  };
}

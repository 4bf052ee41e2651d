import { describe, expect, it } from "vitest";
import { sourceError } from "./error.ts";
import { shareLinkOf } from "./share-links.ts";

const ID = "1aB-c_D3";

/** The link that people paste, and the link of the file; `certain`: the program refuses the first without a request. */
const LINKS: readonly (readonly [string, string | undefined, boolean?])[] = [
  [
    `https://docs.google.com/spreadsheets/d/${ID}/edit#gid=42`,
    `https://docs.google.com/spreadsheets/d/${ID}/export?format=csv&gid=42`,
    true,
  ],
  [
    `https://docs.google.com/spreadsheets/d/${ID}/edit?gid=7#gid=7`,
    `https://docs.google.com/spreadsheets/d/${ID}/export?format=csv&gid=7`,
    true,
  ],
  [
    `https://docs.google.com/spreadsheets/u/0/d/${ID}/edit?usp=sharing`,
    `https://docs.google.com/spreadsheets/d/${ID}/export?format=csv`,
    true,
  ],
  [
    `https://docs.google.com/spreadsheets/d/${ID}`,
    `https://docs.google.com/spreadsheets/d/${ID}/export?format=csv`,
    true,
  ],
  [
    `https://docs.google.com/spreadsheets/d/e/2PACX-${ID}/pubhtml?gid=3&single=true`,
    `https://docs.google.com/spreadsheets/d/e/2PACX-${ID}/pub?gid=3&single=true&output=csv`,
    true,
  ],
  [`https://docs.google.com/spreadsheets/d/e/2PACX-${ID}/pub?gid=0&single=true&output=csv`, undefined],
  [`https://docs.google.com/spreadsheets/d/${ID}/export?format=csv&gid=42`, undefined],
  [
    `https://drive.google.com/file/d/${ID}/view?usp=sharing`,
    `https://drive.google.com/uc?export=download&id=${ID}`,
    true,
  ],
  [`https://drive.google.com/open?id=${ID}`, `https://drive.google.com/uc?export=download&id=${ID}`, true],
  [`https://drive.google.com/uc?export=download&id=${ID}`, undefined],
  ["https://www.dropbox.com/s/abc/ventes.csv?dl=0", "https://www.dropbox.com/s/abc/ventes.csv?dl=1", true],
  ["https://www.dropbox.com/s/abc/ventes.csv", "https://www.dropbox.com/s/abc/ventes.csv?dl=1", true],
  [
    "https://www.dropbox.com/scl/fi/abc/ventes.csv?rlkey=xyz&dl=0",
    "https://www.dropbox.com/scl/fi/abc/ventes.csv?rlkey=xyz&dl=1",
    true,
  ],
  ["https://www.dropbox.com/s/abc/ventes.csv?dl=1", undefined],
  ["https://dl.dropboxusercontent.com/s/abc/ventes.csv", undefined],
  [
    "https://github.com/pme/ventes/blob/main/data/ventes%20du%20jour.csv#L3",
    "https://raw.githubusercontent.com/pme/ventes/main/data/ventes%20du%20jour.csv",
    true,
  ],
  ["https://github.com/pme/ventes/raw/main/ventes.csv", undefined],
  ["https://gist.github.com/marie/0123abcd", "https://gist.github.com/marie/0123abcd/raw", true],
  [
    "https://gitlab.example/pme/ventes/-/blob/main/ventes.csv",
    "https://gitlab.example/pme/ventes/-/raw/main/ventes.csv",
    true,
  ],
  [
    "https://nuage.example/index.php/s/aBcDeFgH1jKlMnO",
    "https://nuage.example/index.php/s/aBcDeFgH1jKlMnO/download",
    false,
  ],
  ["https://nuage.example/s/aBcDeFgH1jKlMnO/", "https://nuage.example/s/aBcDeFgH1jKlMnO/download", false],
  ["https://nuage.example/s/aBcDeFgH1jKlMnO/download", undefined],
  ["https://nuage.example/s/ventes.csv", undefined],
  [
    "https://pme.sharepoint.com/:x:/g/Eabc?e=1",
    "https://pme.sharepoint.com/:x:/g/Eabc?e=1&download=1",
    false,
  ],
  ["https://onedrive.live.com/redir?resid=1", "https://onedrive.live.com/download?resid=1", false],
  ["https://files.example/ventes.csv", undefined],
  ["https://docs.google.com.evil.example/spreadsheets/d/x/edit", undefined],
  ["./ventes.csv", undefined],
  ["https://", undefined],
];

describe("a link that leads to a page", () => {
  for (const [pasted, file, certain] of LINKS)
    it(`${pasted}: ${file ?? "is not known as one"}`, () => {
      const found = shareLinkOf(pasted);
      expect(found?.file).toBe(file);
      if (file !== undefined) {
        expect(found?.certain).toBe(certain);
        // The link of the file is accepted.
        expect(shareLinkOf(file)).toBeUndefined();
      }
    });
});

it("is named when HTML came, if it is known; a link with a secret is shown with the secret masked", () => {
  const said = (source: string) => sourceError("source.html", { source }, "en").sentence;
  expect(said("https://nuage.example/s/aBcDeFgH1jKlMnO")).toMatch(
    /is an HTML page, not a CSV: give https:\/\/nuage\.example\/s\/aBcDeFgH1jKlMnO\/download$/,
  );
  expect(said("https://files.example/ventes.csv?token=abc")).toBe(
    "https://files.example/ventes.csv?token=*** is an HTML page, not a CSV: give the link of the file itself",
  );
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { masked } from "./masked.ts";

const SHOWN: readonly (readonly [string, string])[] = [
  ["https://a.example/ventes.csv", "https://a.example/ventes.csv"],
  ["https://marie:s3cret@a.example/ventes.csv", "https://***@a.example/ventes.csv"],
  ["https://marie:p@ss@a.example/x@y.csv", "https://***@a.example/x@y.csv"],
  ["https://a.example/x@y.csv", "https://a.example/x@y.csv"],
  ["https://a.example/v.csv?token=abc&gid=0", "https://a.example/v.csv?token=***&gid=0"],
  [
    "https://a.example/v.csv?gid=0&ACCESS_TOKEN=abc#top",
    "https://a.example/v.csv?gid=0&ACCESS_TOKEN=***#top",
  ],
  [
    "https://b.s3.amazonaws.com/v.csv?X-Amz-Date=1&X-Amz-Signature=abc&X-Amz-Security-Token=d%2Fe",
    "https://b.s3.amazonaws.com/v.csv?X-Amz-Date=1&X-Amz-Signature=***&X-Amz-Security-Token=***",
  ],
  [
    "https://b.blob.core.windows.net/v.csv?sv=2022&sig=a%3D&se=9",
    "https://b.blob.core.windows.net/v.csv?sv=2022&sig=***&se=9",
  ],
  [
    "https://a.example/v.csv?api_key=1&key=2&password=3",
    "https://a.example/v.csv?api_key=***&key=***&password=***",
  ],
  ["https://a.example/v.csv?monkey=1&design=2&keys=3", "https://a.example/v.csv?monkey=1&design=2&keys=3"],
  [
    "« https://a.example/?token=abc » n'existe pas (404)",
    "« https://a.example/?token=*** » n'existe pas (404)",
  ],
  ["via http://u:p@proxy:3128 and http://v:w@other/", "via http://***@proxy:3128 and http://***@other/"],
  ["1 < 2; token = 3", "1 < 2; token = 3"],
];

for (const [text, shown] of SHOWN) it(`shows ${shown}`, () => expect(masked(text)).toBe(shown));

it("hides any password and any secret parameter", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9!$()*+,.~-]{8,20}$/).map((s) => `Zq9${s}`);
  fc.assert(
    fc.property(
      secret,
      secret,
      fc.constantFrom("token", "sig", "X-Goog-Signature", "api_key"),
      (a, b, name) => {
        const url = new URL("https://a.example/dir/ventes.csv?output=csv");
        url.username = "marie";
        url.password = a;
        url.searchParams.set(name, b);
        const shown = masked(`see ${url.href}, twice ${url.href}`);
        expect(shown).not.toContain(a);
        expect(shown).not.toContain(b);
        expect(shown).toContain("a.example/dir/ventes.csv?output=csv");
        // Masking again changes nothing.
        expect(masked(shown)).toBe(shown);
      },
    ),
  );
});

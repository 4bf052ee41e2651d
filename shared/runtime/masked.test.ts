import fc from "fast-check";
import { expect, it } from "vitest";
import { masked, maskedIn } from "./masked.ts";
import { isSecretName } from "./secret-names.ts";
import { growthOf, LINEAR } from "./testing/growth.ts";

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
  // The URL parser reads these as user and password, too.
  ["https:\\\\marie:s3cret@a.example/v.csv", "https:\\\\***@a.example/v.csv"],
  ["https:/marie:s3cret@a.example/v.csv", "https:/***@a.example/v.csv"],
  ["https:marie:s3cret@a.example/v.csv", "https:***@a.example/v.csv"],
  ["HTTPS://marie:s3cret@a.example/v.csv", "HTTPS://***@a.example/v.csv"],
  // No valid URL, but people type it, and the refusal shows it.
  ["https://marie:s3/cret@a.example/v.csv", "https://***@a.example/v.csv"],
  ['https://marie:s3"cret@a.example/v.csv', "https://***@a.example/v.csv"],
  ["https://a.example:8080/x@y.csv", "https://a.example:8080/x@y.csv"],
  ["https://[::1]:8080/x@y.csv", "https://[::1]:8080/x@y.csv"],
  // A URL in a parameter of another one, as it is and encoded.
  ["https://p.example/?u=https://marie:s3cret@b/v.csv", "https://p.example/?u=https://***@b/v.csv"],
  [
    "https://p.example/?u=https%3A%2F%2Fmarie%3As3cret%40b%2Fv.csv%3Ftoken%3Dabc%26gid%3D0&x=1",
    "https://p.example/?u=https%3A%2F%2F***%40b%2Fv.csv%3Ftoken%3D***%26gid%3D0&x=1",
  ],
  [
    "https://p.example/?u=b%253Ftoken%253Dabc%2526gid%253D0",
    "https://p.example/?u=b%253Ftoken%253D***%2526gid%253D0",
  ],
  ["https://p.example/?token=ab%26cd%3Def&gid=0", "https://p.example/?token=***&gid=0"],
  ["https://p.example/?token=ab=cd==&gid=0", "https://p.example/?token=***&gid=0"],
  ["https://p.example/token=abc/v.csv", "https://p.example/token=***/v.csv"],
  ["https://p.example/v.csv;jsessionid=ABC?x=1", "https://p.example/v.csv;jsessionid=***"],
  ["https://p.example/eyJhbGciOiJI.eyJzdWIiOiIx.c2ln/v.csv", "https://p.example/***/v.csv"],
  ["https://p.example/v.csv?x=ghp_0123456789abcdefghij0123", "https://p.example/v.csv?x=***"],
];

const SECRET = `
  token access_token accessToken AccessToken ACCESS_TOKEN access-token access.token accesstoken token[] token[0] token%5B%5D
  auth[token] user[password] t%6Fken %74%6f%6b%65%6e %2574oken id_token refresh_token refreshToken tokenId token_value csrf_token
  key api_key apiKey apikey API-KEY api.key x-api-key X-API-KEY subscription-key Ocp-Apim-Subscription-Key accesskey access_key
  AWSAccessKeyId secret client_secret clientSecret secretKey secret_key password passwd pwd pass passphrase user_pass db_password
  password2 sig signature Signature X-Amz-Signature X-Amz-Credential X-Amz-Security-Token X-Goog-Signature X-Goog-Credential
  session_id cred creds saskey tempauth guestaccesstoken webtoken oauth_verifier kennwort contraseña senha zugangstoken
  sign hmac auth authkey auth_key authorization credential credentials jwt bearer sid session sessionid PHPSESSID JSESSIONID
  rlkey resourcekey otp pin sas sas_token
  mdp motdepasse mot_de_passe mot-de-passe motDePasse MotDePasse mot%20de%20passe mot+de+passe passe cle clé cl%C3%A9 cl%E9 clé_api
  cle-api cleApi clef clef_api clé_d'accès cle_acces code_acces codeAccès code_d_acces code_secret jeton jeton_acces jetonAcces secrète
  identifiants authentification autorisation`
  .trim()
  .split(/\s+/);

const OPEN = `
  gid id output format year mois date page limit offset name nom user utilisateur email lang monkey design keyboard keys turkey
  compass passage passerelle signe_de_vie signal author authors tokyo clement clefs_en_main ville region code code_postal
  produit key_column auth_type pinterest oct sv se sp sr st X-Amz-Date X-Amz-Expires X-Amz-Algorithm sessions_count`
  .trim()
  .split(/\s+/);

it("knows the names of secrets, and masks their values", () => {
  expect(SECRET.filter((name) => !isSecretName(name))).toEqual([]);
  for (const name of SECRET)
    expect(masked(`https://a.example/v.csv?gid=0&${name}=abc&x=1`)).toBe(
      `https://a.example/v.csv?gid=0&${name}=***&x=1`,
    );
});

it("takes no ordinary name for that of a secret", () => expect(OPEN.filter(isSecretName)).toEqual([]));

it("masks each text of a value, at any depth", () => {
  const url = "https://a.example/?token=abc";
  expect(maskedIn({ source: url, refusals: [{ reason: `« ${url} »`, at: 3 }], none: null })).toEqual({
    source: "https://a.example/?token=***",
    refusals: [{ reason: "« https://a.example/?token=*** »", at: 3 }],
    none: null,
  });
});

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

it.each([
  ["?-", "names without an end"],
  ["?", "signs of a query"],
  ["a.", "schemes without an end"],
  ["http:", "schemes"],
  ["https://a:b/", "authorities without a user"],
  ["x@", "users without a scheme"],
  ["token=", "secrets in secrets"],
  ["%25", "encoded percent signs"],
  ["%2526token%253D", "encoded parameters"],
  ["eyJ", "beginnings of a token"],
  ["://%3a%2f%2fu%40", "encoded users"],
])("the work grows with the text: %j, %s", (piece) => {
  for (const before of ["https://a.example/?", "« https://a.example/?"])
    expect(growthOf((times) => masked(before + piece.repeat(times)), 20_000 / piece.length)).toBeLessThan(
      LINEAR,
    );
});

/**
 * Which names of parameters mean a secret, in English and French, and which texts are tokens by their form. A name is
 * compared by its words, without accents, case and percent-encoding: `X-Amz-Security-Token`, `accessToken`, `token[]`,
 * `auth[key]`, `cl%C3%A9_api`.
 */

/** Words that mean a secret wherever they stand in a name. */
const STRONG = new Set(
  `token tokens accesstoken authtoken refreshtoken idtoken sastoken bearer jwt jeton jetons
   secret secrets secrete clientsecret appsecret
   password passwords passwd passwort passphrase passcode passkey pwd psw userpass mdp motdepasse motpasse
   apikey accesskey authkey secretkey privatekey signingkey sharekey sharedkey rlkey resourcekey subscriptionkey
   apitoken xsrf csrf
   cleapi clefapi cleacces
   signature hmac sas credential credentials identifiants
   authorization authorisation authentication authentification autorisation
   sessionid sessid phpsessid jsessionid sid otp totp
   cred creds saskey tempauth verifier kennwort contrasena senha`.split(/\s+/),
);

/** Ends of words that are written together: `guestaccesstoken`, `webtoken`, `userpassword`. */
const ENDS = /(?:token|secret|password|passwort|apikey|accesskey)s?$/;

/** Words that mean a secret only at the end of a name: `key_column` is none. */
const LAST = new Set(
  "key sig sign auth pass passe pin cle clef session accesskeyid awsaccesskeyid nonce".split(" "),
);

/** Neighbouring words that together mean a secret. */
const PAIRS = new Set(
  `mot passe, cle api, clef api, cle acces, clef acces, code acces, code access, access code, acces code, key id, share code, session id`
    .split(",")
    .map((pair) => pair.trim().replace(" ", "")),
);

/** Words that say nothing in between: `mot_de_passe`, `clé d'accès`. */
const FILLERS = new Set(["de", "d", "du", "la", "l", "of", "the"]);

/** Tokens of known form: JSON Web Tokens, GitHub, GitLab, Slack, Stripe, OpenAI, Google and AWS keys. */
export const SECRET_FORM =
  /\b(?:eyJ[\w-]{8,}\.eyJ[\w-]{4,}(?:\.[\w-]*)?|gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|[rs]k_(?:live|test)_\w{10,}|sk-[\w-]{20,}|AIza[\w-]{30,}|A[KS]IA[A-Z0-9]{16})(?![\w-])/g;

/** Whether the parameter of this name, as it stands in a URL, holds a secret. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (words.length === 0) return false;
  if (words.some((word) => STRONG.has(word) || ENDS.test(word))) return true;
  if (LAST.has(words.at(-1) ?? "")) return true;
  return words.some((word, i) => i > 0 && PAIRS.has(`${words[i - 1]}${word}`));
}

/** Numbers and empty brackets at the end of a name are no words: `token[]`, `key[0]`, `password2`. */
const wordsOf = (name: string): readonly string[] =>
  decoded(name)
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "" && !FILLERS.has(word));

/** A name may be percent-encoded more than once, as part of a URL in a parameter. */
function decoded(name: string): string {
  let text = name;
  for (let times = 0; times < 3 && text.includes("%"); times++) {
    const next = decodedOnce(text);
    if (next === text) break;
    text = next;
  }
  return text;
}

/** What is no UTF-8 is read as Latin-1: `cl%E9`. */
function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
}

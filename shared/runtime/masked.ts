/**
 * Replaces the secrets in a text that the program shows, logs or publishes: the user and the password of a URL, the
 * values of parameters with secret names, and tokens that are known by their form. The id of a source keeps its secrets;
 * people see the masked id. An id without secrets is its own masked form. The work is linear in the text.
 */
import { isSecretName, SECRET_FORM } from "./secret-names.ts";

/** The text in the place of a secret. */
export const MASK = "***";

/** Only a text with one of these characters, or with a token, can hold a secret. */
const MAY_HOLD = /[@=]|%(?:25)*(?:40|3d)/i;

/** The text without secrets. It may be a URL, or any text with URLs in it. */
export function masked(text: string): string {
  const plain = text.replace(SECRET_FORM, MASK);
  if (!MAY_HOLD.test(plain)) return plain;
  // In a sentence, white space and quotes end a URL. A text that is one URL may hold quotes.
  if (/^\s*[a-z][a-z0-9+.-]*:\S*\s*$/i.test(plain)) return maskedRun(plain);
  return plain.replace(/[^\s"'«»<>]+/g, maskedRun);
}

/** The value with secrets masked in each text of it, at any depth: a status as people see it. Names of members stay. */
export function maskedIn<T>(value: T): T {
  if (typeof value === "string") return masked(value) as T;
  if (Array.isArray(value)) return value.map(maskedIn) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskedIn(one)])) as T;
}

const maskedRun = (run: string): string => (MAY_HOLD.test(run) ? withoutValues(withoutUserInfo(run)) : run);

/** What stands before user and password, also as part of a parameter, where it is percent-encoded once or more often. */
const AUTHORITY =
  /(?:\bhttps?|\bftps?|\bwss?|\bfile):(?:[\\/]+|%(?:25)*2f)?|(?::|%(?:25)*3a)(?:\/\/|(?:%(?:25)*2f){2})/gi;
const END_OF_AUTHORITY = /[\\/?#]|$/g;
const END_OF_ENCODED_AUTHORITY = /[\\/?#&]|%(?:25)*(?:2f|3f|23|26)|$/gi;
const AT = /@|%(?:25)*40/gi;

function withoutUserInfo(run: string): string {
  const lastAt = run.lastIndexOf("@");
  let out = "";
  let done = 0;
  let scanned = 0;
  for (const found of run.matchAll(AUTHORITY)) {
    const from = found.index + found[0].length;
    if (from < scanned) continue;
    const isEncoded = found[0].includes("%");
    // A password may hold an encoded slash. Only where the whole URL is encoded, an encoded slash ends its host.
    scanned = endOf(run, from, isEncoded ? END_OF_ENCODED_AUTHORITY : END_OF_AUTHORITY);
    const authority = run.slice(from, scanned);
    const at = lastOf(authority, isEncoded ? AT : /@/g);
    // No port: what follows the colon is a password with a slash, `?` or `#`, and the text is no valid URL.
    const to = at === undefined && /^[^[:]*:\d*[^\d]/.test(authority) ? lastAt : from + (at ?? -1);
    if (to < from) continue;
    out += `${run.slice(done, from)}${MASK}`;
    done = to;
    scanned = Math.max(scanned, to);
  }
  return out + run.slice(done);
}

function endOf(run: string, from: number, end: RegExp): number {
  end.lastIndex = from;
  return end.exec(run)?.index ?? run.length;
}

const lastOf = (text: string, what: RegExp): number | undefined => [...text.matchAll(what)].at(-1)?.index;

/** The signs of a query, and how often each is percent-encoded: `&` 0 times, `%26` once, `%2526` twice. */
const SIGNS = /[?&;#/=]|%(?:25)*(?:3f|26|3b|23|2f|3d)/gi;

interface Sign {
  readonly at: number;
  readonly end: number;
  readonly encoded: number;
  readonly is: "?" | "&" | "/" | "=";
}

const KINDS: Readonly<Record<string, Sign["is"]>> = {
  "?": "?",
  "3f": "?",
  "/": "/",
  "2f": "/",
  "=": "=",
  "3d": "=",
};

function signsOf(run: string): readonly Sign[] {
  return [...run.matchAll(SIGNS)].map(({ 0: sign, index }) => ({
    at: index,
    end: index + sign.length,
    encoded: sign.length === 1 ? 0 : (sign.length - 1) / 2,
    is: KINDS[sign.slice(-2).toLowerCase()] ?? "&",
  }));
}

/**
 * A value ends at the next `&`, `;` or `#` that is encoded no more often than its `=`: `token=a%26b` is one value. In a
 * path, it ends at the next slash too.
 */
function withoutValues(run: string): string {
  const signs = signsOf(run);
  let out = "";
  let done = 0;
  let before: Sign | undefined;
  for (let i = 0; i < signs.length; i++) {
    const sign = signs[i] as Sign;
    if (
      sign.is !== "=" ||
      before === undefined ||
      before.is === "=" ||
      !isSecretName(run.slice(before.end, sign.at))
    ) {
      before = sign;
      continue;
    }
    const inPath = before.is === "/";
    const isEnd = ({ is, encoded }: Sign): boolean =>
      encoded <= sign.encoded && (is === "&" || (inPath && is !== "="));
    while (i + 1 < signs.length && !isEnd(signs[i + 1] as Sign)) i++;
    const end = signs[i + 1]?.at ?? run.length;
    if (end > sign.end) out += `${run.slice(done, sign.end)}${MASK}`;
    else out += run.slice(done, sign.end);
    done = end;
    before = undefined;
  }
  return out + run.slice(done);
}

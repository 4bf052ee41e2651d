/**
 * Replaces the secrets in a text that the program shows, logs or publishes: the user and the password of a URL, and the
 * values of query parameters with secret names. The id of a source keeps its secrets; people see the masked id. An id
 * without secrets is its own masked form.
 */

/** The text in the place of a secret. */
export const MASK = "***";

/** The last word of the name of a secret parameter: `X-Amz-Signature`, `api_key`. */
const SECRET_WORDS = [
  "token",
  "accesstoken",
  "key",
  "apikey",
  "accesskey",
  "secret",
  "sig",
  "signature",
  "password",
  "passwd",
  "pwd",
  "auth",
  "authorization",
  "credential",
  "credentials",
  "jwt",
];

const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'«»]*(?:@[^\s/?#@"'«»]*)*@/gi;
const SECRET_PARAMETER = new RegExp(
  `([?&;#](?:[^=&;#\\s"'«»]*[-_.])?(?:${SECRET_WORDS.join("|")})=)[^&;#\\s"'«»]+`,
  "gi",
);

/** The text without secrets. It may be a URL, or any text with URLs in it. */
export const masked = (text: string): string =>
  text.replace(USER_INFO, `$1${MASK}@`).replace(SECRET_PARAMETER, `$1${MASK}`);

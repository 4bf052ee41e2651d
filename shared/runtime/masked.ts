/**
 * Text with its secrets blanked out, for whatever is shown, logged or published: the user and password of a URL,
 * and the values of query parameters whose names say that they are secret. A source's id stays as it is registered;
 * what people see of it is this. One that shows nothing secret is shown as it is.
 */

/** What stands for a secret. */
export const MASK = "***";

/** A parameter is secret when its name ends in one of these, as a word of its own: `X-Amz-Signature`, `api_key`. */
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

/** `text` may be a URL, or anything that holds some. */
export const masked = (text: string): string =>
  text.replace(USER_INFO, `$1${MASK}@`).replace(SECRET_PARAMETER, `$1${MASK}`);

/**
 * Which browsers may change something through the page. The program prints a link on stderr, to the operator alone. Its
 * secret is in the fragment, which no browser sends and no log has. The page sends it once, in the body of a request,
 * and gets a session: a cookie that scripts cannot read, and a key that the page keeps. A request needs both: browsers send
 * a cookie to every port of this machine, where another account may listen, but they send the key, which is in the storage
 * of the page, to none. After that the link works no longer, and another one takes its place. Sessions are in memory: they
 * end with the program.
 */
import { hash, timingSafeEqual } from "node:crypto";

/** A session ends when it was not used for so long. */
const IDLE_MS = 12 * 3_600_000;
/** The sessions that are kept; beyond that, the one that was not used for the longest time ends. */
const MOST_SESSIONS = 50;

const digest = (text: string): string => hash("sha256", text, "base64url");

const isSame = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other));

export class Writers {
  readonly #newSecret: () => string;
  readonly #cookie: string;
  #secret: string;
  /** Digest of the cookie's secret -> digest of the key, and when it was used last; the longest unused one first. */
  readonly #sessions = new Map<string, { readonly key: string; used: number }>();

  /** `port`: of the page, because browsers share cookies between the ports of one host. `newSecret`: of 120 random bits or more. */
  constructor(port: number, newSecret: () => string) {
    this.#newSecret = newSecret;
    this.#cookie = `ventes_write_${port}`;
    this.#secret = newSecret();
  }

  /** The link to the page at `url`, which may be opened once. */
  linkTo(url: string): string {
    return `${url}#write=${this.#secret}`;
  }

  /**
   * Begins a session for the secret of the link. Returns its cookie and its key; undefined: the secret is not, or no
   * longer, that of the link. `now`: milliseconds of a clock that never goes back.
   */
  open(
    secret: string,
    now: number,
    secure: boolean,
  ): { readonly cookie: string; readonly key: string } | undefined {
    if (!isSame(digest(secret), digest(this.#secret))) return undefined;
    this.#secret = this.#newSecret();
    const [session, key] = [this.#newSecret(), this.#newSecret()];
    this.#sessions.set(digest(session), { key: digest(key), used: now });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return { cookie: this.#cookieOf(session, secure), key };
  }

  /** Whether the Cookie header of a request has a session, and `key` is its key; its time starts again. */
  isWriter(cookies: string | undefined, key: string | undefined, now: number): boolean {
    const session = this.#sessionIn(cookies);
    const found = this.#sessions.get(session);
    if (found === undefined || !isSame(digest(key ?? ""), found.key)) return false;
    this.#sessions.delete(session);
    if (now - found.used > IDLE_MS) return false;
    this.#sessions.set(session, { ...found, used: now });
    return true;
  }

  /** Ends the session of a request, if it has one. Returns the cookie that takes the place of its own. */
  close(cookies: string | undefined): string {
    this.#sessions.delete(this.#sessionIn(cookies));
    return `${this.#cookieOf("", false)}; Max-Age=0`;
  }

  #sessionIn(cookies: string | undefined): string {
    const pairs = (cookies ?? "").split(";").map((pair) => pair.trim().split("="));
    return digest(pairs.find(([name]) => name === this.#cookie)?.[1] ?? "");
  }

  #cookieOf(value: string, secure: boolean): string {
    return `${this.#cookie}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  }
}

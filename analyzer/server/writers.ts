/**
 * Which browsers may change something through the page. The program prints a link on stderr, to the operator alone. Its
 * secret is in the fragment, which no browser sends and no log has. The page sends it once, in the body of a request,
 * and gets a session: a cookie that scripts cannot read. The link is then of no use, and another one takes its place.
 * Sessions are in memory: they end with the program.
 */
import { hash, timingSafeEqual } from "node:crypto";

/** A session ends when it was not used for so long. */
const IDLE_MS = 12 * 3_600_000;
/** The sessions that are kept; beyond that, the one that was not used for the longest time ends. */
const MOST_SESSIONS = 50;

const digest = (text: string): string => hash("sha256", text, "base64url");

export class Writers {
  readonly #newSecret: () => string;
  readonly #cookie: string;
  #secret: string;
  /** Digest of the secret of a session -> when it was used last; the longest unused one first. */
  readonly #sessions = new Map<string, number>();

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
   * Begins a session for the secret of the link. Returns its cookie; undefined: the secret is not, or no longer, that of
   * the link. `now`: milliseconds of a clock that never goes back.
   */
  open(secret: string, now: number, secure: boolean): string | undefined {
    const [given, expected] = [digest(secret), digest(this.#secret)].map((text) => Buffer.from(text));
    if (given === undefined || expected === undefined || !timingSafeEqual(given, expected)) return undefined;
    this.#secret = this.#newSecret();
    const session = this.#newSecret();
    this.#use(digest(session), now);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return this.#cookieOf(session, secure);
  }

  /** Whether the Cookie header of a request has a session; its time begins anew. */
  isWriter(cookies: string | undefined, now: number): boolean {
    const session = this.#sessionIn(cookies);
    const used = this.#sessions.get(session);
    if (used === undefined) return false;
    if (now - used > IDLE_MS) {
      this.#sessions.delete(session);
      return false;
    }
    this.#use(session, now);
    return true;
  }

  /** Ends the session of a request, if it has one. Returns the cookie that takes the place of its own. */
  close(cookies: string | undefined): string {
    this.#sessions.delete(this.#sessionIn(cookies));
    return `${this.#cookieOf("", false)}; Max-Age=0`;
  }

  #use(session: string, now: number): void {
    this.#sessions.delete(session);
    this.#sessions.set(session, now);
  }

  #sessionIn(cookies: string | undefined): string {
    const pairs = (cookies ?? "").split(";").map((pair) => pair.trim().split("="));
    return digest(pairs.find(([name]) => name === this.#cookie)?.[1] ?? "");
  }

  #cookieOf(value: string, secure: boolean): string {
    return `${this.#cookie}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  }
}

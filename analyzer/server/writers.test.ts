/** The link that works once, and the sessions that it gives. */
import { beforeEach, describe, expect, it } from "vitest";
import { Writers } from "./writers.ts";

const HOUR = 3_600_000;

let writers: Writers;
let made: number;
beforeEach(() => {
  made = 0;
  writers = new Writers(8080, () => `secret-${made++}`);
});

const secret = () => new URL(writers.linkTo("http://127.0.0.1:8080/")).hash.replace("#write=", "");
const open = (now = 0, given = secret()) => writers.open(given, now, false);
type Session = ReturnType<typeof open>;
/** What a browser sends back of the Set-Cookie header of a session. */
const sent = (session: Session) => (session?.cookie ?? "").split(";", 1)[0];
const writes = (session: Session, now: number) => writers.isWriter(sent(session), session?.key, now);

describe("the link", () => {
  it("works once, and another one takes its place", () => {
    const first = secret();
    expect(open(0, first)?.cookie).toMatch(
      /^ventes_write_8080=secret-\d; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(open(0, first)).toBeUndefined();
    expect(secret()).not.toBe(first);
    expect(open()).toBeDefined();
  });

  it("is refused for any other secret, and stays good for the operator", () => {
    const right = secret();
    for (const wrong of ["", "x", right.slice(0, -1), `${right}x`, right.toUpperCase()])
      expect(open(0, wrong), wrong).toBeUndefined();
    expect(open(0, right)).toBeDefined();
  });

  it("gives a cookie that is sent over TLS only, when the page was opened so", () => {
    expect(writers.open(secret(), 0, true)?.cookie).toMatch(/; Secure$/);
  });
});

describe("a session", () => {
  it("is the cookie's, beside other cookies, and no other value", () => {
    const session = open();
    const [cookie, key] = [sent(session), session?.key];
    expect(writers.isWriter(`a=b; ${cookie}; c=d`, key, 1)).toBe(true);
    for (const other of [undefined, "", "ventes_write_8080=", `${cookie}x`, cookie?.replace("8080", "8081")])
      expect(writers.isWriter(other, key, 1), other).toBe(false);
    expect(writers.isWriter(`ventes_write_8080=${secret()}`, key, 1)).toBe(false);
  });

  it("needs its key too: a cookie alone goes to other ports of the machine", () => {
    const [one, two] = [open(), open()];
    for (const key of [undefined, "", "1", sent(one)?.split("=")[1], two?.key])
      expect(writers.isWriter(sent(one), key, 1), key).toBe(false);
    expect(writes(one, 1)).toBe(true);
  });

  it("ends twelve hours after its last use", () => {
    const session = open();
    const after = [12 * HOUR, 24 * HOUR, 36 * HOUR + 1, 36 * HOUR + 1];
    expect(after.map((now) => writes(session, now))).toEqual([true, true, false, false]);
  });

  it("ends when its browser leaves, and others stay", () => {
    const [one, two] = [open(), open()];
    expect(writers.close(sent(one))).toMatch(/^ventes_write_8080=; .*; Max-Age=0$/);
    expect([one, two].map((session) => writes(session, 1))).toEqual([false, true]);
  });

  it("of the longest unused browser makes place for the fifty-first", () => {
    const sessions = Array.from({ length: 50 }, () => open());
    writes(sessions[0], 1);
    open();
    expect(sessions.map((session) => writes(session, 1)).indexOf(false)).toBe(1);
  });
});

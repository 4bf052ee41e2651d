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
/** What a browser sends back of a Set-Cookie header. */
const sent = (cookie: string | undefined) => (cookie ?? "").split(";", 1)[0];

describe("the link", () => {
  it("works once, and another one takes its place", () => {
    const first = secret();
    expect(open(0, first)).toMatch(/^ventes_write_8080=secret-\d; Path=\/; HttpOnly; SameSite=Strict$/);
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
    expect(writers.open(secret(), 0, true)).toMatch(/; Secure$/);
  });
});

describe("a session", () => {
  it("is the cookie's, beside other cookies, and no other value", () => {
    const cookie = sent(open());
    expect(writers.isWriter(`a=b; ${cookie}; c=d`, 1)).toBe(true);
    for (const other of [undefined, "", "ventes_write_8080=", `${cookie}x`, cookie?.replace("8080", "8081")])
      expect(writers.isWriter(other, 1), other).toBe(false);
    expect(writers.isWriter(`ventes_write_8080=${secret()}`, 1)).toBe(false);
  });

  it("ends twelve hours after its last use", () => {
    const cookie = sent(open());
    expect(writers.isWriter(cookie, 12 * HOUR)).toBe(true);
    expect(writers.isWriter(cookie, 24 * HOUR)).toBe(true);
    expect(writers.isWriter(cookie, 36 * HOUR + 1)).toBe(false);
    expect(writers.isWriter(cookie, 36 * HOUR + 1)).toBe(false);
  });

  it("ends when its browser leaves, and others stay", () => {
    const [one, two] = [sent(open()), sent(open())];
    expect(writers.close(one)).toMatch(/^ventes_write_8080=; .*; Max-Age=0$/);
    expect([one, two].map((cookie) => writers.isWriter(cookie, 1))).toEqual([false, true]);
  });

  it("of the longest unused browser makes place for the fifty-first", () => {
    const cookies = Array.from({ length: 50 }, () => sent(open()));
    writers.isWriter(cookies[0], 1);
    open();
    expect(cookies.map((cookie) => writers.isWriter(cookie, 1)).indexOf(false)).toBe(1);
  });
});

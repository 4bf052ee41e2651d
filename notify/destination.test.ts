/** Which URLs are destinations, and that nothing of a URL is shown. */
import { inspect } from "node:util";
import * as Redacted from "effect/Redacted";
import { describe, expect, it } from "vitest";
import { BadDestination, parseDestination } from "./destination.ts";

describe("a destination", () => {
  it.each([
    ["https://ntfy.sh/my-topic", "ntfy ntfy.sh"],
    ["ntfy+http://10.0.0.2:8080/a/my-topic", "ntfy 10.0.0.2:8080"],
    ["https://hooks.slack.com/services/T0/B0/my-secret", "slack hooks.slack.com"],
    ["slack+https://chat.example/hooks/my-secret", "slack chat.example"],
    ["https://marie:my-secret@example.org/hook?key=my-secret", "json example.org"],
    [
      "smtps://shop%40example.org:my-secret@smtp.example.org/?to=a@example.org,b@example.org",
      "mail a@example.org, b@example.org (smtp.example.org)",
    ],
    ["smtp://relay.example?from=a@example.org&to=b@example.org", "mail b@example.org (relay.example)"],
  ])("%s is shown as %s, and printed without its secrets", (text, shown) => {
    const destination = parseDestination(text);
    expect(destination.shown).toBe(shown);
    expect(inspect(destination, { depth: 5 })).not.toMatch(/my-secret|my-topic|shop%40/);
    expect(JSON.stringify(destination)).not.toMatch(/my-secret|my-topic/);
    expect(parseDestination(` ${text} `).id).toBe(destination.id);
  });

  it("takes user and password out of the URL", () => {
    const webhook = parseDestination("https://marie:p%40ss@example.org/hook#x");
    if (webhook.kind === "mail" || webhook.authorization === null) throw new Error("no webhook");
    expect(Redacted.value(webhook.url)).toBe("https://example.org/hook");
    expect(Redacted.value(webhook.authorization)).toBe(
      `Basic ${Buffer.from("marie:p@ss").toString("base64")}`,
    );
  });

  it.each([
    ["my-secret", "it is no URL"],
    ["ftp://my-secret", "its scheme is none of these"],
    ["https://ntfy.sh/", "it has no topic"],
    ["smtps://my-secret@example.org", "it has no recipient"],
    ["smtps://my-secret@example.org?to=b@example.org", "it has no sender"],
    ["smtps://example.org?from=a@example.org&to=my-secret", "no e-mail address"],
    ["https://%zz:my-secret@example.org", "%-escapes"],
  ])("%s is refused with a reason that does not show it", (text, reason) => {
    const refused = (() => {
      try {
        return parseDestination(text);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(BadDestination);
    expect((refused as Error).message).toContain(reason);
    expect((refused as Error).message).not.toContain("my-secret");
  });
});

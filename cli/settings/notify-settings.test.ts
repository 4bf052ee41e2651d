/** Where alerts go, and from which limits on: flags win over variables, and no message shows a URL. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { notifySettingsOf } from "./notify-settings.ts";

const NONE = { notify: [] };
const shown = (...args: Parameters<typeof notifySettingsOf>) =>
  notifySettingsOf(...args).destinations.map((destination) => destination.shown);

describe("the settings of alerts", () => {
  it("by default: nobody is told, and limits that fit a small company", () =>
    expect(notifySettingsOf(NONE, {})).toEqual({
      destinations: [],
      limits: { afterMs: 120_000, staleMs: 259_200_000, rejects: 100, sale: null },
    }));

  it("from variables; 0 is no limit", () =>
    expect(
      notifySettingsOf(NONE, {
        VENTES_NOTIFY_AFTER: "0",
        VENTES_NOTIFY_STALE: "0",
        VENTES_NOTIFY_REJECTS: "0",
        VENTES_NOTIFY_SALE: "1000",
      }).limits,
    ).toEqual({ afterMs: 0, staleMs: null, rejects: null, sale: 1_000 }));

  it("the flag wins over the variable, which wins over the file", () => {
    const file = join(scratchDirectory(), "notify.txt");
    writeFileSync(file, "# comment\n\nhttps://c.example/\nhttps://d.example/\n", { mode: 0o600 });
    const env = { VENTES_NOTIFY_FILE: file, VENTES_NOTIFY: "https://b.example/" };
    expect(shown({ notify: ["https://a.example/"] }, env)).toEqual(["json a.example"]);
    expect(shown(NONE, env)).toEqual(["json b.example"]);
    expect(shown(NONE, { VENTES_NOTIFY_FILE: file })).toEqual(["json c.example", "json d.example"]);
  });

  it("a destination that is given twice is one", () =>
    expect(
      shown({ notify: ["https://a.example/", "https://b.example/", "https://a.example/ "] }, {}),
    ).toEqual(["json a.example", "json b.example"]));

  it.each([
    [{ VENTES_NOTIFY: "https://a.example/\nsecret" }, "VENTES_NOTIFY, number 2: it is no URL"],
    [{ VENTES_NOTIFY_REJECTS: "many" }, 'VENTES_NOTIFY_REJECTS is "many"'],
    [{ VENTES_NOTIFY_STALE: "3 days" }, 'VENTES_NOTIFY_STALE is "3 days"'],
  ])("%o is refused", (env, reason) => {
    expect(() => notifySettingsOf(NONE, env)).toThrow(reason);
    expect(() => notifySettingsOf(NONE, env)).not.toThrow("secret");
  });
});

import { describe, expect, it } from "vitest";
import { onceLed } from "./led.ts";

const failure = (type: string) => Object.assign(new Error(type), { name: "KafkaJSProtocolError", type });

/** Answers after `failures`, one a call. */
const asked = (...failures: Error[]) => {
  const said = { runs: 0, refreshes: 0 };
  const run = async () => {
    said.runs += 1;
    const next = failures.shift();
    if (next !== undefined) throw next;
    return "answer";
  };
  const refresh = async () => {
    said.refreshes += 1;
  };
  return { said, run, refresh };
};

describe("a request while a leader is being chosen", () => {
  it("is sent again with fresh metadata", async () => {
    const { said, run, refresh } = asked(
      failure("NOT_LEADER_FOR_PARTITION"),
      failure("LEADER_NOT_AVAILABLE"),
    );
    expect(await onceLed(run, refresh)).toBe("answer");
    expect(said).toEqual({ runs: 3, refreshes: 2 });
  });

  it("fails at once for any other error, and for this one when the time is over", async () => {
    const other = asked(failure("TOPIC_AUTHORIZATION_FAILED"));
    await expect(onceLed(other.run, other.refresh)).rejects.toThrow("TOPIC_AUTHORIZATION_FAILED");
    expect(other.said.runs).toBe(1);
    const never = asked(failure("LEADER_NOT_AVAILABLE"), failure("LEADER_NOT_AVAILABLE"));
    await expect(onceLed(never.run, never.refresh, -1)).rejects.toThrow("LEADER_NOT_AVAILABLE");
  });
});

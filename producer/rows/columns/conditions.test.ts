import { describe, expect, it } from "vitest";
import { conditionText, parseCondition, testOf } from "./conditions.ts";

const kept = (text: string, ...fields: readonly string[]) => fields.filter(testOf(parseCondition(text)));

describe("a condition", () => {
  it.each([
    ["Status=paid", ["paid", " paid "]],
    ["Status = 'paid'", ["paid", " paid "]],
    ["Status!=refunded", ["paid", " paid ", "", "a=b"]],
    ["Status != ", ["paid", " paid ", "refunded", "a=b"]],
    ["Status=", [""]],
    ["Status=a=b", ["a=b"]],
    ["Status in (paid, refunded)", ["paid", " paid ", "refunded"]],
    ["Status in ('a=b', \"paid, shipped\")", ["a=b"]],
    ["Made in France dans ('paid')", ["paid", " paid "]],
    ["Made in France=paid", ["paid", " paid "]],
    ["Status empty", [""]],
    ["Status is not empty", ["paid", " paid ", "refunded", "a=b"]],
    ["Statut est vide", [""]],
    ["Statut non vide", ["paid", " paid ", "refunded", "a=b"]],
  ])("%s keeps %j", (text, fields) =>
    expect(kept(text, "paid", " paid ", "refunded", "", "a=b")).toEqual(fields),
  );

  it.each([
    { column: "Status", value: "paid" },
    { column: "Status", value: "" },
    { column: "Status", not: "" },
    { column: "Status", not: "a, b" },
    { column: "Financial Status", value: "paid or not" },
    { column: "Status", value: '12" tube' },
    { column: "Status", in: ["paid", "a=b", "x, y", "'single'"] },
  ])("%j is read again from its text", (condition) =>
    expect(parseCondition(conditionText(condition))).toEqual(condition),
  );

  it.each([
    ...[
      "Status",
      "Status==paid",
      "Amount>5",
      "Amount>=5",
      "Amount <= 5",
      "Status<>paid",
      "Status~paid",
      "Status=~paid",
    ],
    ...[
      "Status like paid%",
      "Status not in (paid)",
      "Status in paid, refunded",
      "Status=paid and Kind=sale",
      "=paid",
    ],
    ...[
      "Status=paid || Status=shipped",
      "Status=paid or Kind in (sale)",
      "Status not like=paid",
      "!=paid",
      "",
    ],
  ])("%s is refused, and the forms are named", (text) =>
    expect(() => parseCondition(text)).toThrow(/bad_option|Status!=refunded/),
  );
});

import { expect, it } from "vitest";
import {
  codeIn,
  commandsBelow,
  headingLevels,
  linksIn,
  namedInHelp,
  promisedTests,
  typedCommands,
  usesOfVentes,
  variablesInCode,
  variablesInTables,
} from "./documents.ts";

const README = [
  "# Title",
  "Run `npx ventes start --once` [here](docs/a.md#b) and [there](https://example.org).",
  "```sh",
  "# no heading",
  "$ npm ci && npm start   # goes on",
  "page http://127.0.0.1:8080/",
  "KAFKA_BROKERS=a:9092 ventes start",
  "```",
  "## Next",
  "| `VENTES_DATA` | where `VENTES_NOT` |",
  "| `KAFKA_TLS=1`, `KAFKA_CA_FILE` | ... |",
].join("\n");

it("takes code, headings, commands, links and variables out of Markdown", () => {
  expect(codeIn(README)).toContain("npx ventes start --once");
  expect(headingLevels(README)).toEqual([1, 2]);
  expect(typedCommands(README)).toEqual(["npm ci && npm start", "KAFKA_BROKERS=a:9092 ventes start"]);
  expect(linksIn(README)).toEqual(["docs/a.md"]);
  expect([...variablesInTables(README)]).toEqual(["VENTES_DATA", "KAFKA_TLS", "KAFKA_CA_FILE"]);
});

it("takes the commands of a table, below one heading", () => {
  const table = (heading: string, ...commands: readonly string[]) =>
    [
      `## ${heading}`,
      "| item | try |",
      "| --- | --- |",
      ...commands.map((c) => `| \`not this\` | \`${c}\` |`),
    ].join("\n");
  const text = [table("One", "a"), table("Two", 'b "c d"', "e"), table("Three", "f")].join("\n\n");
  expect(commandsBelow(text, "Two")).toEqual(['b "c d"', "e"]);
  expect(commandsBelow(text, "None")).toEqual([]);
});

it("sees how the program is called", () => {
  expect(usesOfVentes("npx ventes sources add https://x/ventes.csv --every 10s | cat")).toEqual([
    { words: ["sources", "add"], flags: ["--every"] },
  ]);
  expect(usesOfVentes("cd ventes/\nventes.db\nventes.produits\nFROM ventes;")).toEqual([]);
});

it("sees the variables that code names", () => {
  const code = 'given(env, "VENTES_DATA"); process.env.KAFKA_TLS; const VENTES_COLUMNS = 1; "set KAFKA_X"';
  expect(variablesInCode(code)).toEqual(["VENTES_DATA", "KAFKA_TLS"]);
});

it("sees which tests a promise names", () => {
  expect(promisedTests('| 2 | once | `a/b.test.ts`: "one", "two"; `c.test.ts`: "three" |')).toEqual([
    { file: "a/b.test.ts", titles: ["one", "two"] },
    { file: "c.test.ts", titles: ["three"] },
  ]);
});

it("reads a help", () => {
  const help =
    "What it is.\n\nCOMMANDS\n  start     Runs\n            everything\n  status    Says\n\nFLAGS\n  --data DIR  where";
  expect(namedInHelp(help)).toEqual({ commands: ["start", "status"], flags: ["--data"] });
});

/** The README's table "The brief, point by point" is true: its commands, typed in order, print what the brief asks for. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import {
  BRIEF_COMMANDS,
  BRIEF_COMMANDS_FR,
  BRIEF_FILES,
  BRIEF_SAYS,
  isForDocker,
} from "./support/brief-table.ts";
import { publishFiles } from "./support/published-files.ts";
import { scratchDirectory } from "./support/ventes.ts";

it("the table has the same commands in both languages, and each is one that tests type", () => {
  expect(BRIEF_COMMANDS).toEqual([...BRIEF_SAYS.keys()]);
  expect(BRIEF_COMMANDS_FR).toEqual(BRIEF_COMMANDS);
});

it("its commands on the checkout", async () => {
  const files = await publishFiles(BRIEF_FILES);
  onTestFinished(files.close);
  const data = scratchDirectory();
  const cwd = join(import.meta.dirname, "..");
  const env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(?:KAFKA_|VENTES_(?!TEST_))/.test(name)),
    ),
    VENTES_DATA: data,
    VENTES_LANG: "en",
  };
  for (const command of BRIEF_COMMANDS.filter((one) => !isForDocker(one))) {
    const typed = command.replaceAll(/URL_([A-Z]+)/g, (_, entity: string) =>
      files.url(`${entity.toLowerCase()}.csv`),
    );
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", typed], { cwd, env });
    expect(`${stdout}${stderr}`, command).toMatch(BRIEF_SAYS.get(command) ?? /^$/);
  }
}, 180_000);

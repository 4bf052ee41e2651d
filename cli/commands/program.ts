/** The program as an effect: it parses the arguments and runs the command. Its process is `../main.ts`. */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as CliConfig from "effect/cli/CliConfig";
import * as Command from "effect/cli/Command";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import * as Effect from "effect/Effect";
import { layerPresenter } from "../output/presenter.ts";
import { type Env, languageOf } from "../settings/language.ts";
import { VERSION } from "../settings/version.ts";
import { completionsFlag } from "./completions.ts";
import { commandTree } from "./tree.ts";

/** Runs the command that the arguments name; without one it prints the help. They come without `node` and the program's name. `endingOf` tells its exit code. */
export const program = (args: readonly string[], env: Env) => {
  const language = languageOf(env);
  const asked = args.length === 0 ? ["--help"] : args;
  return Command.runWith(commandTree(language, env), { version: VERSION })(asked).pipe(
    Effect.provide(layerPresenter(language)),
    Effect.provideService(CliConfig.CliConfig, {
      builtIns: [GlobalFlag.Help, GlobalFlag.Version, completionsFlag],
    }),
    Effect.provide(NodeServices.layer),
  );
};

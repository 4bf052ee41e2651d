/** The command line: takes flags and environment, ends with an exit code. Only cli/ composes the components. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as CliConfig from "effect/cli/CliConfig";
import * as Command from "effect/cli/Command";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import * as Effect from "effect/Effect";
import { commandTree } from "./commands/tree.ts";
import { layerPresenter } from "./output/presenter.ts";
import { say } from "./output/stdout.ts";
import { EXIT, endingOf } from "./settings/errors.ts";
import { languageOf } from "./settings/language.ts";
import { VERSION } from "./settings/version.ts";

const language = languageOf(process.env);

/** Ctrl-C finishes the current batch. After this time the process exits anyway: a stop takes at most 5 s. */
const STOP_MS = 4_500;

let signals = 0;
const onSignal = (): void => {
  signals += 1;
  if (signals > 1) process.exit(EXIT.interrupted);
  setTimeout(() => process.exit(EXIT.interrupted), STOP_MS).unref();
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

commandTree(language).pipe(
  Command.run({ version: VERSION }),
  Effect.provide(layerPresenter(language)),
  Effect.provideService(CliConfig.CliConfig, { builtIns: [GlobalFlag.Help, GlobalFlag.Version] }),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit) => {
      const ending = endingOf(exit);
      if (ending.stderr !== null) say(ending.stderr);
      process.exit(signals > 0 && ending.code === EXIT.done ? EXIT.interrupted : ending.code);
    },
  }),
);

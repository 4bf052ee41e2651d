/** `ventes --completions SHELL`: a script that completes commands and flags in that shell. */
import * as Completions from "effect/cli/Completions";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { print } from "../output/stdout.ts";

/** Effect's own flag prints with console.log, which loses the end of a text in a pipe when the process ends at once. */
export const completionsFlag = GlobalFlag.Action({
  flag: GlobalFlag.Completions.flag,
  run: (shell, { command }) =>
    Effect.sync(() => {
      if (Option.isSome(shell))
        print(Completions.generate(command.name, shell.value, Completions.fromCommand(command)));
    }),
});

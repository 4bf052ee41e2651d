/** Whether components of `start` run in threads of their own. */
import * as Context from "effect/Context";

/**
 * The program sets it to true. Tests that run the program in their own process leave it: a thread takes time to start.
 */
export const OwnThreads: Context.Reference<boolean> = Context.Reference<boolean>("ventes/cli/OwnThreads", {
  defaultValue: () => false,
});

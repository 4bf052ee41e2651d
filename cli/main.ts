/** The command line: takes flags and environment, ends with an exit code. Only cli/ composes the components. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as Effect from "effect/Effect";
import { program } from "./commands/program.ts";
import { say } from "./output/stdout.ts";
import { EXIT, endingOf } from "./settings/errors.ts";
import { OwnThreads } from "./settings/threads.ts";

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

NodeRuntime.runMain(Effect.provideService(program(process.argv.slice(2), process.env), OwnThreads, true), {
  disableErrorReporting: true,
  teardown: (exit) => {
    const ending = endingOf(exit);
    if (ending.stderr !== null) say(ending.stderr, "error");
    process.exit(signals > 0 && ending.code === EXIT.done ? EXIT.interrupted : ending.code);
  },
});

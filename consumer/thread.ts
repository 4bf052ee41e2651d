/**
 * The entry of the consumer's thread (in-thread.ts starts it). It ends when it is told to stop, or when the consumer
 * fails.
 */
import module from "node:module";
import { workerData } from "node:worker_threads";
import type { ThreadStart } from "./thread-protocol.ts";

const { compileCache, argv, traced, settings } = workerData as ThreadStart;
// A thread inherits neither. The modules are loaded behind these lines, so that the cache serves them.
if (compileCache !== undefined) module.enableCompileCache(compileCache);
process.argv = [...argv];
const { runThread } = await import("./thread-work.ts");
await runThread(settings, traced);

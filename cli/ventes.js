#!/usr/bin/env node
// The command `ventes`. It is plain JavaScript that any Node can run, so that an older Node prints one line saying which
// Node is needed, before it imports modules that it cannot load (better-sqlite3 crashes on Node 20).
import { existsSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 3)) {
  const french = /^fr/i.test(
    process.env.VENTES_LANG || process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "",
  );
  process.stderr.write(
    french
      ? `ventes demande Node 24.3 ou plus récent, celui-ci est ${process.versions.node} : npm ci en installe un, que npm start et npx ventes trouvent\n`
      : `ventes needs Node 24.3 or later, this is ${process.versions.node}: npm ci installs one, which npm start and npx ventes find\n`,
  );
  process.exit(1);
}

// Other users of this machine cannot read the files that are written from here on.
process.umask(0o077);

// A component creates short-lived objects at a high rate. On a large machine V8 lets their space grow to 128 MB, and the
// heap to several times the live objects: more than half of the process's memory. With these limits the heap grows to
// 1.6 times the live objects; docs/performance.md has the figures. The limits can only be given at start, so the process
// replaces itself with execve (same pid, same streams). On Windows, and with a Node whose V8 may not know the limits, it
// just takes more memory.
const AT_WORK = ["start", "producer", "consumer", "analyzer", "replay"];
const LIMITS = ["--max-semi-space-size=8", "--heap-growing-percent=60"];
// As the limits: glibc else keeps up to eight arenas for each core, and all the large buffers that were freed.
const ALLOCATOR = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "131072" };
const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ""].join(" ");
if (
  major === 24 &&
  !LIMITS.some((limit) => given.includes(limit.split("=", 1)[0] ?? limit)) &&
  process.platform !== "win32" &&
  typeof process.execve === "function" &&
  process.argv.slice(2).some((arg) => AT_WORK.includes(arg))
) {
  const { execPath, execArgv, argv, env } = process;
  process.execve(execPath, [execPath, ...LIMITS, ...execArgv, ...argv.slice(1)], { ...ALLOCATOR, ...env });
}

const { compileCache } = await import("./compile-cache.js");
const cache = compileCache(process.env);
if (cache !== undefined) module.enableCompileCache?.(cache ?? undefined);
// A clone has the program as TypeScript, a package of npm as JavaScript (release/prepack.ts).
const packed = "../dist/cli/main.js";
await (existsSync(join(import.meta.dirname, "main.ts")) ? import("./main.ts") : import(packed));

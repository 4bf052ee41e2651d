#!/usr/bin/env node
// The command `ventes`. Plain JavaScript that any Node can read: it says in one line which Node is needed, before
// anything is imported that an older one cannot load (better-sqlite3 on Node 20 is a bare crash).
import module from "node:module";

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

module.enableCompileCache?.();
await import("./main.ts");

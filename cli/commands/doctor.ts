/** `ventes doctor`: checks what can be checked on this machine, and says what to do. Exit 1 when something is wrong. */
import * as Effect from "effect/Effect";
import { print, printJson, say } from "../output/stdout.ts";
import { answeringDirectory } from "../run/database.ts";
import { demoSettings } from "../run/demo-mode.ts";
import { examine, type Finding } from "../run/doctor.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { doctorTextsIn } from "../texts/doctor-texts.ts";
import { visibleSource } from "../texts/visible.ts";

const SIGNS: Readonly<Record<Finding["state"], string>> = { ok: "ok  ", note: "-   ", wrong: "!!  " };

export const doctor = (_input: object, run: Invocation): Effect.Effect<void, Failed> =>
  Effect.gen(function* () {
    const words = doctorTextsIn(run.settings.language);
    const dir = answeringDirectory(run.settings.data);
    const isDemo = dir !== run.settings.data;
    if (isDemo) say(`ventes: ${run.texts.demoDatabase(dir)}`);
    const there = isDemo ? { ...run, settings: demoSettings(run.settings) } : run;
    const widest = Math.max(...Object.values(words.names).map((name) => name.length));
    const findings: Finding[] = [];
    yield* examine(there, (finding) => {
      findings.push(finding);
      if (!run.json)
        print(
          `${SIGNS[finding.state]}${words.names[finding.check].padEnd(widest)}  ${visibleSource(finding.says)}`,
        );
    });
    const wrong = findings.filter(({ state }) => state === "wrong");
    if (run.json) printJson({ ok: wrong.length === 0, data: dir, findings });
    else if (wrong.length === 0) print(words.fine());
    if (wrong.length > 0) return yield* new Failed({ message: words.found(wrong.length) });
  });

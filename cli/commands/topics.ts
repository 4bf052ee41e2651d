/** `ventes topics`: the topics and their settings; with --asyncapi or --json, their AsyncAPI document. */
import * as Effect from "effect/Effect";
import { TOPICS } from "#shared/contract/topics.ts";
import { listLine, table } from "../output/rows.ts";
import { isTerminal, print } from "../output/stdout.ts";
import type { Invocation } from "../settings/invocation.ts";
import { VERSION } from "../settings/version.ts";
import { asyncApi } from "./asyncapi.ts";

export const topics = (input: { readonly asyncapi: boolean }, run: Invocation): Effect.Effect<void> =>
  Effect.sync(() => {
    const { settings } = run;
    if (input.asyncapi || run.json) {
      print(JSON.stringify(asyncApi(settings, VERSION), null, 2));
      return;
    }
    const rows = TOPICS.map((topic) => [
      `${settings.namespace}.${topic.name}`,
      BigInt(topic.partitions === "events" ? settings.partitions : topic.partitions),
      Object.entries(topic.config)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
      topic.holds,
    ]);
    print(
      isTerminal() ? table(["topic", "partitions", "config", "holds"], rows) : rows.map(listLine).join(""),
    );
  });

/** Opens a downloaded content as the next version of its source. */
import * as Effect from "effect/Effect";
import type { Registration } from "#shared/contract/source-records.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import type { Fetched } from "../download/index.ts";
import { hasSaleIds, rekeyOf, resolveReading, SALE_KEY, unkeyed } from "../rows/index.ts";
import { asFailure, roomIn, SourceRefusal } from "../source/index.ts";
import { openFile, type Tail } from "../version/index.ts";
import type { Producer } from "./producer.ts";

/**
 * The version closes with the scope. undefined: the appended part of it is written otherwise than the part before. Fails
 * with SourceError.
 */
export const openVersion = Effect.fnUntraced(function* (
  { settings, registry, log }: Producer,
  registration: Registration,
  { file, validators }: Pick<Exclude<Fetched, { kind: "unchanged" }>, "file" | "validators">,
  { complete, tail }: { readonly complete: boolean; readonly tail: Tail | null },
) {
  const { source } = registration;
  const announced = registry.last(source)?.value;
  const rekey = rekeyOf(registration, announced);
  const before = rekey === undefined ? announced : unkeyed(announced);
  const replacesIds = rekey !== undefined && hasSaleIds(announced);
  const options = {
    file,
    entities: registration.entities,
    idScope: registration.idScope,
    charset: validators.charset ?? null,
    source,
    settings,
    before,
    complete,
    tail,
    replacesIds,
    room: roomIn(log),
  };
  const version = yield* Effect.acquireRelease(
    inSlices(
      () => openFile({ ...options, reading: resolveReading(registration.reading ?? {}, before) }),
      asFailure(source, settings),
    ),
    (open) => Effect.sync(() => open?.close()),
  );
  if (version === undefined) return undefined;
  // The operator asked for new derived ids (`--rekey`), and the file has got a column of ids since: the sales have ids
  // of their own now, and there is nothing to derive.
  if (rekey !== undefined && !version.isKeyless && !replacesIds)
    return yield* new SourceRefusal("source.not_rekeyed", SALE_KEY).toError(source, settings.language);
  return { version, before, rekey };
});

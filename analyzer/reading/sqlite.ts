/** The read side on SQLite: ventes.db for rows, columns.db for sums. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { whenFree } from "#shared/database/attempt.ts";
import { DatabaseError } from "#shared/database/sqlite.ts";
import { readChanges } from "./changes.ts";
import { readOverview } from "./overview.ts";
import { readProducts } from "./products.ts";
import { assertNoSecrets, readQuery, readSchema } from "./query.ts";
import { BadFilter, NoSuchAnalysis, NoSuchSale, NotReadable, type Reading } from "./reading.ts";
import { eachReject } from "./rejects.ts";
import { allOfResult, readResult, readResults } from "./results.ts";
import { eachSale, readSale, readSales } from "./sales.ts";
import { type Connections, connectionsTo, type Snapshot } from "./snapshot.ts";
import { eachWaiting, readWaiting } from "./waiting.ts";

/** Reads the databases of the directory that `dir` returns at each question, until the scope closes. */
export const makeReading = (dir: () => string): Effect.Effect<Reading["Service"], never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => connectionsOf(dir)),
    ({ close }) => Effect.sync(close),
  ).pipe(Effect.map(({ connections }) => readingOn(connections, dir)));

/** The connections of the directory that is shown now. */
function connectionsOf(dir: () => string) {
  let opened: { readonly dir: string; readonly to: Connections } | undefined;
  const close = () => opened?.to.close();
  return {
    close,
    connections: () => {
      if (opened?.dir !== dir()) {
        close();
        opened = { dir: dir(), to: connectionsTo(dir()) };
      }
      return opened.to;
    },
  };
}

function readingOn(connections: () => Connections, dir: () => string): Reading["Service"] {
  const answer = <A, E = never>(read: (snapshot: Snapshot) => A, fails?: Failing<E>) =>
    attempt(
      () =>
        connections().reading((snapshot) => {
          const { commit, reached, newest } = snapshot;
          return { commit, reached, newest, ...read(snapshot) };
        }),
      fails,
    );
  return {
    overview: (question) => answer((snapshot) => readOverview(snapshot, question), BadFilter),
    products: (question) => answer((snapshot) => readProducts(snapshot, question), BadFilter),
    sales: (question) => answer((snapshot) => readSales(snapshot, question), BadFilter),
    sale: (id) => answer((snapshot) => readSale(snapshot, id), NoSuchSale),
    changes: (question) => answer((snapshot) => readChanges(snapshot, question), BadFilter),
    waiting: (question) => answer((snapshot) => readWaiting(snapshot, question)),
    results: () => answer(readResults),
    result: (question) => answer((snapshot) => readResult(snapshot, question), NoSuchAnalysis),
    schema: () => answer(readSchema),
    query: (question) =>
      attempt(() => connections().reading(assertNoSecrets), BadFilter).pipe(
        Effect.andThen(readQuery(dir(), question)),
      ),
    allOfResult: (name) => held(dir(), (snapshot) => allOfResult(snapshot, name), NoSuchAnalysis),
    allSales: (filter) => held(dir(), (snapshot) => eachSale(snapshot, filter), BadFilter),
    allWaiting: () => held(dir(), eachWaiting),
    allRejects: (language) => held(dir(), (snapshot) => eachReject(snapshot, language)),
  };
}

/** `read` begins in a snapshot on connections of its own, which a long answer keeps until the scope closes. */
const held = Effect.fnUntraced(function* <A, E = never>(
  dir: string,
  read: (snapshot: Snapshot) => A,
  fails?: Failing<E>,
): Effect.fn.Return<A, NotReadable | E, Scope.Scope> {
  const own = yield* Effect.acquireRelease(
    Effect.sync(() => connectionsTo(dir)),
    ({ close }) => Effect.sync(close),
  );
  return yield* attempt(() => read(own.hold()), fails);
});

/** A class of errors that a read may throw. */
type Failing<E> = abstract new (...args: never[]) => E;

/** A busy database is read again until it is free. */
const attempt = <A, E = never>(read: () => A, fails?: Failing<E>): Effect.Effect<A, NotReadable | E> =>
  whenFree(read, (error): NotReadable | E | undefined => {
    if (error instanceof NotReadable) return error;
    if (fails !== undefined && error instanceof fails) return error;
    if (error instanceof DatabaseError) return new NotReadable({ fr: error.message, en: error.message });
    return undefined;
  });

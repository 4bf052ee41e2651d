/**
 * The meaning of an error of kafkajs or of the network: LogUnavailable when waiting may help, LogMisconfigured when it
 * does not, neither when it is a defect of this program. The codes of the protocol and their sentences are in
 * protocol/codes.ts. It decides nothing about retries.
 */
import { type LogFailure, LogMisconfigured, LogMismatch, LogUnavailable } from "../../errors.ts";
import { type Code, codeNamed, codeOf, faultOf, reasonOf } from "../protocol/codes.ts";
import { BrokenAnswer } from "../protocol/wire.ts";

interface KafkaError {
  readonly name?: string;
  readonly type?: string;
  readonly code?: string | number;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/**
 * What the error code of a fetch means; kafkajs does not read its answer. `place`: the partition that was asked for.
 */
export function refusedAnswer(
  errorCode: number,
  address: string,
  place: string,
): LogUnavailable | LogMisconfigured {
  const code = codeOf(errorCode);
  const fault = faultOf(code);
  return fault === undefined
    ? new LogUnavailable({
        address,
        message: `Kafka at ${address} does not give ${place} now (${reasonOf(code)})`,
      })
    : new LogMisconfigured({ message: `Kafka at ${address} refuses ${place}: ${fault}` });
}

/** True when asking again soon, with fresh metadata, may help: a leader has moved, or is not elected yet. */
export const isLeaderless = (error: unknown): boolean => codeNamed(typeOf(error))?.kind === "retry";

/** Codes of a failed TLS handshake, which kafkajs reports like a lost connection. */
const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|UNABLE_TO_|SELF_SIGNED|EPROTO)/;

/** Messages of a broker that closes a new connection at once: it expects TLS or SASL where we use none, or the reverse. */
const HUNG_UP =
  /^Closed connection$|^Connection closed by the server$|before secure TLS connection was established$/;

/** The error of kafkajs for each login that did not succeed. */
const LOGIN_FAILED = "KafkaJSSASLAuthenticationError";
/** What its message says when the broker was lost. The error has no cause, so nothing else tells. */
const LOST_IN_LOGIN =
  / failed: (Closed connection|Connection (error|timeout|closed by the server)|Not connected|Request .* timed out)/;

/** The error of kafkajs for a broker that offers no version of a request that kafkajs knows. */
const NO_COMMON_VERSION = "KafkaJSServerDoesNotSupportApiKey";
/** Its message for a broker that does not say which versions it speaks. */
const NO_VERSIONS = "API Versions not supported";

/** The type that kafkajs gives to codes that it does not know. */
const UNKNOWN_TYPE = "KAFKAJS_UNKNOWN_ERROR_CODE";

/** The one error of kafkajs that has no name: the broker was lost between two of its steps. */
const NAMELESS = "Broker not connected";

/** The error with its causes, at most ten. */
const chain = (error: unknown): KafkaError[] => {
  const found: KafkaError[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && found.length < 10) {
    const one = queue.shift();
    if (typeof one !== "object" || one === null) continue;
    const e = one as KafkaError;
    found.push(e);
    queue.push(e.cause, ...(e.errors ?? []));
  }
  return found;
};

/** The type of a Kafka error or of its first cause that has one ("NOT_LEADER_FOR_PARTITION"); else "". */
export const typeOf = (error: unknown): string => chain(error).find((e) => e.type !== undefined)?.type ?? "";

/** The code that an error of kafkajs was made of; a code that neither we nor kafkajs know is in its message alone. */
const codeIn = ({ type = "", message = "" }: KafkaError): Code | undefined =>
  type === UNKNOWN_TYPE ? codeOf(Number(/-?\d+$/.exec(message)?.[0])) : codeNamed(type);

/** The LogFailure that an error is; undefined when it is a defect. `address`: the brokers that were asked. */
export function asLogFailure(error: unknown, address: string): LogFailure | undefined {
  if (error instanceof LogUnavailable || error instanceof LogMisconfigured || error instanceof LogMismatch)
    return error;
  const all = chain(error);
  const last = all.at(-1) ?? {};
  for (const e of all) {
    const fault = faultOf(codeIn(e));
    if (fault !== undefined) return new LogMisconfigured({ message: `Kafka at ${address}: ${fault}` });
    if (e.name === LOGIN_FAILED && !LOST_IN_LOGIN.test(e.message ?? ""))
      return new LogMisconfigured({
        message: `Kafka at ${address} does not let us in (${e.message}): see KAFKA_SASL_MECHANISM, KAFKA_USERNAME, KAFKA_PASSWORD`,
      });
    if (TLS_CODES.test(String(e.code ?? "")))
      return new LogMisconfigured({
        message: `Kafka at ${address}: TLS failed (${e.code}: ${e.message}): see KAFKA_TLS, KAFKA_CA_FILE`,
      });
    if (e.name === NO_COMMON_VERSION || e.message === NO_VERSIONS)
      return new LogMisconfigured({
        message: `Kafka at ${address} speaks no version of a request that this program speaks (${e.message}): use Kafka 3.7 to 4.x`,
      });
  }
  const ours = all.some(
    (e) =>
      e instanceof BrokenAnswer ||
      e.name?.startsWith("KafkaJS") ||
      /^E[A-Z]+$/.test(String(e.code ?? "")) ||
      e.message === NAMELESS,
  );
  if (!ours) return undefined;
  const code = all.map(codeIn).find((found) => found !== undefined);
  if (code !== undefined)
    return new LogUnavailable({
      address,
      message: `Kafka at ${address} cannot answer now (${reasonOf(code)})`,
    });
  const reason = last.message ?? "no reason given";
  const hint =
    HUNG_UP.test(reason) || LOST_IN_LOGIN.test(reason)
      ? "; if it stays so, see KAFKA_TLS and KAFKA_SASL_MECHANISM"
      : "";
  return new LogUnavailable({ address, message: `no Kafka answers at ${address} (${reason}${hint})` });
}

/** An error after which waiting may help, in the form in which kafkajs reports one. */
export const lost = (message: string, type?: string): Error =>
  Object.assign(new Error(message), {
    name: "KafkaJSConnectionError",
    ...(type === undefined ? {} : { type }),
  });

/**
 * The meaning of an error of kafkajs or of the network: LogUnavailable when waiting may help, LogMisconfigured when it
 * does not, neither when it is a defect of this program. The codes and sentences are the tables below. It decides
 * nothing about retries.
 */
import { type LogFailure, LogMisconfigured, LogMismatch, LogUnavailable } from "../../errors.ts";
import { BrokenAnswer } from "../protocol/wire.ts";

interface KafkaError {
  readonly name?: string;
  readonly type?: string;
  readonly code?: string | number;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** By the type of the error: the cluster refuses the request, and waiting does not help. */
const REFUSALS = {
  TOPIC_AUTHORIZATION_FAILED: "these credentials may not use the topics: grant them an ACL",
  GROUP_AUTHORIZATION_FAILED: "these credentials may not use the group: grant them an ACL",
  CLUSTER_AUTHORIZATION_FAILED: "these credentials may not use the cluster: grant them an ACL",
  UNSUPPORTED_SASL_MECHANISM: "the broker does not offer this KAFKA_SASL_MECHANISM",
  SASL_AUTHENTICATION_FAILED: "wrong KAFKA_USERNAME or KAFKA_PASSWORD",
  UNSUPPORTED_VERSION: "the broker is older than Kafka 3.7",
  UNSUPPORTED_COMPRESSION_TYPE: "the broker does not take zstd",
  MESSAGE_TOO_LARGE: "a record is larger than the topic's max.message.bytes",
  RECORD_LIST_TOO_LARGE: "a record is larger than the broker's segments",
  INVALID_GROUP_ID: "the group's name is not valid: choose another --namespace",
  INVALID_TOPIC_EXCEPTION: "a topic's name is not valid: choose another --namespace",
  INVALID_REPLICATION_FACTOR: "the broker's default.replication.factor is more than its brokers",
  POLICY_VIOLATION: "the broker's policy refuses the topics",
  SECURITY_DISABLED: "the broker has no authorizer",
} as const;

const refusalOf = (type: string | undefined): string | undefined =>
  type !== undefined && Object.hasOwn(REFUSALS, type) ? REFUSALS[type as keyof typeof REFUSALS] : undefined;

/** The codes of answers that REFUSALS names. The protocol never changes a code. */
const REFUSED_CODES: Readonly<Record<number, keyof typeof REFUSALS>> = {
  10: "MESSAGE_TOO_LARGE",
  17: "INVALID_TOPIC_EXCEPTION",
  18: "RECORD_LIST_TOO_LARGE",
  24: "INVALID_GROUP_ID",
  29: "TOPIC_AUTHORIZATION_FAILED",
  30: "GROUP_AUTHORIZATION_FAILED",
  31: "CLUSTER_AUTHORIZATION_FAILED",
  33: "UNSUPPORTED_SASL_MECHANISM",
  35: "UNSUPPORTED_VERSION",
  38: "INVALID_REPLICATION_FACTOR",
  44: "POLICY_VIOLATION",
  54: "SECURITY_DISABLED",
  58: "SASL_AUTHENTICATION_FAILED",
  76: "UNSUPPORTED_COMPRESSION_TYPE",
};

/**
 * What the error code of a fetch means; kafkajs does not read its answer. `place`: the partition that was asked for. Every
 * code but those of REFUSED_CODES is a state of the cluster that may pass.
 */
export function refusedAnswer(
  errorCode: number,
  address: string,
  place: string,
): LogUnavailable | LogMisconfigured {
  const type = REFUSED_CODES[errorCode];
  return type === undefined
    ? new LogUnavailable({ address, message: `${place} cannot be read now (error ${errorCode})` })
    : new LogMisconfigured({ message: `Kafka at ${address} refuses ${place}: ${REFUSALS[type]}` });
}

/** Types of errors that mean: the partition has no leader now, or another one than in the metadata. */
export const NO_LEADER: ReadonlySet<string> = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "NOT_LEADER_FOR_PARTITION",
  "REPLICA_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "OFFSET_NOT_AVAILABLE",
]);

/** Codes of a failed TLS handshake, which kafkajs reports like a lost connection. */
const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|UNABLE_TO_|SELF_SIGNED|EPROTO)/;

/** Messages of a broker that closes a new connection at once: it expects TLS or SASL where we use none, or the reverse. */
const HUNG_UP =
  /^Closed connection$|^Connection closed by the server$|before secure TLS connection was established$/;

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

/** The LogFailure that an error is; undefined when it is a defect. `address`: the brokers that were asked. */
export function asLogFailure(error: unknown, address: string): LogFailure | undefined {
  if (error instanceof LogUnavailable || error instanceof LogMisconfigured || error instanceof LogMismatch)
    return error;
  const all = chain(error);
  const last = all.at(-1) ?? {};
  for (const e of all) {
    const refusal = refusalOf(e.type);
    if (refusal !== undefined) return new LogMisconfigured({ message: `Kafka at ${address}: ${refusal}` });
    if (e.name === "KafkaJSSASLAuthenticationError")
      return new LogMisconfigured({
        message: `Kafka at ${address} does not let us in (${e.message}): see KAFKA_SASL_MECHANISM, KAFKA_USERNAME, KAFKA_PASSWORD`,
      });
    if (TLS_CODES.test(String(e.code ?? "")))
      return new LogMisconfigured({
        message: `Kafka at ${address}: TLS failed (${e.code}: ${e.message}): see KAFKA_TLS, KAFKA_CA_FILE`,
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
  const reason = last.message ?? "no reason given";
  const hint = HUNG_UP.test(reason) ? "; if it stays so, see KAFKA_TLS and KAFKA_SASL_MECHANISM" : "";
  return new LogUnavailable({ address, message: `no Kafka answers at ${address} (${reason}${hint})` });
}

/** An error after which waiting may help, in the form in which kafkajs reports one. */
export const lost = (message: string, type?: string): Error =>
  Object.assign(new Error(message), {
    name: "KafkaJSConnectionError",
    ...(type === undefined ? {} : { type }),
  });

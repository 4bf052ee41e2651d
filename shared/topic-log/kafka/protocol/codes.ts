/**
 * Every error code of Kafka's protocol up to Kafka 4.3, and what this program does about it. Whatever reads the
 * code of an answer asks this table, so a code means the same wherever it comes from. Names are those of kafkajs, and Kafka's where
 * kafkajs does not know the code.
 *
 * - `retry`: the leader or the coordinator is another one, or not elected yet. Ask again soon, with fresh metadata.
 * - `wait`: a state of the cluster that may pass. Ask again, each time later. `says`: what to do if it does not pass.
 * - `misconfigured`: waiting does not help; `says` is what a person has to change. The work ends with that sentence.
 * - `unfit`: an answer to requests that this program never sends. Waited for, and said with its name.
 */
export type CodeKind = "retry" | "wait" | "misconfigured" | "unfit";

export interface Code {
  readonly code: number;
  readonly name: string;
  readonly kind: CodeKind;
  /** What is wrong and what to do, as the end of a sentence. */
  readonly says?: string;
}

const NAMESPACE = "choose another --namespace";
const ROWS: readonly (readonly [code: number, name: string, kind: CodeKind, says?: string])[] = [
  [-1, "UNKNOWN", "wait"],
  [1, "OFFSET_OUT_OF_RANGE", "wait"],
  [2, "CORRUPT_MESSAGE", "wait"],
  [3, "UNKNOWN_TOPIC_OR_PARTITION", "retry"],
  [4, "INVALID_FETCH_SIZE", "unfit"],
  [5, "LEADER_NOT_AVAILABLE", "retry"],
  [6, "NOT_LEADER_FOR_PARTITION", "retry"],
  [7, "REQUEST_TIMED_OUT", "wait"],
  [8, "BROKER_NOT_AVAILABLE", "wait"],
  [9, "REPLICA_NOT_AVAILABLE", "retry"],
  [
    10,
    "MESSAGE_TOO_LARGE",
    "misconfigured",
    "a record is larger than the topic's max.message.bytes: raise it",
  ],
  [11, "STALE_CONTROLLER_EPOCH", "wait"],
  [12, "OFFSET_METADATA_TOO_LARGE", "unfit"],
  [13, "NETWORK_EXCEPTION", "wait"],
  [14, "GROUP_LOAD_IN_PROGRESS", "wait"],
  [15, "GROUP_COORDINATOR_NOT_AVAILABLE", "wait"],
  [16, "NOT_COORDINATOR_FOR_GROUP", "wait"],
  [17, "INVALID_TOPIC_EXCEPTION", "misconfigured", `a topic's name is not valid: ${NAMESPACE}`],
  [
    18,
    "RECORD_LIST_TOO_LARGE",
    "misconfigured",
    "a record is larger than the broker's segments: raise segment.bytes",
  ],
  [19, "NOT_ENOUGH_REPLICAS", "wait"],
  [20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "wait"],
  [21, "INVALID_REQUIRED_ACKS", "unfit"],
  [22, "ILLEGAL_GENERATION", "wait"],
  [
    23,
    "INCONSISTENT_GROUP_PROTOCOL",
    "misconfigured",
    `another program is in the group of this one: end it, or ${NAMESPACE}`,
  ],
  [24, "INVALID_GROUP_ID", "misconfigured", `the group's name is not valid: ${NAMESPACE}`],
  [25, "UNKNOWN_MEMBER_ID", "wait"],
  [
    26,
    "INVALID_SESSION_TIMEOUT",
    "misconfigured",
    "the broker takes no session of 10 s: set its group.min.session.timeout.ms and group.max.session.timeout.ms so that it does",
  ],
  [27, "REBALANCE_IN_PROGRESS", "wait"],
  [28, "INVALID_COMMIT_OFFSET_SIZE", "unfit"],
  [
    29,
    "TOPIC_AUTHORIZATION_FAILED",
    "misconfigured",
    "these credentials may not use the topics: grant them an ACL",
  ],
  [
    30,
    "GROUP_AUTHORIZATION_FAILED",
    "misconfigured",
    "these credentials may not use the group: grant them an ACL",
  ],
  [
    31,
    "CLUSTER_AUTHORIZATION_FAILED",
    "misconfigured",
    "these credentials may not use the cluster: grant them an ACL",
  ],
  [
    32,
    "INVALID_TIMESTAMP",
    "misconfigured",
    "the broker refuses records without a time too: see the topic's message.timestamp.type",
  ],
  [33, "UNSUPPORTED_SASL_MECHANISM", "misconfigured", "the broker does not offer this KAFKA_SASL_MECHANISM"],
  [
    34,
    "ILLEGAL_SASL_STATE",
    "misconfigured",
    "the broker expects no login, or another one: see KAFKA_SASL_MECHANISM and KAFKA_USERNAME",
  ],
  [35, "UNSUPPORTED_VERSION", "misconfigured", "the broker is older than Kafka 3.7: use a newer one"],
  [36, "TOPIC_ALREADY_EXISTS", "wait"],
  [
    37,
    "INVALID_PARTITIONS",
    "misconfigured",
    "the broker refuses this number of partitions: set VENTES_PARTITIONS",
  ],
  [
    38,
    "INVALID_REPLICATION_FACTOR",
    // While a cluster starts, not all of its brokers are there yet.
    "wait",
    "the broker's default.replication.factor is more than its brokers: lower it, or start more of them",
  ],
  [39, "INVALID_REPLICA_ASSIGNMENT", "unfit"],
  [
    40,
    "INVALID_CONFIG",
    "misconfigured",
    "the broker refuses the settings of the topics: `npx ventes topics` prints them",
  ],
  [41, "NOT_CONTROLLER", "wait"],
  [42, "INVALID_REQUEST", "unfit"],
  [
    43,
    "UNSUPPORTED_FOR_MESSAGE_FORMAT",
    "misconfigured",
    "the broker or the topic keeps records in a format older than Kafka 0.11: set message.format.version",
  ],
  [
    44,
    "POLICY_VIOLATION",
    "misconfigured",
    "the broker's policy refuses the topics: change it, or create them by hand (`npx ventes topics` prints them)",
  ],
  [45, "OUT_OF_ORDER_SEQUENCE_NUMBER", "wait"],
  [46, "DUPLICATE_SEQUENCE_NUMBER", "wait"],
  [47, "INVALID_PRODUCER_EPOCH", "wait"],
  [48, "INVALID_TXN_STATE", "unfit"],
  [49, "INVALID_PRODUCER_ID_MAPPING", "wait"],
  [50, "INVALID_TRANSACTION_TIMEOUT", "unfit"],
  [51, "CONCURRENT_TRANSACTIONS", "wait"],
  [52, "TRANSACTION_COORDINATOR_FENCED", "unfit"],
  [
    53,
    "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
    "misconfigured",
    "these credentials may not write idempotently: grant them an ACL",
  ],
  [54, "SECURITY_DISABLED", "misconfigured", "the broker has no authorizer: set authorizer.class.name"],
  [55, "OPERATION_NOT_ATTEMPTED", "wait"],
  [56, "KAFKA_STORAGE_ERROR", "wait"],
  [57, "LOG_DIR_NOT_FOUND", "unfit"],
  [58, "SASL_AUTHENTICATION_FAILED", "misconfigured", "wrong KAFKA_USERNAME or KAFKA_PASSWORD"],
  [59, "UNKNOWN_PRODUCER_ID", "wait"],
  [60, "REASSIGNMENT_IN_PROGRESS", "wait"],
  [61, "DELEGATION_TOKEN_AUTH_DISABLED", "unfit"],
  [62, "DELEGATION_TOKEN_NOT_FOUND", "unfit"],
  [63, "DELEGATION_TOKEN_OWNER_MISMATCH", "unfit"],
  [64, "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", "unfit"],
  [65, "DELEGATION_TOKEN_AUTHORIZATION_FAILED", "unfit"],
  [66, "DELEGATION_TOKEN_EXPIRED", "unfit"],
  [67, "INVALID_PRINCIPAL_TYPE", "unfit"],
  [68, "NON_EMPTY_GROUP", "wait"],
  [69, "GROUP_ID_NOT_FOUND", "wait"],
  [70, "FETCH_SESSION_ID_NOT_FOUND", "wait"],
  [71, "INVALID_FETCH_SESSION_EPOCH", "wait"],
  [72, "LISTENER_NOT_FOUND", "wait"],
  [73, "TOPIC_DELETION_DISABLED", "unfit"],
  [74, "FENCED_LEADER_EPOCH", "retry"],
  [75, "UNKNOWN_LEADER_EPOCH", "retry"],
  [
    76,
    "UNSUPPORTED_COMPRESSION_TYPE",
    "misconfigured",
    "the broker does not take zstd: set the topic's compression.type to producer",
  ],
  [77, "STALE_BROKER_EPOCH", "wait"],
  [78, "OFFSET_NOT_AVAILABLE", "retry"],
  [79, "MEMBER_ID_REQUIRED", "wait"],
  [80, "PREFERRED_LEADER_NOT_AVAILABLE", "wait"],
  [
    81,
    "GROUP_MAX_SIZE_REACHED",
    // A killed member is in the group until its session has ended.
    "wait",
    "the group has as many members as the broker's group.max.size allows: raise it, or end some",
  ],
  [82, "FENCED_INSTANCE_ID", "unfit"],
  [83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", "wait"],
  [84, "ELECTION_NOT_NEEDED", "wait"],
  [85, "NO_REASSIGNMENT_IN_PROGRESS", "unfit"],
  [86, "GROUP_SUBSCRIBED_TO_TOPIC", "unfit"],
  [
    87,
    "INVALID_RECORD",
    "misconfigured",
    "the broker refuses the record: a compacted topic takes no record without a key",
  ],
  [88, "UNSTABLE_OFFSET_COMMIT", "wait"],
  [89, "THROTTLING_QUOTA_EXCEEDED", "wait"],
  [90, "PRODUCER_FENCED", "unfit"],
  [91, "RESOURCE_NOT_FOUND", "unfit"],
  [92, "DUPLICATE_RESOURCE", "unfit"],
  [93, "UNACCEPTABLE_CREDENTIAL", "unfit"],
  [94, "INCONSISTENT_VOTER_SET", "unfit"],
  [95, "INVALID_UPDATE_VERSION", "unfit"],
  [96, "FEATURE_UPDATE_FAILED", "unfit"],
  [97, "PRINCIPAL_DESERIALIZATION_FAILURE", "unfit"],
  [98, "SNAPSHOT_NOT_FOUND", "unfit"],
  [99, "POSITION_OUT_OF_RANGE", "unfit"],
  [100, "UNKNOWN_TOPIC_ID", "retry"],
  [101, "DUPLICATE_BROKER_REGISTRATION", "unfit"],
  [102, "BROKER_ID_NOT_REGISTERED", "unfit"],
  [103, "INCONSISTENT_TOPIC_ID", "retry"],
  [104, "INCONSISTENT_CLUSTER_ID", "unfit"],
  [105, "TRANSACTIONAL_ID_NOT_FOUND", "unfit"],
  [106, "FETCH_SESSION_TOPIC_ID_ERROR", "wait"],
  [107, "INELIGIBLE_REPLICA", "unfit"],
  [108, "NEW_LEADER_ELECTED", "retry"],
  [109, "OFFSET_MOVED_TO_TIERED_STORAGE", "wait"],
  [110, "FENCED_MEMBER_EPOCH", "unfit"],
  [111, "UNRELEASED_INSTANCE_ID", "unfit"],
  [112, "UNSUPPORTED_ASSIGNOR", "unfit"],
  [113, "STALE_MEMBER_EPOCH", "wait"],
  [
    114,
    "MISMATCHED_ENDPOINT_TYPE",
    "misconfigured",
    "this is the address of a controller: set KAFKA_BROKERS to those of brokers",
  ],
  [
    115,
    "UNSUPPORTED_ENDPOINT_TYPE",
    "misconfigured",
    "this is not the address of a broker: set KAFKA_BROKERS to those of brokers",
  ],
  [116, "UNKNOWN_CONTROLLER_ID", "unfit"],
  [117, "UNKNOWN_SUBSCRIPTION_ID", "unfit"],
  [118, "TELEMETRY_TOO_LARGE", "unfit"],
  [119, "INVALID_REGISTRATION", "unfit"],
  [120, "TRANSACTION_ABORTABLE", "unfit"],
  [121, "INVALID_RECORD_STATE", "unfit"],
  [122, "SHARE_SESSION_NOT_FOUND", "unfit"],
  [123, "INVALID_SHARE_SESSION_EPOCH", "unfit"],
  [124, "FENCED_STATE_EPOCH", "unfit"],
  [125, "INVALID_VOTER_KEY", "unfit"],
  [126, "DUPLICATE_VOTER", "unfit"],
  [127, "VOTER_NOT_FOUND", "unfit"],
  [128, "INVALID_REGULAR_EXPRESSION", "unfit"],
  [129, "REBOOTSTRAP_REQUIRED", "wait"],
  [130, "STREAMS_INVALID_TOPOLOGY", "unfit"],
  [131, "STREAMS_INVALID_TOPOLOGY_EPOCH", "unfit"],
  [132, "STREAMS_TOPOLOGY_FENCED", "unfit"],
  [133, "SHARE_SESSION_LIMIT_REACHED", "unfit"],
];

export const CODES: readonly Code[] = ROWS.map(([code, name, kind, says]) => ({
  code,
  name,
  kind,
  ...(says === undefined ? {} : { says }),
}));
const BY_CODE = new Map(CODES.map((entry) => [entry.code, entry]));
const BY_NAME = new Map(CODES.map((entry) => [entry.name, entry]));

/** The entry of a code; a code that a later Kafka has added is `unfit`. */
export const codeOf = (code: number): Code =>
  BY_CODE.get(code) ?? { code, name: "UNKNOWN_CODE", kind: "unfit" };

/** What a person has to change; undefined: waiting may help. */
export const faultOf = (code: Code | undefined): string | undefined =>
  code?.kind === "misconfigured" ? code.says : undefined;

/** The entry of a name; undefined for one that is not in the table. */
export const codeNamed = (name: string): Code | undefined => BY_NAME.get(name);

/** Why an answer is waited for, as the end of a sentence. */
export function reasonOf({ code, name, kind, says }: Code): string {
  const answer = `${name}, error ${code}`;
  if (kind === "unfit")
    return `${answer}, is no answer to what was asked: if it stays so, report it with the version of the broker`;
  return says === undefined ? answer : `${answer}; if it stays so, ${says}`;
}

/**
 * The types of those inner parts of kafkajs 2.2.4 that we use and that it does not declare: only the methods and the
 * fields that are used. Types only: this file does not load kafkajs.
 */
import type { WireRequest } from "../protocol/request.ts";

export interface GroupMember {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

export interface PartitionOffset {
  readonly partition: number;
  readonly offset: string;
}

export interface Broker {
  readonly connectionPool: { send<A>(request: WireRequest<A>): Promise<A> };
  initProducerId(o: { readonly transactionTimeout: number }): Promise<{
    readonly producerId: unknown;
    readonly producerEpoch: number;
  }>;
  listOffsets(o: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
    }[];
  }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly PartitionOffset[];
    }[];
  }>;
  findGroupCoordinator(o: { readonly groupId: string; readonly coordinatorType: number }): Promise<unknown>;
  joinGroup(o: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<{
    readonly generationId: number;
    readonly leaderId: string;
    readonly memberId: string;
    readonly members: readonly GroupMember[];
  }>;
  syncGroup(o: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(o: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  leaveGroup(o: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  offsetCommit(o: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly PartitionOffset[];
    }[];
  }): Promise<unknown>;
}

export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> };
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  findBroker(o: { readonly nodeId: string }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(o: { readonly groupId: string }): Promise<Broker>;
}

export interface AssignerProtocol {
  readonly MemberMetadata: {
    encode(o: { version: number; topics: readonly string[]; userData: Buffer }): Buffer;
    decode(buffer: Buffer): { readonly topics: readonly string[] };
  };
  readonly MemberAssignment: {
    encode(o: { version: number; assignment: Record<string, number[]>; userData: Buffer }): Buffer;
    decode(buffer: Buffer): { readonly assignment: Record<string, number[]> } | null;
  };
}

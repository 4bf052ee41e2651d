/**
 * Membership in a group of events.db: the followers of one group share the partitions of their topics. Each member
 * has a row, which its heartbeat renews; a heartbeat also removes the rows that no member has renewed for
 * EXPIRES_MS. Each member computes the assignment from the same rows, so a group needs no leader. It does not
 * promise that a partition has one holder: two members may hold it for a moment. Exactly once rests on the
 * follower's compare-and-set of positions.
 */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { TopicName } from "../../contract/topics.ts";
import { databaseErrorOf } from "../../database/attempt.ts";
import type { Sqlite } from "../../database/sqlite.ts";
import type { PlainClock } from "../../runtime/time.ts";
import type { TopicPartition } from "../topic-log.ts";
import type { ChangeSignal } from "./change-signal.ts";
import { eventsFile, openMembership } from "./events-db.ts";

const HEARTBEAT_MS = 2_000;
const EXPIRES_MS = 10_000;

interface MemberRow {
  readonly member: string;
  readonly topics: string;
}

/**
 * Removes all members. Only for a process that holds the directory's lock exclusively: every member there belongs to a
 * killed process, and would keep its partitions until it expires. A file that cannot be used is left as it is: the
 * process fails when it opens the log.
 */
export function forgetMembers(dir: string): void {
  const file = eventsFile(dir);
  if (!existsSync(file)) return;
  try {
    const db = openMembership(dir);
    try {
      db.exec("DELETE FROM members");
    } finally {
      db.close();
    }
  } catch (error) {
    if (databaseErrorOf(file)(error) === undefined) throw error;
  }
}

export interface MembershipOptions {
  readonly db: Sqlite;
  readonly file: string;
  readonly changes: ChangeSignal;
  readonly group: string;
  readonly topics: readonly TopicName[];
  readonly partitions: (topic: TopicName) => number;
  readonly id: string;
  readonly clock: PlainClock;
}

export class Membership {
  readonly #id: string;
  readonly #topics: readonly TopicName[];
  readonly #partitions: (topic: TopicName) => number;
  readonly #file: string;
  readonly #changes: ChangeSignal;
  readonly #members: () => MemberRow[];
  readonly #renew: () => boolean;
  readonly #remove: () => void;

  /** Joins. `id`: of this member, as no other one has it. */
  constructor({ db, file, changes, group, topics, partitions, id, clock }: MembershipOptions) {
    this.#id = id;
    this.#file = file;
    this.#changes = changes;
    this.#topics = topics;
    this.#partitions = partitions;
    const list = db.prepare("SELECT member, topics FROM members WHERE follower_group = ? ORDER BY member");
    const renew = db.prepare(
      `INSERT INTO members VALUES (?, ?, ?, ?)
       ON CONFLICT (follower_group, member) DO UPDATE SET seen = excluded.seen`,
    );
    const expire = db.prepare("DELETE FROM members WHERE follower_group = ? AND seen < ?");
    const remove = db.prepare("DELETE FROM members WHERE follower_group = ? AND member = ?");
    this.#members = () => list.all(group) as MemberRow[];
    this.#renew = db.transaction(() => {
      const before = this.#members();
      const now = clock.currentTimeMillisUnsafe();
      renew.run(group, this.#id, JSON.stringify(topics), now);
      const expired = expire.run(group, now - EXPIRES_MS).changes;
      return expired > 0 || !before.some((row) => row.member === this.#id);
    }).immediate;
    this.#remove = () => remove.run(group, this.#id);
    this.#heartbeat();
  }

  /** Renews the membership every HEARTBEAT_MS. Never completes. */
  readonly heartbeats: Effect.Effect<never> = Effect.sync(() => this.#heartbeat()).pipe(
    Effect.delay(HEARTBEAT_MS),
    Effect.forever,
  );

  /** Leaves a heartbeat out when the file cannot be written now: a member expires only after several. */
  #heartbeat(): void {
    this.#attempt(() => {
      if (this.#renew()) this.#changes.written();
    });
  }

  /** Ignores a lock and a full disk: they pass, and publishing and reading report them. Throws any other error. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (databaseErrorOf(this.#file)(error) === undefined) throw error;
    }
  }

  /** Leaves the group. A row that cannot be removed now expires. */
  close(): void {
    this.#attempt(() => {
      this.#remove();
      this.#changes.written();
    });
  }

  /** The partitions of this member, as the group stands now: one query, no write. */
  assignment(): TopicPartition[] {
    const members = this.#members().map((row) => ({
      id: row.member,
      topics: JSON.parse(row.topics) as readonly string[],
    }));
    if (!members.some((m) => m.id === this.#id)) members.push({ id: this.#id, topics: this.#topics });
    members.sort((a, b) => (a.id < b.id ? -1 : 1));
    const mine: TopicPartition[] = [];
    let turn = 0;
    for (const topic of [...this.#topics].sort()) {
      const sharing = members.filter((m) => m.topics.includes(topic));
      for (let partition = 0; partition < this.#partitions(topic); partition++, turn++)
        if (sharing[turn % sharing.length]?.id === this.#id) mine.push({ topic, partition });
    }
    return mine;
  }
}

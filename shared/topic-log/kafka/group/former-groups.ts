/**
 * Deletes consumer groups that nobody is in any more. Kafka itself forgets them after days (offsets.retention.minutes).
 */
import type { KafkaSettings } from "../../../runtime/settings.ts";
import { makeAdmin } from "../cluster/kafkajs.ts";

/**
 * Deletes the groups whose names begin with `prefix`, except those that have members, which the broker refuses to
 * delete. Never fails: without the right to delete them, or without a broker, they stay until Kafka forgets them.
 */
export async function deleteEmptyGroups(settings: KafkaSettings, prefix: string): Promise<void> {
  const admin = makeAdmin(settings);
  try {
    await admin.connect();
    const { groups } = await admin.listGroups();
    const ids = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
    if (ids.length > 0) await admin.deleteGroups(ids);
  } catch {
    // Groups that have members, a missing right, no broker: the groups stay.
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

-- DIR/events.db: the topics of an embedded pipeline. A row of `batches` holds many records, encoded one after the other
-- and compressed (record-batch.ts). In compacted topics it holds one record, so that compaction can delete it alone.

CREATE TABLE logs (
  namespace           TEXT NOT NULL PRIMARY KEY,
  identity            TEXT NOT NULL     -- random; positions belong to it
) WITHOUT ROWID;

CREATE TABLE topics (
  topic               INTEGER NOT NULL PRIMARY KEY,
  name                TEXT NOT NULL UNIQUE, -- with its namespace
  partitions          INTEGER NOT NULL
);

-- start_offset: the first offset that retention has not deleted; end_offset: the offset of the next record.
CREATE TABLE partitions (
  topic               INTEGER NOT NULL REFERENCES topics (topic),
  partition           INTEGER NOT NULL,
  start_offset        INTEGER NOT NULL DEFAULT 0,
  end_offset          INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
) WITHOUT ROWID;

-- The column data is the last one, so that look-ups and deletes do not read it.
CREATE TABLE batches (
  topic               INTEGER NOT NULL,
  partition           INTEGER NOT NULL,
  last_offset         INTEGER NOT NULL,
  records             INTEGER NOT NULL, -- their offsets are last_offset - records + 1 .. last_offset
  published           INTEGER NOT NULL, -- milliseconds since 1970
  compaction_key      TEXT,             -- the record's key, in compacted topics only
  tombstone           INTEGER NOT NULL DEFAULT 0,
  bytes               INTEGER NOT NULL, -- of the records encoded, before compression
  compressed          INTEGER NOT NULL, -- 1: zstd, with a checksum; 2: no, behind its CRC-32; 0: no
  data                BLOB NOT NULL,
  PRIMARY KEY (topic, partition, last_offset)
);
CREATE INDEX batches_by_key ON batches (topic, partition, compaction_key, last_offset)
  WHERE compaction_key IS NOT NULL;

-- The members of groups. A member removes the rows of others that have expired (group.ts).
CREATE TABLE members (
  follower_group      TEXT NOT NULL,
  member              TEXT NOT NULL,
  topics              TEXT NOT NULL,    -- JSON: the topics it follows
  seen                INTEGER NOT NULL, -- milliseconds since 1970
  PRIMARY KEY (follower_group, member)
) WITHOUT ROWID;

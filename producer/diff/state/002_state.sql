-- What the producer remembers of each source: a cache of the topics. Deleting it costs time only, and so does
-- dropping what an earlier schema held.

DROP TABLE IF EXISTS meta;
DROP TABLE IF EXISTS sources;
DROP TABLE IF EXISTS held;
DROP TABLE IF EXISTS read_back;

CREATE TABLE meta (
  name          TEXT NOT NULL PRIMARY KEY,
  value         TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
  id            INTEGER PRIMARY KEY,
  source        TEXT NOT NULL UNIQUE,
  announcement  INTEGER,                      -- offset of the last announcement made here
  pending       INTEGER NOT NULL DEFAULT 0,   -- 1: a send may be unacknowledged, or a takeover unfinished
  dirty         INTEGER NOT NULL DEFAULT 0,   -- 1: holds rows that were acknowledged, not read back
  columns       TEXT NOT NULL DEFAULT '{}',   -- JSON, by entity, sorted: what fingerprints of rows were made over
  seen          TEXT NOT NULL DEFAULT '{}',   -- JSON, by entity, sorted: every column that it ever had
  validators    TEXT,                         -- JSON: how its last version is known again
  last          TEXT,                         -- JSON: what its last version was
  earlier       TEXT,                         -- JSON: contents of versions before, and one that waits
  refused       TEXT                          -- JSON: the version that was refused last, and why
);

-- What the source's events say: rows of held-rows.ts, in parts by key. A part fits memory, and is read and
-- written whole: one row each would cost more than everything else that the producer does.
CREATE TABLE held (
  source        INTEGER NOT NULL,
  topic         TEXT NOT NULL,
  part          INTEGER NOT NULL,
  held          BLOB NOT NULL,
  PRIMARY KEY (source, topic, part)
);

-- Up to where the topics were read back for a source, and its newest version there.
CREATE TABLE read_back (
  source        INTEGER NOT NULL,
  topic         TEXT NOT NULL,
  partition     INTEGER NOT NULL,
  position      INTEGER NOT NULL,
  newest        INTEGER NOT NULL,
  PRIMARY KEY (source, topic, partition)
) WITHOUT ROWID;

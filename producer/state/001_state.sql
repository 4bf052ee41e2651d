-- What the producer remembers of each source: a cache of the topics. Deleting it costs time only.

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
  columns       TEXT,                         -- JSON, sorted: the columns that fingerprints of rows were made over
  seen          TEXT,                         -- JSON, sorted: every column that it ever had
  validators    TEXT,                         -- JSON: how its last version is known again
  vanished      INTEGER NOT NULL DEFAULT 0
);

-- What the source's events say: rows of held-rows.ts, in parts by key. A part fits memory, and is read and
-- written whole: one row each would cost more than everything else that the producer does.
CREATE TABLE held (
  source        INTEGER NOT NULL,
  reject        INTEGER NOT NULL,             -- 1: of the topic rejets
  part          INTEGER NOT NULL,
  held          BLOB NOT NULL,
  PRIMARY KEY (source, reject, part)
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

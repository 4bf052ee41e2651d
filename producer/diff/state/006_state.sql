-- The state of each source: a cache of the topics. Deleting it costs time only, so this schema drops the tables of an
-- earlier one.

DROP TABLE IF EXISTS meta;
DROP TABLE IF EXISTS sources;
DROP TABLE IF EXISTS held;
DROP TABLE IF EXISTS read_back;
DROP TABLE IF EXISTS sale_days;

CREATE TABLE meta (
  name          TEXT NOT NULL PRIMARY KEY,
  value         TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
  id            INTEGER PRIMARY KEY,
  source        TEXT NOT NULL UNIQUE,
  announcement  INTEGER,                      -- offset of the last announcement of this producer
  pending       INTEGER NOT NULL DEFAULT 0,   -- 1: a send may be unacknowledged, or a takeover unfinished
  dirty         INTEGER NOT NULL DEFAULT 0,   -- 1: a read back from the start has not ended
  columns       TEXT NOT NULL DEFAULT '{}',   -- JSON, by entity, sorted: the columns that the fingerprints cover
  seen          TEXT NOT NULL DEFAULT '{}',   -- JSON, by entity, sorted: every column that the source ever had
  validators    TEXT,                         -- JSON: the validators of its last version
  last          TEXT,                         -- JSON: its last version
  earlier       TEXT,                         -- JSON: hashes of its latest contents, and one that was refused once
  refused       TEXT                          -- JSON: the last refused version, and why
);

-- The rows that the source's events state, encoded by held-rows.ts, in parts by key. A part fits memory. The producer
-- reads and writes whole parts, because one table row for each of them would take most of its time.
CREATE TABLE held (
  source        INTEGER NOT NULL,
  topic         TEXT NOT NULL,
  part          INTEGER NOT NULL,
  held          BLOB NOT NULL,
  PRIMARY KEY (source, topic, part)
);

-- Ids of sales are compared with those of all other sources, part by part.
CREATE INDEX held_by_part ON held (topic, part);

-- How far the topics were read back for a source, and its newest version there.
CREATE TABLE read_back (
  source        INTEGER NOT NULL,
  topic         TEXT NOT NULL,
  partition     INTEGER NOT NULL,
  position      INTEGER NOT NULL,
  newest        INTEGER NOT NULL,
  PRIMARY KEY (source, topic, partition)
) WITHOUT ROWID;

-- The sales of each source by day, as hashes (sale-days.ts): they show when two sources hold the same sales.
CREATE TABLE sale_days (
  source        INTEGER NOT NULL,
  day           TEXT NOT NULL,
  prints        BLOB NOT NULL,
  PRIMARY KEY (source, day)
);

CREATE INDEX sale_days_by_day ON sale_days (day);

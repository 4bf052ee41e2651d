-- The schema of DIR/columns.db: of each sale the columns that the page filters and sums by, side by side in chunks.
-- It is a cache of ventes.db, as of one commit; deleting it costs time only.

-- Products, shops and sources by number: a chunk holds numbers. is_old: the row of ventes.db is read again when a sale
-- names it.
CREATE TABLE products (
  n                   INTEGER NOT NULL PRIMARY KEY,
  id                  TEXT NOT NULL UNIQUE,
  name                TEXT,
  is_old              INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE shops (
  n                   INTEGER NOT NULL PRIMARY KEY,
  id                  TEXT NOT NULL UNIQUE,
  city                TEXT NOT NULL,
  is_old              INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE sources (
  n                   INTEGER NOT NULL PRIMARY KEY,
  id                  TEXT NOT NULL UNIQUE
);

-- Chunk n has the sales whose rowid in ventes.db is from n * 1024 to n * 1024 + 1023. chunk.ts says how `data` is laid
-- out.
CREATE TABLE chunks (
  n                   INTEGER NOT NULL PRIMARY KEY,
  first_day           INTEGER NOT NULL, -- days since 1970-01-01, of the sales that it has
  last_day            INTEGER NOT NULL,
  data                BLOB NOT NULL
);

-- What changed, by source: the feed of the page. from_at, to_at: when the database took the first and the last change.
CREATE TABLE changes (
  id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  source              INTEGER NOT NULL,
  from_at             TEXT NOT NULL,
  to_at               TEXT NOT NULL,
  commit_id           INTEGER NOT NULL,
  added               INTEGER NOT NULL,
  changed             INTEGER NOT NULL,
  removed             INTEGER NOT NULL,
  revenue             INTEGER NOT NULL, -- millionths
  quantity            INTEGER NOT NULL,
  first_day           INTEGER NOT NULL,
  last_day            INTEGER NOT NULL
);
CREATE INDEX changes_by_source ON changes (source, id);

-- One row. The commit of ventes.db that the chunks reflect, with the time of its progress, and the commit before the
-- last step: ventes.db may still be there after a crash. since: changes are noted from then on; NULL: from the first
-- one on.
CREATE TABLE state (
  database            TEXT NOT NULL,
  from_commit         INTEGER NOT NULL,
  from_at             TEXT NOT NULL,
  commit_id           INTEGER NOT NULL,
  at                  TEXT NOT NULL,
  since               TEXT
);

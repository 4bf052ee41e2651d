-- The event whose sales are being placed again, when there are too many of them for one transaction: at most one row.
-- Until it is gone, ventes and orphelins are between two states. The changes bear the number of the commit that is made
-- at the end: as of progress, which analyses reflects, none of them has happened.
CREATE TABLE unfinished (
  one                 INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  parent              TEXT NOT NULL,    -- produits or magasins: the topic of the event
  id                  TEXT NOT NULL,    -- the key of the event
  partition           INTEGER NOT NULL,
  offset              INTEGER NOT NULL,
  step                TEXT NOT NULL,    -- park, reprice, promote
  row                 INTEGER NOT NULL, -- the last sale that was placed, in the order of its step: (day, rowid) or rowid
  day                 TEXT NOT NULL,
  done                INTEGER NOT NULL, -- sales that were looked at, of
  total               INTEGER NOT NULL,
  row_from            INTEGER NOT NULL, -- the first rowid of its new sales, and the next one
  row_next            INTEGER NOT NULL,
  changed             INTEGER NOT NULL
);

-- What two sources have in common, so that a race of two producers is found (rules 6 and 23). The consumer keeps both
-- tables with the rows; meta 'between sources' is 'stale' until it has made them from the rows.

-- The sales of ventes and orphelins of each day and source, and the sum of what they say of product, shop and quantity.
CREATE TABLE sale_days (
  day                 TEXT NOT NULL,
  source              TEXT NOT NULL,
  sales               INTEGER NOT NULL,
  prints              INTEGER NOT NULL, -- the sum of a hash of 32 bits a sale
  PRIMARY KEY (day, source)
) WITHOUT ROWID;

-- Ids of sales that two sources state, and how many of these name another day, product or shop in each. source < other.
CREATE TABLE shared_ids (
  source              TEXT NOT NULL,
  other               TEXT NOT NULL,
  ids                 INTEGER NOT NULL,
  differing           INTEGER NOT NULL,
  PRIMARY KEY (source, other)
) WITHOUT ROWID;

INSERT INTO meta VALUES ('between sources', 'stale');

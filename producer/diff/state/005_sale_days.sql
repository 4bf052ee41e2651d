-- The sales of each source by day, as hashes (sale-days.ts): they show when two sources hold the same sales. The state is a
-- cache of the topics, so it begins anew.

DELETE FROM sources;
DELETE FROM held;
DELETE FROM read_back;

CREATE TABLE sale_days (
  source        INTEGER NOT NULL,
  day           TEXT NOT NULL,
  prints        BLOB NOT NULL,
  PRIMARY KEY (source, day)
);

CREATE INDEX sale_days_by_day ON sale_days (day);

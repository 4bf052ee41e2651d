-- The events whose rows a replay corrected, the last 10,000. n only grows.
CREATE TABLE repairs (
  n                   INTEGER PRIMARY KEY AUTOINCREMENT,
  topic               TEXT NOT NULL,
  partition           INTEGER NOT NULL,
  offset              INTEGER NOT NULL,
  key                 TEXT NOT NULL     -- of the event; of a record that is no event, its place
);

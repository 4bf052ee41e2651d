-- Ids of sales are compared with those of all other sources, part by part; and the fingerprints of sales with ids say what
-- the ids name. The state is a cache of the topics, so it begins anew.

DELETE FROM sources;
DELETE FROM held;
DELETE FROM read_back;

CREATE INDEX held_by_part ON held (topic, part);

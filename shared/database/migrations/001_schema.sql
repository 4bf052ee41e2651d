-- The schema of DIR/ventes.db. Amounts, prices and quantities are integers of millionths; prix, quantité and
-- chiffre_affaires are generated from them. Dates are ISO 8601, ids are TEXT.
-- The last columns of produits, magasins and ventes:
--   extras        the columns of the CSV that the table does not have, as JSON with sorted keys. Any column that the
--                 source left empty is in it with null, because null clears the value (rule 8)
--   source, line  the file and the line of the last change of the row
--   offset        the offset of its event, in its partition

CREATE TABLE produits (
  id_produit          TEXT NOT NULL PRIMARY KEY,
  nom                 TEXT,
  prix                GENERATED ALWAYS AS (prix_millioniemes / 1e6) VIRTUAL, -- the last visible price point
  prix_millioniemes   INTEGER,
  date_effet          TEXT,             -- of the claim that gives the row, for a product with dated prices
  extras              TEXT NOT NULL DEFAULT '{}',
  source              TEXT NOT NULL,
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL
);

CREATE TABLE magasins (
  id_magasin          TEXT NOT NULL PRIMARY KEY,
  ville               TEXT NOT NULL,
  extras              TEXT NOT NULL DEFAULT '{}',
  source              TEXT NOT NULL,
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL
);

-- The counter 'row' gives the rowids and never goes back, so the new rows of a commit have a range of rowids.
CREATE TABLE ventes (
  id_vente            TEXT NOT NULL PRIMARY KEY,
  id_produit          TEXT NOT NULL REFERENCES produits (id_produit),
  id_magasin          TEXT NOT NULL REFERENCES magasins (id_magasin),
  date_vente          TEXT NOT NULL,
  quantité            GENERATED ALWAYS AS (
                        CASE WHEN quantite_millioniemes % 1000000 = 0 THEN quantite_millioniemes / 1000000
                             ELSE quantite_millioniemes / 1e6 END) VIRTUAL,
  chiffre_affaires    GENERATED ALWAYS AS (ca_millioniemes / 1e6) VIRTUAL,
  prix                GENERATED ALWAYS AS (prix_millioniemes / 1e6) VIRTUAL, -- the unit price on the line
  quantite_millioniemes INTEGER NOT NULL,
  ca_millioniemes     INTEGER NOT NULL,
  prix_millioniemes   INTEGER,
  origine             INTEGER NOT NULL, -- origine_ca as a number: a zero takes no byte in a row
  origine_ca          GENERATED ALWAYS AS (
                        CASE origine WHEN 0 THEN 'ligne' WHEN 1 THEN 'prix de la ligne' WHEN 2 THEN 'liste' END) VIRTUAL,
  extras              TEXT NOT NULL DEFAULT '{}',
  source              TEXT NOT NULL,
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL
);

-- Finds the sales priced by the list when a price changes. It is the only secondary index, because indexes make inserts
-- slow.
CREATE INDEX ventes_de_liste ON ventes (id_produit, date_vente) WHERE origine = 2;

-- Sales that wait for their product, shop or price (rule 18). shared/database/waiting.ts queries what they wait for.
CREATE TABLE orphelins (
  id_vente            TEXT NOT NULL PRIMARY KEY,
  id_produit          TEXT NOT NULL,
  id_magasin          TEXT NOT NULL,
  date_vente          TEXT NOT NULL,
  quantite_millioniemes INTEGER NOT NULL,
  ca_millioniemes     INTEGER,          -- the amount on the line, if it has one
  prix_millioniemes   INTEGER,
  extras              TEXT NOT NULL DEFAULT '{}',
  source              TEXT NOT NULL,
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL
);
CREATE INDEX orphelins_par_produit ON orphelins (id_produit);
CREATE INDEX orphelins_par_magasin ON orphelins (id_magasin);

-- Price points (rule 13).
CREATE TABLE prix (
  id_produit          TEXT NOT NULL,
  date_effet          TEXT NOT NULL,
  offset              INTEGER NOT NULL, -- of the event that first stated this price
  prix_millioniemes   INTEGER NOT NULL,
  date_dans_fichier   INTEGER NOT NULL CHECK (date_dans_fichier IN (0, 1)), -- 1: the file gives the day; 0: it is the day of publication
  source              TEXT NOT NULL,
  PRIMARY KEY (id_produit, date_effet, offset)
) WITHOUT ROWID;

-- The claims of keys that have several (rule 8). An only claim is here only if it differs from its row.
CREATE TABLE claims (
  entity              TEXT NOT NULL,
  key                 TEXT NOT NULL,
  source              TEXT NOT NULL,
  date_effet          TEXT NOT NULL DEFAULT '', -- '' for an undated claim
  image               TEXT NOT NULL,            -- JSON with sorted keys: columns of the entity and extras; null: present and empty
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL,
  PRIMARY KEY (entity, key, source, date_effet)
) WITHOUT ROWID;

-- One row for each withdrawn claim (rule 8).
CREATE TABLE withdrawals (
  entity              TEXT NOT NULL,
  key                 TEXT NOT NULL,
  source              TEXT NOT NULL,
  date_effet          TEXT NOT NULL DEFAULT '',
  offset              INTEGER NOT NULL,
  PRIMARY KEY (entity, key, source, date_effet)
) WITHOUT ROWID;

-- Rejected records. id: the key of the event; for a record of a topic that is no event, topic/partition/offset.
-- details: what is wrong besides the code, a JSON object of texts: column (its name in the file), value, more (a limit, a
-- format, a currency). `ventes rejects` makes a sentence of code and details in the language of its reader.
CREATE TABLE rejets (
  id                  TEXT NOT NULL PRIMARY KEY,
  entity              TEXT NOT NULL,
  source              TEXT NOT NULL,
  version             INTEGER,
  line                INTEGER,
  raw                 TEXT NOT NULL,
  code                TEXT NOT NULL,
  details             TEXT NOT NULL,
  offset              INTEGER NOT NULL
);

-- ---- results

CREATE TABLE analyses (
  nom                 TEXT NOT NULL,
  cle                 TEXT NOT NULL,
  valeur              GENERATED ALWAYS AS (
                        CASE WHEN unite = 'quantité' AND millioniemes % 1000000 = 0 THEN millioniemes / 1000000
                             ELSE millioniemes / 1e6 END) VIRTUAL,
  millioniemes        INTEGER,          -- NULL: the sum of no rows
  commit_id           INTEGER NOT NULL, -- the commit of the last change of this row
  date_analyse        TEXT NOT NULL,
  unite               TEXT NOT NULL,    -- montant or quantité
  PRIMARY KEY (nom, cle)
) WITHOUT ROWID;

-- The history of analyses: for each (nom, cle) and minute with a change, the last value of that minute.
CREATE TABLE analyses_historique (
  nom                 TEXT NOT NULL,
  cle                 TEXT NOT NULL,
  minute              TEXT NOT NULL,    -- 2026-11-22T10:00
  millioniemes        INTEGER,          -- NULL: the row was deleted
  commit_id           INTEGER NOT NULL,
  date_analyse        TEXT NOT NULL,
  PRIMARY KEY (nom, cle, minute)
) WITHOUT ROWID;

-- The commit that all of analyses reflects. One row.
CREATE TABLE progress (
  commit_id           INTEGER NOT NULL,
  progressed_at       TEXT NOT NULL
);
INSERT INTO progress VALUES (0, '1970-01-01T00:00:00.000Z');

CREATE VIEW chiffre_affaires_total AS
  SELECT valeur AS chiffre_affaires FROM analyses WHERE nom = 'chiffre_affaires_total';

CREATE VIEW ventes_par_produit AS
  SELECT cle AS id_produit, produits.nom AS nom, valeur AS quantité
  FROM analyses LEFT JOIN produits ON produits.id_produit = analyses.cle
  WHERE analyses.nom = 'ventes_par_produit';

CREATE VIEW ventes_par_region AS
  SELECT cle AS ville, valeur AS chiffre_affaires FROM analyses WHERE nom = 'ventes_par_region';

-- ---- internal tables, for exactly-once delivery

-- One row for each batch that changed a row. row_from..row_to: the rowids of its new sales.
CREATE TABLE commits (
  commit_id           INTEGER NOT NULL PRIMARY KEY,
  row_from            INTEGER NOT NULL,
  row_to              INTEGER NOT NULL,
  changed             INTEGER NOT NULL, -- changed rows of all tables
  committed_at        TEXT NOT NULL
);

-- The next offset to apply of each partition, and the outcomes of the events before it (invariant 1).
CREATE TABLE positions (
  topic               TEXT NOT NULL,
  partition           INTEGER NOT NULL,
  position            INTEGER NOT NULL,
  high_watermark      INTEGER NOT NULL DEFAULT 0, -- the highest position ever: a change that a replay makes below it is a repair
  events              INTEGER NOT NULL DEFAULT 0, -- without fences
  unchanged           INTEGER NOT NULL DEFAULT 0,
  superseded          INTEGER NOT NULL DEFAULT 0,
  rejected            INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
) WITHOUT ROWID;

-- The fences: the highest version of each source in a partition. An event with a lower one is superseded (rule 20).
CREATE TABLE versions (
  topic               TEXT NOT NULL,
  partition           INTEGER NOT NULL,
  source              TEXT NOT NULL,
  version             INTEGER NOT NULL,
  PRIMARY KEY (topic, partition, source)
) WITHOUT ROWID;

-- Old images: rows as they were before a commit changed or deleted them. They are deleted when the analyses reflect it.
CREATE TABLE old_ventes (
  n                   INTEGER PRIMARY KEY,
  commit_id           INTEGER NOT NULL,
  row_id              INTEGER NOT NULL,
  id_vente            TEXT NOT NULL,
  id_produit          TEXT NOT NULL,
  id_magasin          TEXT NOT NULL,
  date_vente          TEXT NOT NULL,
  quantite_millioniemes INTEGER NOT NULL,
  ca_millioniemes     INTEGER NOT NULL,
  prix_millioniemes   INTEGER,
  origine             INTEGER NOT NULL,
  extras              TEXT NOT NULL,
  source              TEXT NOT NULL,
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL
);
CREATE TABLE old_produits (
  n                   INTEGER PRIMARY KEY,
  commit_id           INTEGER NOT NULL,
  id_produit          TEXT NOT NULL,
  nom                 TEXT,
  prix_millioniemes   INTEGER,
  date_effet          TEXT,
  extras              TEXT NOT NULL,
  source              TEXT NOT NULL,
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL
);
CREATE TABLE old_magasins (
  n                   INTEGER PRIMARY KEY,
  commit_id           INTEGER NOT NULL,
  id_magasin          TEXT NOT NULL,
  ville               TEXT NOT NULL,
  extras              TEXT NOT NULL,
  source              TEXT NOT NULL,
  line                INTEGER NOT NULL,
  offset              INTEGER NOT NULL
);

-- meta: the id of the database ('database') and the file that has it ('place'), the log that its positions belong to
-- ('log'), and how many events of a partition were gone before the database read them ('missed ventes/0').
CREATE TABLE meta (
  key                 TEXT NOT NULL PRIMARY KEY,
  value               TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE counters (
  name                TEXT NOT NULL PRIMARY KEY,
  value               INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counters VALUES ('commit', 0), ('row', 0), ('announced', 0), ('repaired', 0);

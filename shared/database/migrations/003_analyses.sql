-- The analyses as their files say them, and what became of each (docs/analyses.md). The program's own are among them.
-- The result of NOM is the view NOM. The rows of the brief's three are in `analyses`, those of the others in tables of
-- their own, analyse_NOM.
CREATE TABLE analyses_liste (
  nom                 TEXT NOT NULL PRIMARY KEY,
  genre               TEXT NOT NULL CHECK (genre IN ('incremental', 'plain')), -- kept with every commit; run again after commits
  titre_fr            TEXT NOT NULL,
  titre_en            TEXT NOT NULL,
  graphique           TEXT NOT NULL,    -- courbe, barres, tableau, chiffre
  colonnes            TEXT NOT NULL,    -- JSON: the names of the columns of the view
  cles                INTEGER NOT NULL, -- how many of them, from the first on, are keys
  unites              TEXT NOT NULL,    -- JSON: of the others, in their order: montant, quantité, nombre, pourcentage, jour, texte
  livree              INTEGER NOT NULL CHECK (livree IN (0, 1)), -- 1: it comes with the program
  fichier             TEXT NOT NULL,
  ligne               INTEGER,          -- the line of the file that is wrong
  sql                 TEXT NOT NULL,
  raison_fr           TEXT,             -- why it is plain
  raison_en           TEXT,
  erreur_fr           TEXT,             -- what is wrong with the file, or why the last run failed
  erreur_en           TEXT,
  definition          TEXT NOT NULL,    -- fingerprint of all of the above that the file says
  a_remplir           INTEGER,          -- incremental: sales from this rowid on are not in it yet; NULL: all are
  commit_id           INTEGER,          -- plain: the commit that its rows reflect; NULL: it has not run yet
  date_analyse        TEXT,
  duree_ms            INTEGER,
  lignes              INTEGER           -- plain: its rows
);

-- The last commit that changed a table which plain analyses read. newest: its highest rowid then.
CREATE TABLE tables_changees (
  nom                 TEXT NOT NULL PRIMARY KEY,
  commit_id           INTEGER NOT NULL,
  newest              INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO tables_changees VALUES ('ventes', 0, 0), ('produits', 0, 0), ('magasins', 0, 0);

-- Sales that were dated more than a day after their publication when it was read, by rowid. A later correction of the
-- sale counts in the view dates_apres_publication.
CREATE TABLE ventes_apres_publication (
  row_id              INTEGER PRIMARY KEY,
  publie_le           TEXT NOT NULL     -- the last day that was possible
);
INSERT INTO ventes_apres_publication
  SELECT rowid, date('now', '+1 day') FROM ventes WHERE date_vente > date('now', '+1 day');

-- Sales whose date cannot be right: they are left out of `maintenant`, the day that analyses take for today.
CREATE VIEW dates_apres_publication AS
  SELECT v.id_vente, v.date_vente, f.publie_le, v.source, v.line
  FROM ventes_apres_publication f JOIN ventes v ON v.rowid = f.row_id WHERE v.date_vente > f.publie_le;

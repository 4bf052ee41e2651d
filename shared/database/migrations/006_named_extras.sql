-- Extras of sales that have names of their own, as columns: the time of day, and the number of the document and of its line.
-- They are generated from extras, so they take no byte of a row.
ALTER TABLE ventes ADD COLUMN heure GENERATED ALWAYS AS (extras ->> 'heure') VIRTUAL;
ALTER TABLE ventes ADD COLUMN numero_document GENERATED ALWAYS AS (extras ->> 'numero_document') VIRTUAL;
ALTER TABLE ventes ADD COLUMN ligne_document GENERATED ALWAYS AS (extras ->> 'ligne_document') VIRTUAL;
ALTER TABLE orphelins ADD COLUMN heure GENERATED ALWAYS AS (extras ->> 'heure') VIRTUAL;
ALTER TABLE orphelins ADD COLUMN numero_document GENERATED ALWAYS AS (extras ->> 'numero_document') VIRTUAL;
ALTER TABLE orphelins ADD COLUMN ligne_document GENERATED ALWAYS AS (extras ->> 'ligne_document') VIRTUAL;

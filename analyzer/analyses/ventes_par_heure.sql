-- titre: Ventes par heure
-- title: Sales by hour
-- unite: montant, quantité, nombre
-- graphique: barres
-- Of the sales whose file gives a time of day (heure).
SELECT substr(json_extract(extras, '$.heure'), 1, 2) AS heure, SUM(chiffre_affaires) AS chiffre_affaires,
  SUM(quantité) AS quantité, COUNT(*) AS ventes
FROM ventes WHERE extras LIKE '%"heure"%' AND json_extract(extras, '$.heure') IS NOT NULL
GROUP BY substr(json_extract(extras, '$.heure'), 1, 2) ORDER BY heure;

-- titre: Ventes par semaine
-- title: Sales by week
-- unite: montant, quantité, nombre
-- graphique: courbe
-- ISO weeks, from Monday: 2026-W48.
SELECT strftime('%G-W%V', date_vente) AS semaine, SUM(chiffre_affaires) AS chiffre_affaires, SUM(quantité) AS quantité,
  COUNT(*) AS ventes
FROM ventes GROUP BY semaine ORDER BY semaine;

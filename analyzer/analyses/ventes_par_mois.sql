-- titre: Ventes par mois
-- title: Sales by month
-- unite: montant, quantité, nombre
-- graphique: courbe
SELECT substr(date_vente, 1, 7) AS mois, SUM(chiffre_affaires) AS chiffre_affaires, SUM(quantité) AS quantité,
  COUNT(*) AS ventes
FROM ventes GROUP BY mois ORDER BY mois;

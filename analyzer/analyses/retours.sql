-- titre: Retours par mois
-- title: Returns by month
-- unite: montant, quantité, nombre
-- graphique: barres
SELECT substr(date_vente, 1, 7) AS mois, SUM(chiffre_affaires) AS chiffre_affaires, SUM(quantité) AS quantité,
  COUNT(*) AS retours
FROM ventes WHERE quantité < 0 GROUP BY mois ORDER BY mois;

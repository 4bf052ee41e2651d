-- titre: Ventes par jour
-- title: Sales by day
-- unite: montant, quantité, nombre
-- graphique: courbe
SELECT date_vente AS jour, SUM(chiffre_affaires) AS chiffre_affaires, SUM(quantité) AS quantité, COUNT(*) AS ventes
FROM ventes GROUP BY date_vente ORDER BY jour;

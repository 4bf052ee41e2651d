-- titre: Ventes par jour de la semaine (1 : lundi)
-- title: Sales by day of the week (1: Monday)
-- unite: montant, quantité, nombre
-- graphique: barres
SELECT CAST(strftime('%u', date_vente) AS INTEGER) AS jour_de_semaine, SUM(chiffre_affaires) AS chiffre_affaires,
  SUM(quantité) AS quantité, COUNT(*) AS ventes
FROM ventes GROUP BY jour_de_semaine ORDER BY jour_de_semaine;

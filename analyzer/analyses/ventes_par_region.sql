-- titre: Chiffre d'affaires par ville
-- title: Revenue by city
-- unite: montant
-- graphique: barres
SELECT magasins.ville, SUM(ventes.chiffre_affaires) FROM ventes
  JOIN magasins ON ventes.id_magasin = magasins.id_magasin GROUP BY magasins.ville;

-- titre: Magasins, en argent et en quantité
-- title: Shops, in money and in quantity
-- unite: montant, quantité, nombre
-- graphique: barres
SELECT ventes.id_magasin, magasins.ville, SUM(chiffre_affaires) AS chiffre_affaires, SUM(quantité) AS quantité,
  COUNT(*) AS ventes
FROM ventes JOIN magasins ON ventes.id_magasin = magasins.id_magasin
GROUP BY ventes.id_magasin, magasins.ville ORDER BY chiffre_affaires DESC;

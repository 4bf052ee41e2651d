-- titre: Produits, en argent et en quantité
-- title: Products, in money and in quantity
-- unite: montant, quantité, nombre
-- graphique: barres
SELECT ventes.id_produit, produits.nom, SUM(chiffre_affaires) AS chiffre_affaires, SUM(quantité) AS quantité,
  COUNT(*) AS ventes
FROM ventes JOIN produits ON ventes.id_produit = produits.id_produit
GROUP BY ventes.id_produit, produits.nom ORDER BY chiffre_affaires DESC;

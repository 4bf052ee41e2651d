-- titre: Produits par ville
-- title: Products by city
-- unite: montant, quantité
-- graphique: tableau
SELECT magasins.ville, ventes.id_produit, SUM(chiffre_affaires) AS chiffre_affaires, SUM(quantité) AS quantité
FROM ventes JOIN magasins ON ventes.id_magasin = magasins.id_magasin
GROUP BY magasins.ville, ventes.id_produit ORDER BY magasins.ville, chiffre_affaires DESC;

-- titre: Quantités vendues par produit
-- title: Quantities sold by product
-- unite: quantité
-- graphique: barres
SELECT id_produit, SUM(quantité) FROM ventes GROUP BY id_produit;

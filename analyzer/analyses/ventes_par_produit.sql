-- unite: quantité
SELECT id_produit, SUM(quantité) FROM ventes GROUP BY id_produit;

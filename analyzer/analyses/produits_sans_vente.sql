-- titre: Produits sans vente depuis 60 jours
-- title: Products not sold for 60 days
-- unite: jour, nombre
-- graphique: tableau
SELECT id_produit, nom, derniere AS derniere_vente, CAST(julianday(jour) - julianday(derniere) AS INTEGER) AS jours
FROM produits
  LEFT JOIN (
    SELECT id_produit, MAX(date_vente) AS derniere FROM ventes, maintenant WHERE date_vente <= jour GROUP BY id_produit
  ) USING (id_produit), maintenant
WHERE jour IS NOT NULL AND (derniere IS NULL OR derniere < date(jour, '-60 days'))
ORDER BY derniere, id_produit LIMIT 5000;

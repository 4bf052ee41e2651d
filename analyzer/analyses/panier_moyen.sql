-- titre: Panier moyen par magasin
-- title: Average basket by shop
-- unite: montant, nombre
-- graphique: barres
-- Of the sales whose file gives the number of their order or receipt (numero_document).
SELECT id_magasin, ville, ROUND(SUM(montant) / COUNT(*), 2) AS panier_moyen, COUNT(*) AS paniers
FROM (
    SELECT id_magasin, SUM(chiffre_affaires) AS montant FROM ventes
    WHERE extras LIKE '%numero_document%' AND json_extract(extras, '$.numero_document') IS NOT NULL
    GROUP BY id_magasin, date_vente, json_extract(extras, '$.numero_document'))
  JOIN magasins USING (id_magasin)
GROUP BY id_magasin, ville ORDER BY panier_moyen DESC, id_magasin;

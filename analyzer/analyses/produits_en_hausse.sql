-- titre: Produits en hausse : 90 jours, contre les 90 d'avant
-- title: Products that rise: 90 days, against the 90 before
-- unite: montant, montant, montant
-- graphique: barres
WITH periode AS (SELECT jour, date(jour, '-90 days') AS debut, date(jour, '-180 days') AS avant FROM maintenant),
  somme AS (
    SELECT id_produit,
      SUM(CASE WHEN date_vente > debut THEN chiffre_affaires ELSE 0 END) AS chiffre_affaires,
      SUM(CASE WHEN date_vente > debut THEN 0 ELSE chiffre_affaires END) AS avant
    FROM ventes, periode WHERE date_vente > periode.avant AND date_vente <= jour GROUP BY id_produit)
SELECT id_produit, nom, chiffre_affaires, somme.avant, chiffre_affaires - somme.avant AS difference
FROM somme JOIN produits USING (id_produit) WHERE chiffre_affaires > somme.avant
ORDER BY difference DESC, id_produit LIMIT 50;

-- unite: montant
SELECT magasins.ville, SUM(ventes.chiffre_affaires) FROM ventes
  JOIN magasins ON ventes.id_magasin = magasins.id_magasin GROUP BY magasins.ville;

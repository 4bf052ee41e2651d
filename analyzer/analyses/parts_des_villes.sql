-- titre: Part de chaque ville
-- title: Share of each city
-- unite: montant, pourcentage, pourcentage
-- graphique: barres
SELECT ville, chiffre_affaires,
  ROUND(100.0 * chiffre_affaires / NULLIF(SUM(chiffre_affaires) OVER (), 0), 1) AS part,
  ROUND(100.0 * SUM(chiffre_affaires) OVER (ORDER BY chiffre_affaires DESC, ville)
    / NULLIF(SUM(chiffre_affaires) OVER (), 0), 1) AS cumul
FROM ventes_par_region ORDER BY chiffre_affaires DESC, ville;

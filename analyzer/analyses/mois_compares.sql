-- titre: Chaque mois, contre le mois d'avant et l'année d'avant
-- title: Each month, against the month before and the year before
-- unite: montant, montant, pourcentage, montant, pourcentage
-- graphique: tableau
SELECT m.mois, m.chiffre_affaires,
  avant.chiffre_affaires AS mois_avant,
  ROUND(100.0 * (m.chiffre_affaires - avant.chiffre_affaires) / NULLIF(avant.chiffre_affaires, 0), 1) AS contre_mois_avant,
  an.chiffre_affaires AS annee_avant,
  ROUND(100.0 * (m.chiffre_affaires - an.chiffre_affaires) / NULLIF(an.chiffre_affaires, 0), 1) AS contre_annee_avant
FROM ventes_par_mois m
  LEFT JOIN ventes_par_mois avant ON avant.mois = substr(date(m.mois || '-01', '-1 month'), 1, 7)
  LEFT JOIN ventes_par_mois an ON an.mois = substr(date(m.mois || '-01', '-1 year'), 1, 7)
WHERE m.mois <= substr((SELECT jour FROM maintenant), 1, 7)
ORDER BY m.mois DESC;

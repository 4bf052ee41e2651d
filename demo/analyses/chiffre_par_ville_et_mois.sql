-- An analysis of one's own, for the demo under Docker (docs/analyses.md). ANALYSES in .env names another folder.
-- titre: Chiffre d'affaires par ville et par mois
-- title: Revenue by city and month
-- unite: montant, nombre
-- graphique: tableau
SELECT m.ville, substr(v.date_vente, 1, 7) AS mois, SUM(v.chiffre_affaires) AS chiffre_affaires, COUNT(*) AS ventes
FROM ventes AS v JOIN magasins AS m ON m.id_magasin = v.id_magasin
GROUP BY m.ville, substr(v.date_vente, 1, 7)
ORDER BY mois DESC, m.ville;

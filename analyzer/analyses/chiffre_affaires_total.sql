-- titre: Chiffre d'affaires total
-- title: Total revenue
-- unite: montant
-- graphique: chiffre
SELECT SUM(chiffre_affaires) FROM ventes;

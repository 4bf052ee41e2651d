-- unite: montant
SELECT SUM(chiffre_affaires) FROM ventes;

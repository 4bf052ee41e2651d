/** What the choices about a version that is held back do, in French. texts-choices-en.js has the same names. */
export const choices = {
  between: " ; ",
  /** Of the rows that are deleted, added and changed. @param {"ventes" | "produits" | "magasins"} entity @param {readonly (readonly [number, string])[]} counts */
  changedRows: (entity, counts) => {
    const noun = entity.slice(0, -1);
    const e = entity === "ventes" ? "e" : "";
    const told = counts.flatMap(([n, shown], i) => {
      const s = n > 1 ? "s" : "";
      return n === 0
        ? []
        : [[`${shown} ${noun}${s}`, shown, `${["supprimé", "ajouté", "modifié"][i]}${e}${s}`]];
    });
    if (told.length === 0) return `aucun${e} ${noun} ne change`;
    return told.map(([named, bare, verb], i) => `${i === 0 ? named : bare} ${verb}`).join(", ");
  },
  /** `sign`: of the difference. @param {string} total @param {number} sign @param {string} difference */
  totalAfter: (total, sign, difference) =>
    `chiffre d’affaires total ensuite : ${total}, ${sign === 0 ? "comme maintenant" : `${difference} de ${sign > 0 ? "plus" : "moins"}`}`,
  unpriced: {
    others: "montant inconnu : il dépend de ventes qui sont déjà publiées",
    many: "montant non calculé : trop de ventes pour le dire ici",
  },
  /** @param {string} shown */
  comingWait: (shown) =>
    `${shown} de ces ventes attendent leur produit, magasin ou prix et ne comptent pas encore`,
  /** @param {string} code */
  waitsNext: (code) => `rien ne change encore : la version attend ensuite une autre décision (${code})`,
};

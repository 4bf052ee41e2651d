import { choices as fr } from "./texts-choices-fr.js";

/** What the choices about a version that is held back do, in English. @type {typeof fr} */
export const choices = {
  between: "; ",
  changedRows: (entity, counts) => {
    const noun = { ventes: "sale", produits: "product", magasins: "shop" }[entity];
    const told = counts.flatMap(([n, shown], i) =>
      n === 0 ? [] : [[`${shown} ${noun}${n === 1 ? "" : "s"}`, shown, ["deleted", "added", "changed"][i]]],
    );
    if (told.length === 0) return `no ${noun} changes`;
    return told.map(([named, bare, verb], i) => `${i === 0 ? named : bare} ${verb}`).join(", ");
  },
  totalAfter: (total, sign, difference) =>
    `total revenue afterwards: ${total}, ${sign === 0 ? "as now" : `${difference} ${sign > 0 ? "more" : "less"}`}`,
  unpriced: {
    others: "amount unknown: it depends on sales that are published already",
    many: "amount not computed: too many sales to tell it here",
  },
  comingWait: (shown) => `${shown} of these sales wait for their product, shop or price and do not count yet`,
  waitsNext: (code) => `nothing changes yet: the version then waits for another decision (${code})`,
};

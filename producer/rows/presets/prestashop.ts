import type { Preset } from "./preset.ts";

/**
 * PrestaShop's own export of orders has no articles. Those are in its database, and its SQL manager exports them:
 *
 *     SELECT d.id_order_detail, o.date_add, o.valid, d.id_shop, d.product_id, d.product_name,
 *            d.product_quantity, d.unit_price_tax_incl, d.total_price_tax_incl, d.id_order
 *     FROM ps_order_detail d JOIN ps_orders o ON o.id_order = d.id_order
 */
export const prestashop: Preset = {
  name: "prestashop",
  about: {
    fr: "PrestaShop, Paramètres avancés > Base de données > SQL Manager : les lignes de commandes (la requête est dans docs/operations.md) ; l'export des commandes, lui, n'a pas d'articles. Produits, magasins (id_shop, ville « En ligne » ; --set ville la change) et ventes des commandes valides (valid = 1). Le chiffre d'affaires est total_price_tax_incl, toutes taxes comprises.",
    en: "PrestaShop, Advanced Parameters > Database > SQL Manager: the lines of orders (the query is in docs/operations.md); the export of orders itself has no articles. Products, shops (id_shop, city « En ligne »; --set ville changes it) and the sales of valid orders (valid = 1). Revenue is total_price_tax_incl, taxes included.",
  },
  entities: ["produits", "magasins", "ventes"],
  reading: {
    delimiter: ";",
    decimal: "point",
    dateFormat: "ymd",
    map: {
      id_vente: "id_order_detail",
      id_produit: "product_id",
      nom: "product_name",
      id_magasin: "id_shop",
      date_vente: "date_add",
      quantité: "product_quantity",
      prix: "unit_price_tax_incl",
      chiffre_affaires: "total_price_tax_incl",
    },
    set: { ville: "En ligne" },
    where: [{ column: "valid", value: "1" }],
  },
};

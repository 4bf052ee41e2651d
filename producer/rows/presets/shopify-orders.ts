import type { Preset } from "./preset.ts";

/**
 * Shopify, Orders > Export: a line for each line item. The order's own columns stand on its first line only; its number
 * (Name) and Created at on all. An order's number and the article identify a sale together.
 */
export const shopifyOrders: Preset = {
  name: "shopify-orders",
  about: {
    fr: "Shopify, Commandes > Exporter : produits, un magasin (« Shopify », ville « En ligne » ; --set les change) et ventes. Seules les commandes payées (Financial Status = paid) : ni les remboursées, même en partie, ni celles en attente. Le chiffre d'affaires est quantité × Lineitem price : sans remises, port ni taxes à part. Un article sans Lineitem sku est mis de côté. Le numéro de la commande (Name) est numero_document. Les autres colonnes restent dans extras ; l'e-mail, le téléphone, le nom et l'adresse du client n'y sont pas (--keep les publie).",
    en: "Shopify, Orders > Export: products, one shop (Shopify, city « En ligne »; --set changes them) and sales. Paid orders only (Financial Status = paid): neither refunded ones, even in part, nor pending ones. Revenue is quantity × Lineitem price: without discounts, shipping and separate taxes. An item without Lineitem sku is set aside. The number of the order (Name) is numero_document. The other columns stay in extras; e-mail, telephone, name and address of the customer are left out (--keep publishes them).",
  },
  entities: ["produits", "magasins", "ventes"],
  reading: {
    delimiter: ",",
    decimal: "point",
    dateFormat: "ymd",
    map: {
      id_produit: "Lineitem sku",
      nom: "Lineitem name",
      prix: "Lineitem price",
      numero_document: "Name",
      quantité: "Lineitem quantity",
      date_vente: "Created at",
      // Of the whole order, on its first line.
      chiffre_affaires: "",
      id_vente: "",
    },
    set: { id_magasin: "Shopify", ville: "En ligne" },
    fillDown: ["Financial Status"],
    where: [{ column: "Financial Status", value: "paid" }],
    key: ["Name", "Lineitem sku"],
  },
};

import { describe, expect, it } from "vitest";
import { mapEntities } from "./mapping.ts";
import { fieldsOfOtherKind } from "./other-kind.ts";

/** A header that reads as one of sales, with these fields besides. */
const found = (fields: string, options: Parameters<typeof fieldsOfOtherKind>[2] = {}) => {
  const header = ["Date", "Produit", "Magasin", "Quantité", ...fields.split(",")];
  return fieldsOfOtherKind(header, mapEntities(header, ["ventes"], options), options);
};

describe("a header of sales", () => {
  it.each([
    ["purchases", "Fournisseur,Prix d'achat", ["Fournisseur", "Prix d'achat"]],
    ["purchases with a price", "Fournisseur,Prix", ["Fournisseur"]],
    ["purchases with an amount", "Code fournisseur,Montant", ["Code fournisseur"]],
    ["purchases in English", "Supplier Name,PO Number,Unit Cost", ["Supplier Name", "Unit Cost"]],
    ["purchase orders", "Purchase Order,Price", ["Purchase Order"]],
    ["deliveries", "Bon de réception,Quantité reçue", ["Bon de réception", "Quantité reçue"]],
    ["what they cost", "Prix d'achat HT", ["Prix d'achat HT"]],
    ["an inventory", "Stock théorique,Écart", ["Stock théorique"]],
    ["an inventory in English", "Inventory ID,On Hand", ["Inventory ID", "On Hand"]],
    ["a stock", "Stock", ["Stock"]],
    ["a movement between shops", "Magasin destination", ["Magasin destination"]],
    ["losses", "Motif de casse", ["Motif de casse"]],
    ["quotes", "N° devis,Prix", ["N° devis"]],
    ["quotes in English", "Quote No,Quote Date,Price", ["Quote No", "Quote Date"]],
    ["a budget", "Budget,Prix", ["Budget"]],
    ["targets", "Objectif CA", ["Objectif CA"]],
  ])("with columns of %s names them", (_, fields, names) => expect(found(fields)).toEqual(names));

  it.each([
    ["the supplier beside an amount of sales", "Fournisseur,Chiffre d'affaires"],
    ["the supplier beside a ticket", "N° ticket,Fournisseur,Prix"],
    ["the supplier beside a customer", "Client,Fournisseur,Montant"],
    ["the supplier beside the price of sale", "Prix de vente,Prix d'achat,Fournisseur"],
    ["the vendor beside a payment", "Vendor,Payment Method,Price"],
    ["the cost beside the price", "Prix,Prix d'achat"],
    ["the cost beside the amount", "Montant,Coût unitaire"],
    ["the stock that is left beside the price", "Prix,Stock restant"],
    ["a target beside the revenue", "CA,Objectif"],
    ["single quotes, a purchaser, a discount", "Quoted,Purchaser,Remise"],
    ["a cashier, an hour and a price", "Caissier,Heure,Prix"],
    ["nothing else", "Prix,Montant"],
  ])("with %s is one of sales", (_, fields) => expect(found(fields)).toEqual([]));

  it("is one of sales when the version before was taken for sales, or an operator named its amount", () => {
    const known = { header: ["Date", "Fournisseur"], places: { date_vente: 0 } };
    expect(found("Fournisseur,Prix", { known })).toEqual([]);
    expect(found("Fournisseur,Prix", { map: { chiffre_affaires: "Prix" } })).toEqual([]);
  });
});

import * as Schema from "effect/Schema";
import { Day, Decimal, Id, maybe } from "./columns.ts";
import { DOCUMENT_LINES, DOCUMENTS, TIMES } from "./documents.ts";
import type { Entity } from "./entity.ts";
import { magasins } from "./magasins.ts";
import { produits } from "./produits.ts";

const aliasesOf = (entity: Entity, column: string) =>
  entity.columns.find((c) => c.name === column)?.aliases ?? [];

/** A sale. A negative quantité is a return. A sale without an id in its file gets a derived id (rule 4). */
export const ventes = {
  name: "ventes",
  key: "id_vente",
  derivedKey: true,
  columns: [
    {
      name: "id_vente",
      kind: "id",
      required: false,
      aliases: [
        "venteid",
        "numvente",
        "numerovente",
        "numerodevente",
        "refvente",
        "referencevente",
        "saleid",
        "idsale",
      ],
    },
    { name: "id_produit", kind: "id", required: true, aliases: aliasesOf(produits, "id_produit") },
    { name: "id_magasin", kind: "id", required: true, aliases: aliasesOf(magasins, "id_magasin") },
    {
      name: "date_vente",
      kind: "day",
      required: true,
      aliases: [
        "date",
        "datedevente",
        "datevente",
        "jour",
        "datecommande",
        "datetransaction",
        "dateheure",
        "datetime",
        "saledate",
        "orderdate",
        "soldat",
        "soldon",
        "day",
      ],
    },
    {
      name: "quantité",
      kind: "decimal",
      required: true,
      aliases: [
        "quantite",
        "qte",
        "qty",
        "quantity",
        "quantitevendue",
        "nombre",
        "unites",
        "units",
        "unitssold",
        "nb",
      ],
    },
    {
      name: "prix",
      kind: "decimal",
      required: false,
      aliases: aliasesOf(produits, "prix"),
    },
    {
      name: "chiffre_affaires",
      kind: "decimal",
      required: false,
      aliases: [
        "chiffreaffaires",
        "chiffredaffaires",
        "chiffreaffaire",
        "ca",
        "cattc",
        "montant",
        "montanttotal",
        "montantttc",
        "total",
        "totalttc",
        "totalligne",
        "revenue",
        "amount",
        "totalamount",
        "totalprice",
        "sales",
        "linetotal",
        "turnover",
      ],
    },
  ],
  extras: [
    { name: "numero_document", aliases: DOCUMENTS },
    { name: "ligne_document", aliases: DOCUMENT_LINES, beside: "numero_document" },
    { name: "heure", aliases: TIMES },
  ],
  parents: [
    { entity: "produits", column: "id_produit" },
    { entity: "magasins", column: "id_magasin" },
  ],
  Row: Schema.Struct({
    id_vente: Id,
    id_produit: Id,
    id_magasin: Id,
    date_vente: Day,
    quantité: Decimal,
    prix: maybe(Decimal),
    chiffre_affaires: maybe(Decimal),
  }),
} as const satisfies Entity;

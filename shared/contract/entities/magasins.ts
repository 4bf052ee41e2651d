import * as Schema from "effect/Schema";
import { Id, Text } from "./columns.ts";
import type { Entity } from "./entity.ts";

/** A shop and its city. The analysis `ventes_par_region` groups by this city. */
export const magasins = {
  name: "magasins",
  key: "id_magasin",
  derivedKey: false,
  columns: [
    {
      name: "id_magasin",
      kind: "id",
      required: true,
      aliases: [
        "magasinid",
        "codemagasin",
        "nummagasin",
        "numeromagasin",
        "refmagasin",
        "magasin",
        "idboutique",
        "boutiqueid",
        "codeboutique",
        "boutique",
        "storeid",
        "idstore",
        "store",
        "storecode",
        "shopid",
        "idshop",
        "shop",
        "pointdevente",
        "idpointdevente",
      ],
    },
    {
      name: "ville",
      kind: "text",
      required: true,
      aliases: [
        "villemagasin",
        "villedumagasin",
        "city",
        "storecity",
        "shopcity",
        "town",
        "commune",
        "localite",
      ],
    },
  ],
  extras: [],
  parents: [],
  Row: Schema.Struct({
    id_magasin: Id,
    ville: Text.check(Schema.isMinLength(1)),
  }),
} as const satisfies Entity;

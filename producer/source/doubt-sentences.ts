/** The sentences of doubts. Programs read the codes, so a code never changes. */
import type { Language } from "#shared/runtime/settings.ts";

/** What the sentence of a doubt needs, and examples of the file. */
export interface DoubtDetails {
  readonly what?: string;
  readonly more?: string;
  readonly count?: number;
  readonly of?: number;
  /** At most 5 lines or values of the file. */
  readonly examples?: readonly string[];
}

export type Sentence = Readonly<Record<Language, (d: DoubtDetails) => string>>;

const before = (text: string | undefined, ...[start, end = " avant"]: readonly string[]): string =>
  text === undefined ? "" : `${start} ${text}${end}`;

/** Each is a clause about "this version". */
export const DOUBT_SENTENCES = {
  "vanished.many": {
    fr: (d) => `elle supprimerait ${d.count} lignes sur ${d.of}`,
    en: (d) => `it would delete ${d.count} rows of ${d.of}`,
  },
  "lines.aside": {
    fr: (d) =>
      `ses ${d.count} lignes sous l'en-tête de la ligne ${d.what}, dont les colonnes sont autres (${examplesOf(d)}), sont mises de côté : publiez-les dans un fichier à part`,
    en: (d) =>
      `its ${d.count} lines under the header on line ${d.what}, which has other columns (${examplesOf(d)}), are set aside: publish them as a file of their own`,
  },
  "ids.document": {
    fr: (d) =>
      `« ${d.what} » y est le même sur plusieurs lignes qui diffèrent (${examplesOf(d)}) : ${d.count === 1 ? "une ligne ne compterait pas" : `${d.count} lignes ne compteraient pas`}`,
    en: (d) =>
      `it has the same "${d.what}" on several lines that differ (${examplesOf(d)}): ${d.count === 1 ? "one line" : `${d.count} lines`} would not count`,
  },
  "ids.equal": {
    fr: (d) =>
      d.count === 1
        ? `une ligne y répète une autre, « ${d.what} » compris (${examplesOf(d)}), et ne compte pas`
        : `${d.count} lignes y en répètent d'autres, « ${d.what} » compris (${examplesOf(d)}), et ne comptent pas`,
    en: (d) =>
      d.count === 1
        ? `one of its lines repeats another, "${d.what}" included (${examplesOf(d)}), and does not count`
        : `${d.count} of its lines repeat others, "${d.what}" included (${examplesOf(d)}), and do not count`,
  },
  "ids.reused": {
    fr: (d) =>
      `elle donne à des ventes d'un autre jour, produit ou magasin ${d.count} des ${d.of} identifiants que la source avait déjà publiés (${examplesOf(d)})`,
    en: (d) =>
      `it uses ${d.count} of the ${d.of} ids that the source had published before for sales of another day, product or shop (${examplesOf(d)})`,
  },
  "ids.changed": {
    fr: (d) =>
      `${d.count} ventes y reviennent sous d'autres identifiants (${examplesOf(d)}) : elles compteraient deux fois`,
    en: (d) => `it has ${d.count} sales again under other ids (${examplesOf(d)}): they would count twice`,
  },
  "ids.collision": {
    fr: (d) =>
      `${d.count} de ses identifiants sont ceux d'autres ventes dans ${d.what} (${examplesOf(d)}) : elles remplaceraient celles-ci`,
    en: (d) =>
      `${d.count} of its ids are those of other sales in ${d.what} (${examplesOf(d)}): it would replace those`,
  },
  "sales.shared": {
    fr: (d) =>
      d.count === 1
        ? `une de ses ventes (${d.more}) a le même identifiant qu'une vente de ${d.what}, et ne compterait qu'une fois ; rien ne dit si c'est la même`
        : `${d.count} de ses ${d.of} ventes de jours communs (${d.more}) ont les mêmes identifiants que des ventes de ${d.what}, et ne compteraient qu'une fois ; rien ne dit si ce sont les mêmes`,
    en: (d) =>
      d.count === 1
        ? `one of its sales (${d.more}) has the same id as a sale in ${d.what} and would count once, and nothing tells whether it is the same sale`
        : `${d.count} of its ${d.of} sales on common days (${d.more}) have the same ids as sales in ${d.what} and would count once, and nothing tells whether these are the same sales`,
  },
  "sales.same": {
    fr: (d) => `ses ${d.count} ventes sont aussi toutes celles de ${d.what} ; chacune compte une fois`,
    en: (d) => `its ${d.count} sales are all those of ${d.what}, too; each counts once`,
  },
  "currency.other": {
    fr: (d) =>
      d.count === 1
        ? `1 ligne est dans une autre devise que ${d.what}, et mise de côté`
        : `${d.count} lignes sont dans une autre devise que ${d.what}, et mises de côté`,
    en: (d) =>
      d.count === 1
        ? `1 line is in another currency than ${d.what}, and set aside`
        : `${d.count} lines are in another currency than ${d.what}, and set aside`,
  },
  "vanished.unclear": {
    fr: (d) =>
      d.more !== undefined
        ? `elle n'a plus ${d.count} ventes (${d.what}) et a les mêmes sous d'autres dates : rien ne dit si ces dates ont été corrigées ou si ce sont d'autres ventes`
        : d.count === 1
          ? `elle n'a plus une vente du ${d.what}, et rien ne dit si elle a été corrigée ou si elle est sortie du fichier`
          : `elle n'a plus ${d.count} ventes (${d.what}), et rien ne dit si elles ont été corrigées ou si elles sont sorties du fichier`,
    en: (d) =>
      d.more !== undefined
        ? `it lacks ${d.count} sales (${d.what}) and has the same ones under other dates: nothing tells whether these dates were corrected or whether these are other sales`
        : d.count === 1
          ? `it lacks a sale of ${d.what}, and nothing tells whether it was corrected or has rolled off the file`
          : `it lacks ${d.count} sales (${d.what}), and nothing tells whether they were corrected or have rolled off the file`,
  },
  "rejects.many": {
    fr: (d) =>
      `${d.count} de ses ${d.of} lignes ne se lisent pas${d.what === undefined ? "" : `, comme la ligne ${d.more} : ${d.what}`}`,
    en: (d) =>
      `${d.count} of its ${d.of} lines cannot be read${d.what === undefined ? "" : `, for example line ${d.more}: ${d.what}`}`,
  },
  "column.blank": {
    fr: (d) =>
      `la colonne ${d.what} est vide, ou contient une erreur de tableur, dans ${d.count} lignes sur ${d.of}, contre ${d.more} avant ; dès qu'elle est remplie, la version s'applique d'elle-même`,
    en: (d) =>
      `column ${d.what} is empty, or holds an error of a spreadsheet, in ${d.count} lines of ${d.of}, and was in ${d.more} before; as soon as it is filled again, the version applies by itself`,
  },
  "header.not_sales": {
    fr: (d) =>
      `d'après ${d.what}, ses lignes peuvent être des achats, un stock, des devis ou un budget, et elles compteraient comme des ventes`,
    en: (d) =>
      `by ${d.what}, its lines may be purchases, stock, quotes or a budget, and they would count as sales`,
  },
  "amount.unclear": {
    fr: (d) =>
      d.what === undefined
        ? `aucune colonne n'est lue comme le montant des ventes, et ${d.more} peut l'être (total entre parenthèses)`
        : `le montant des ventes est lu dans ${d.what}, et peut être ${d.more} (totaux entre parenthèses) : ils diffèrent dans ${d.count === 1 ? "une vente" : `${d.count} ventes`}`,
    en: (d) =>
      d.what === undefined
        ? `no column is read as the amount of the sales, and ${d.more} may be it (its total in parentheses)`
        : `the amount of the sales is read from ${d.what}, and may be ${d.more} (totals in parentheses): they differ in ${d.count === 1 ? "one sale" : `${d.count} sales`}`,
  },
  "amount.of_document": {
    fr: (d) =>
      `${d.count} documents de plusieurs lignes ont le même montant ${d.what} sur toutes leurs lignes, comme si c'était celui du document : compté une fois par document, le total est ${d.more}`,
    en: (d) =>
      `${d.count} documents of several lines have the same amount ${d.what} on all of their lines, as if it were that of the document: counted once for each document, the total is ${d.more}`,
  },
  "quantity.unclear": {
    fr: (d) =>
      `la quantité est lue dans « ${d.what} », et peut être dans une autre colonne, ${d.more} : elles diffèrent dans ${d.count === 1 ? "une vente" : `${d.count} ventes`}`,
    en: (d) =>
      `the quantity is read from "${d.what}", and may be in another column, ${d.more}: they differ in ${d.count === 1 ? "one sale" : `${d.count} sales`}`,
  },
  "amount.discount": {
    fr: (d) =>
      `« ${d.what} » y donne une remise à ${d.count === 1 ? "une vente" : `${d.count} ventes`}, et le chiffre d'affaires, quantité × prix, n'en tient pas compte : publiez le montant de chaque ligne, si le prix ne la contient pas`,
    en: (d) =>
      `"${d.what}" gives ${d.count === 1 ? "one sale" : `${d.count} sales`} a discount, and the revenue, quantity × price, does not count it: publish the amount of each line, if the price does not include it`,
  },
  "amount.sign": {
    fr: (d) =>
      `${d.count === 1 ? "une vente y a" : `${d.count} ventes y ont`} une quantité négative et un montant positif ${d.what} : si ce montant est rendu, le total est ${d.more} ; publiez-le alors avec son signe`,
    en: (d) =>
      `${d.count === 1 ? "one of its sales has" : `${d.count} of its sales have`} a negative quantity and a positive amount ${d.what}: if that amount is given back, the total is ${d.more}; publish it with its sign then`,
  },
  "prices.several": {
    fr: (d) =>
      `${d.count === 1 ? "un produit y a" : `${d.count} produits y ont`} plusieurs prix (${examplesOf(d)}), sans colonne date_effet : toutes les ventes comptent au dernier`,
    en: (d) =>
      `${d.count === 1 ? "one of its products has" : `${d.count} of its products have`} several prices (${examplesOf(d)}), without a column date_effet: all sales count at the last one`,
  },
  "prices.negative": {
    fr: (d) =>
      `${d.count === 1 ? "un produit y a" : `${d.count} produits y ont`} un prix négatif (${examplesOf(d)}), et ${d.count === 1 ? "ses" : "leurs"} ventes diminueraient le chiffre d'affaires : corrigez la liste, à moins que ce ne soit une remise`,
    en: (d) =>
      `${d.count === 1 ? "one of its products has" : `${d.count} of its products have`} a negative price (${examplesOf(d)}), and ${d.count === 1 ? "its" : "their"} sales would lower the revenue: correct the list, unless it is a discount`,
  },
  "status.not_sale": {
    fr: (d) =>
      `d'après ${d.what}, ${d.count === 1 ? "une ligne n'est pas une vente" : `${d.count} lignes ne sont pas des ventes`}${d.more === undefined ? "" : ` (${d.more} en tout)`}, et ${d.count === 1 ? "elle compterait" : "elles compteraient"}`,
    en: (d) =>
      `by ${d.what}, ${d.count === 1 ? "one line is no sale" : `${d.count} lines are no sales`}${d.more === undefined ? "" : ` (${d.more} in all)`}, and ${d.count === 1 ? "it" : "they"} would count`,
  },
  "filter.nothing": {
    fr: (d) => `--where ${d.what} n'y garde aucune de ses ${d.of} lignes${before(d.more, ", contre")}`,
    en: (d) => `--where ${d.what} keeps none of its ${d.of} lines${before(d.more, ", and kept", " before")}`,
  },
  "filter.little": {
    fr: (d) => `--where ${d.what} ne garde que ${d.count} de ses ${d.of} lignes, contre ${d.more} avant`,
    en: (d) => `--where ${d.what} keeps only ${d.count} of its ${d.of} lines, and kept ${d.more} before`,
  },
  "file.nothing_left": {
    fr: (d) =>
      `il n'y a plus une ligne sous son en-tête, contre ${d.of} avant ; dès qu'il y en a, la version s'applique d'elle-même`,
    en: (d) =>
      `no line is left below its header, where there were ${d.of}; as soon as there are lines, the version applies by itself`,
  },
  "shops.several": {
    fr: (d) =>
      `${d.count} de ses lignes donnent à un magasin une autre ville, ou d'autres données, que la dernière ligne de ce magasin : toutes ses ventes comptent pour la dernière`,
    en: (d) =>
      `${d.count} of its lines give a shop another city, or other data, than the last line of that shop: all of its sales count for the last one`,
  },
  overlap: {
    fr: (d) =>
      `${d.count} de ses ${d.of} ventes sont aussi dans ${d.what}, aux mêmes jours, produits, magasins et quantités (${d.more}) : elles compteraient deux fois`,
    en: (d) =>
      `${d.count} of its ${d.of} sales are in ${d.what} too, with the same days, products, shops and quantities (${d.more}): they would count twice`,
  },
  "days.future": {
    fr: (d) =>
      `${d.count === 1 ? "une de ses ventes est datée" : `${d.count} de ses ventes sont datées`} après le jour de sa publication, le ${d.what} (${examplesOf(d)})`,
    en: (d) =>
      `${d.count === 1 ? "one of its sales is" : `${d.count} of its sales are`} dated after the day of its publication, ${d.what} (${examplesOf(d)})`,
  },
  "days.far": {
    fr: (d) =>
      `${d.count === 1 ? "une de ses ventes est datée" : `${d.count} de ses ventes sont datées`} loin de toutes les autres (${examplesOf(d)}), qui vont du ${d.what} au ${d.more}`,
    en: (d) =>
      `${d.count === 1 ? "one of its sales is" : `${d.count} of its sales are`} dated far from all others (${examplesOf(d)}), which are of ${d.what} to ${d.more}`,
  },
} as const satisfies Record<string, Sentence>;

const examplesOf = ({ examples = [], count = 0 }: DoubtDetails): string =>
  (count > examples.length ? [...examples, "..."] : examples).join(", ");

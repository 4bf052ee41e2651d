/**
 * The columns of a file that are not published with its rows (rule 24): those that the operator leaves out, and those
 * whose names are of personal data. Of the columns of an entity none is left out: they are what the figures are made of.
 */
import type { ReadingDecisions, ReadingOptions } from "#shared/contract/source-records.ts";
import {
  extraAt,
  fieldNamed,
  foldHeader,
  nameAt,
  shownHeader,
  type WideMapping,
} from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";

const PERSON =
  "(?:customer|client|clients|buyer|acheteur|billing|shipping|facturation|livraison|recipient|destinataire|guest|kunden|cliente)";
const OF = "(?:de|du|d)?(?:la|le|l)?";

/** Folded names of columns with personal data. */
const PERSONAL: readonly RegExp[] = [
  /mail|courriel|correoelectronico|adresseelectronique/,
  /(?<!smart|i|head|ear|micro|mega|saxo|inter)phone(?!case)|telefon|^(?:num|numero|no|n)?(?:de)?tel(?:client|no|nr|num|numero)?$|^gsm$|^fax$|^portable$|^mobile(?:number|no)?$/,
  /^(?:customer|client|clients|buyer|acheteur|kunde|kunden|cliente)$/,
  /^(?:first|last|full|family|given|sur)name$|^prenoms?$|^nomdefamille$|^nom(?:et)?prenoms?$|^prenoms?(?:et)?nom$|^vorname$|^nachname$|^apellidos?$/,
  new RegExp(`^${PERSON}(?:first|last|full|family|given|sur)?(?:name|nom|prenom)s?$`),
  new RegExp(`^(?:nom|prenom|name|nombre)${OF}${PERSON}$`),
  new RegExp(`^${PERSON}(?:address|adresse|street|rue|strasse)(?:line)?\\d*$`),
  new RegExp(`^(?:address|adresse|rue)${OF}${PERSON}$`),
  /(?:card|karten|tarjeta)(?:number|no|num|nummer|nr)$|^creditcard|^(?:num|numero|no|n)(?:de)?(?:la)?(?:carte|cb)|^cartebancaire|^cartefidelite|^cartedefidelite|^loyaltycard|^ccnumber$|^iban$|^rib$/,
  /naissance|birth(?:day|date)?$|dateofbirth|geburtsdatum|securitesociale|^ssn$/,
  /^(?:client|customer|browser|adresse)?ip(?:address|adresse)?$/,
];

/** Whether the name of a column is one of personal data: e-mail, telephone, names of customers, card numbers. */
export const looksPersonal = (field: string): boolean => {
  const name = foldHeader(field);
  return PERSONAL.some((pattern) => pattern.test(name));
};

export interface LeftOut {
  /** The fields that are not published. */
  readonly fields: ReadonlySet<number>;
  /** Those of them whose names alone told so. */
  readonly personal: readonly string[];
}

/** Which of the extras of a header are not published. */
export function leftOut(
  header: readonly string[],
  { mappings, extras }: WideMapping,
  { drop = [], only, keep = [] }: Pick<ReadingOptions, "drop" | "only" | "keep">,
): LeftOut {
  const fields = new Set<number>();
  const personal: string[] = [];
  const named = (names: readonly string[], at: number): boolean => {
    const own = extraAt(mappings.at(-1), at);
    return names.some((name) => name === own || foldHeader(name) === foldHeader(header[at] ?? ""));
  };
  for (const at of extras) {
    const name = nameAt(header, at);
    const isPersonal = looksPersonal(name) && !named(keep, at) && !(only !== undefined && named(only, at));
    if (isPersonal) personal.push(name);
    if (isPersonal || named(drop, at) || (only !== undefined && !named(only, at) && !named(keep, at)))
      fields.add(at);
  }
  return { fields, personal };
}

/** What the last announcement tells of the columns that its version published. */
export interface PublishedBefore {
  readonly header: readonly string[] | null;
  readonly reading?: Pick<ReadingDecisions, "leftOut">;
}

/** Those of the fields that an earlier version published: they are published as empty, so that their values go. */
export function clearedOf(
  header: readonly string[],
  fields: ReadonlySet<number>,
  before: PublishedBefore | undefined,
): ReadonlySet<number> {
  const never = new Set((before?.reading?.leftOut ?? []).map(foldHeader));
  const published = new Set((before?.header ?? []).map(foldHeader).filter((name) => !never.has(name)));
  return new Set([...fields].filter((at) => published.has(foldHeader(header[at] ?? ""))));
}

/**
 * Throws SourceRefusal (unknown_field, dropped_column) when such an option names a field that the file does not have, or
 * one that a column is read from.
 */
export function checkLeftOut(
  header: readonly string[],
  { mappings, extras }: WideMapping,
  { drop = [], only = [], keep = [] }: Pick<ReadingOptions, "drop" | "only" | "keep">,
): void {
  const isExtra = (name: string) => extras.some((at) => extraAt(mappings.at(-1), at) === name);
  for (const [option, names] of [
    ["--drop", drop],
    ["--only", only],
    ["--keep", keep],
  ] as const)
    for (const name of names) {
      const at = fieldNamed(header, name);
      if (at < 0 && !isExtra(name))
        throw new SourceRefusal("source.unknown_field", `${option} ${name}`, shownHeader(header));
      if (option === "--drop" && at >= 0 && !extras.includes(at))
        throw new SourceRefusal("source.dropped_column", name, columnOf(mappings, at));
    }
}

const columnOf = (mappings: WideMapping["mappings"], at: number): string => {
  for (const { fields } of mappings) {
    const field = fields[at];
    if (field !== undefined && "column" in field) return field.column.name;
  }
  return "";
};

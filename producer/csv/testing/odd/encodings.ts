import { encode, joined, withMark } from "../encode.ts";
import { lines, type OddFile, SHOP } from "./odd-file.ts";

const FRENCH = lines("id_magasin;ville;région", "1;Orléans;Centre-Val de Loire", "2;Besançon;Franche-Comté");
const FRENCH_RECORDS = [
  [2, "1", "Orléans", "Centre-Val de Loire"],
  [3, "2", "Besançon", "Franche-Comté"],
] as const;

const french = (name: string, encoding: string, notes: readonly string[], marked = false): OddFile => ({
  name: `French shops in ${name}`,
  content: marked ? withMark(FRENCH, encoding) : encode(FRENCH, encoding),
  decided: { encoding, delimiter: ";", header: ["id_magasin", "ville", "région"] },
  records: FRENCH_RECORDS,
  notes,
});

const shops = (encoding: string, ...cities: readonly string[]): OddFile["content"] =>
  encode(lines("id_magasin;ville", ...cities.map((city, i) => `${i + 1};${city}`)), encoding);

const cities = (...all: readonly string[]) => all.map((city, i) => [i + 2, String(i + 1), city] as const);

/** Łódź, Gdańsk, Wrocław, Częstochowa in Windows-1250, which no rule tells. */
const POLISH = joined(
  ...[
    "id_magasin;ville\n1;",
    [0xa3, 0xf3, 0x64, 0x9f],
    "\n2;Gda",
    [0xf1],
    "sk\n3;Wroc",
    [0xb3],
    "aw\n4;Cz",
    [0xea],
  ],
  "stochowa\n",
);

export const encodings: readonly OddFile[] = [
  french("UTF-8", "utf-8", []),
  french("UTF-8 with its mark", "utf-8", [], true),
  french("UTF-16LE with its mark", "utf-16le", ["encoding.mark"], true),
  french("UTF-16BE with its mark", "utf-16be", ["encoding.mark"], true),
  french("UTF-16LE without a mark", "utf-16le", ["encoding.nuls"]),
  french("UTF-16BE without a mark", "utf-16be", ["encoding.nuls"]),
  french("Windows-1252", "windows-1252", ["encoding.letters"]),
  french("Mac Roman", "macintosh", ["encoding.letters"]),
  {
    name: "nothing but ASCII is in any encoding",
    content: lines(SHOP, "1,Paris,x"),
    decided: { encoding: "ascii" },
    records: [[2, "1", "Paris", "x"]],
  },
  {
    name: "ISO-8859-15, told by œ inside words",
    content: shops("iso-8859-15", "Sacré-Cœur", "Nœux-les-Mines", "Mönchengladbach"),
    decided: { encoding: "iso-8859-15", delimiter: ";" },
    records: cities("Sacré-Cœur", "Nœux-les-Mines", "Mönchengladbach"),
    notes: ["encoding.letters"],
  },
  {
    name: "ISO-8859-15, told by the euro",
    content: encode(lines("id_produit;prix;nom", "1;12 €;Thé", "2;3,50 €;Café"), "iso-8859-15"),
    decided: { entities: ["produits"], encoding: "iso-8859-15", delimiter: ";" },
    records: [
      [2, "1", "12 €", "Thé"],
      [3, "2", "3,50 €", "Café"],
    ],
    notes: ["encoding.letters"],
  },
  {
    name: "Windows-1252, told by its euro and apostrophe",
    content: encode(lines("id_produit;prix;nom", "1;12 €;L’été", "2;5 €;Œufs"), "windows-1252"),
    decided: { entities: ["produits"], encoding: "windows-1252", delimiter: ";" },
    records: [
      [2, "1", "12 €", "L’été"],
      [3, "2", "5 €", "Œufs"],
    ],
    notes: ["encoding.letters"],
  },
  {
    name: "Windows-1252 with nothing but euros",
    content: encode(lines("id_produit;prix", "1;12 €", "2;5 €", "3;7€"), "windows-1252"),
    decided: { entities: ["produits"], encoding: "windows-1252", delimiter: ";" },
    records: [
      [2, "1", "12 €"],
      [3, "2", "5 €"],
      [4, "3", "7€"],
    ],
    notes: ["encoding.letters"],
  },
  {
    name: "Windows-1252 with fractions, which are no œ",
    content: encode(lines("id_produit;nom;prix", "1;½ baguette;1", "2;1½ crème;2"), "windows-1252"),
    decided: { entities: ["produits"], encoding: "windows-1252", delimiter: ";" },
    records: [
      [2, "1", "½ baguette", "1"],
      [3, "2", "1½ crème", "2"],
    ],
    notes: ["encoding.letters"],
  },
  {
    name: "one accent in Windows-1252",
    content: joined("id_produit,nom,prix\n1,Caf", [0xe9], ",2\n"),
    decided: { entities: ["produits"], encoding: "windows-1252" },
    records: [[2, "1", "Café", "2"]],
    notes: ["encoding.letters"],
  },
  {
    name: "one accent in Mac Roman",
    content: joined("id_produit,nom,prix\n1,Caf", [0x8e], ",2\n"),
    decided: { entities: ["produits"], encoding: "macintosh" },
    records: [[2, "1", "Café", "2"]],
    notes: ["encoding.letters"],
  },
  {
    name: "capitals with accents in Windows-1252",
    content: shops("windows-1252", "ÉVRY", "ANGOULÊME", "BESANÇON", "À CÔTÉ"),
    decided: { encoding: "windows-1252", delimiter: ";" },
    records: cities("ÉVRY", "ANGOULÊME", "BESANÇON", "À CÔTÉ"),
    notes: ["encoding.letters"],
  },
  {
    name: "capitals with accents in Mac Roman",
    content: shops("macintosh", "ÉVRY", "ANGOULÊME", "BESANÇON", "CHÂTEAU"),
    decided: { encoding: "macintosh", delimiter: ";" },
    records: cities("ÉVRY", "ANGOULÊME", "BESANÇON", "CHÂTEAU"),
    notes: ["encoding.letters"],
  },
  {
    name: "French quotation marks and no-break spaces in Windows-1252, which make UTF-8 by chance",
    content: shops("windows-1252", "« Café »", "« Thé »", "« Marché »"),
    decided: { encoding: "windows-1252", delimiter: ";" },
    records: cities("« Café »", "« Thé »", "« Marché »"),
    notes: ["encoding.letters"],
  },
  {
    name: "German shops in Windows-1252",
    content: shops("windows-1252", "München", "Köln", "Straßburg", "Lübeck"),
    decided: { encoding: "windows-1252", delimiter: ";" },
    records: cities("München", "Köln", "Straßburg", "Lübeck"),
    notes: ["encoding.letters"],
  },
  {
    name: "Spanish shops in Windows-1252",
    content: shops("windows-1252", "Málaga", "Cádiz", "La Coruña"),
    decided: { encoding: "windows-1252", delimiter: ";" },
    records: cities("Málaga", "Cádiz", "La Coruña"),
    notes: ["encoding.letters"],
  },
  {
    name: "an emoji and Greek in UTF-8",
    content: lines(SHOP, "1,Αθήνα,😀"),
    decided: { encoding: "utf-8" },
    records: [[2, "1", "Αθήνα", "😀"]],
  },
  {
    name: "one bad byte where all else is plainly UTF-8",
    content: joined(`${SHOP}\n1,Orléans,x\n2,N`, [0xee], "mes,x\n3,Besançon,x\n"),
    decided: { encoding: "utf-8" },
    records: [
      [2, "1", "Orléans", "x"],
      [4, "3", "Besançon", "x"],
    ],
    rejects: [[3, "record.not_utf8"]],
    notes: ["encoding.bad_bytes"],
  },
  {
    name: "a character cut in two by whoever cut the line",
    content: joined(`${SHOP}\n1,Orléans,x\n2,Besan`, [0xc3], "\n"),
    decided: { encoding: "utf-8" },
    records: [[2, "1", "Orléans", "x"]],
    rejects: [[3, "record.not_utf8"]],
    notes: ["encoding.bad_bytes"],
  },
  {
    name: "one bad byte among Greek in UTF-8",
    content: joined(`${SHOP}\n1,Αθήνα Αθήνα,x\n2,`, [0xff], ",x\n"),
    decided: { encoding: "utf-8" },
    records: [[2, "1", "Αθήνα Αθήνα", "x"]],
    rejects: [[3, "record.not_utf8"]],
    notes: ["encoding.bad_bytes"],
  },
  {
    name: "a half in UTF-8 and a half in Windows-1252: what does not decode is set aside, nothing is garbled",
    content: Buffer.concat([
      encode(lines(SHOP, "1,Orléans,x"), "utf-8"),
      encode(lines("2,Nîmes,x"), "windows-1252"),
    ]),
    decided: { encoding: "utf-8" },
    records: [[2, "1", "Orléans", "x"]],
    rejects: [[3, "record.not_utf8"]],
    notes: ["encoding.bad_bytes"],
  },
  {
    name: "much Windows-1252 with a little UTF-8 in it is said",
    content: Buffer.concat([
      encode(lines(SHOP, ...Array.from({ length: 9 }, (_, i) => `${i},Nîmes,x`)), "windows-1252"),
      encode("9,Orléans,x\n", "utf-8"),
    ]),
    decided: { encoding: "windows-1252" },
    records: [
      ...Array.from({ length: 9 }, (_, i) => [i + 2, String(i), "Nîmes", "x"] as const),
      [11, "9", "OrlÃ©ans", "x"],
    ],
    notes: ["encoding.letters", "encoding.mixed"],
  },
  {
    name: "Polish in Windows-1250, and nothing says so",
    content: POLISH,
    refused: "source.encoding_undecided",
  },
  {
    name: "DOS (code page 850)",
    content: joined("id_magasin;ville\n1;Orl", [0x82], "ans\n2;N", [0x8c], "mes\n3;Besan", [0x87], "on\n"),
    refused: "source.encoding_undecided",
  },
  {
    name: "Polish in Windows-1250, said by the server",
    content: joined("id_magasin;ville\n1;", [0xa3, 0xf3, 0x64, 0x9f], "\n2;Pozna", [0xf1], "\n"),
    asked: { charset: "windows-1250" },
    decided: { encoding: "windows-1250", delimiter: ";" },
    records: [
      [2, "1", "Łódź"],
      [3, "2", "Poznań"],
    ],
    notes: ["encoding.charset"],
  },
  {
    name: "Japanese in Shift_JIS, said by the server",
    content: joined("id_magasin,ville\n1,", [0x93, 0x8c, 0x8b, 0x9e], "\n"),
    asked: { charset: "Shift_JIS" },
    decided: { encoding: "shift_jis" },
    records: [[2, "1", "東京"]],
    notes: ["encoding.charset"],
  },
  {
    name: "Latin-1 said by the server, where the content is UTF-8",
    content: lines(SHOP, "1,Orléans,x"),
    asked: { charset: "ISO-8859-1" },
    decided: { encoding: "utf-8" },
    records: [[2, "1", "Orléans", "x"]],
    notes: ["encoding.charset_not_believed"],
  },
  {
    name: "UTF-8 said by the server, where the content is Windows-1252",
    content: encode(lines(SHOP, "1,Orléans,x"), "windows-1252"),
    asked: { charset: "utf-8" },
    decided: { encoding: "windows-1252" },
    records: [[2, "1", "Orléans", "x"]],
    notes: ["encoding.letters", "encoding.charset_not_believed"],
  },
  {
    name: "Latin-1 said by the server, and so it is",
    content: encode(lines(SHOP, "1,Orléans,x"), "windows-1252"),
    asked: { charset: "iso-8859-1" },
    decided: { encoding: "windows-1252" },
    records: [[2, "1", "Orléans", "x"]],
    notes: ["encoding.letters"],
  },
  {
    name: "a charset that nobody knows is not believed, and does no harm",
    content: lines(SHOP, "1,Orléans,x"),
    asked: { charset: "klingon" },
    decided: { encoding: "utf-8" },
    records: [[2, "1", "Orléans", "x"]],
    notes: ["encoding.charset_not_believed"],
  },
  {
    name: "UTF-16 said by the server, where there is no NUL",
    content: lines(SHOP, "1,Orléans,x"),
    asked: { charset: "utf-16" },
    decided: { encoding: "utf-8" },
    records: [[2, "1", "Orléans", "x"]],
    notes: ["encoding.charset_not_believed"],
  },
  {
    name: "Mac Roman by --encoding, where Windows-1252 would do",
    content: joined("id_magasin;ville\n1;", [0xc9], "\n"),
    asked: { options: { encoding: "mac-roman" } },
    decided: { encoding: "macintosh", delimiter: ";" },
    records: [[2, "1", "…"]],
  },
  {
    name: "Windows-1250 by --encoding",
    content: joined("id_magasin;ville\n1;", [0xa3, 0xf3, 0x64, 0x9f], "\n"),
    asked: { options: { encoding: "cp1250" } },
    decided: { encoding: "windows-1250", delimiter: ";" },
    records: [[2, "1", "Łódź"]],
  },
  {
    name: "an --encoding that does not exist",
    content: lines(SHOP, "1,Paris,x"),
    asked: { options: { encoding: "utf-9" } },
    refused: "source.encoding_unknown",
  },
  {
    name: "UTF-8 by --encoding, where it is not",
    content: encode(lines(SHOP, "1,Orléans,x"), "windows-1252"),
    asked: { options: { encoding: "utf-8" } },
    refused: "source.undecodable",
  },
  {
    name: "Shift_JIS by --encoding, where it is not",
    content: joined("id_magasin,ville\n1,x\n2,", [0x81, 0x20], "\n"),
    asked: { options: { encoding: "shift_jis" } },
    refused: "source.undecodable",
  },
  {
    name: "Windows-1252 by --encoding, where the mark says UTF-8",
    content: withMark(lines(SHOP, "1,Orléans,x"), "utf-8"),
    asked: { options: { encoding: "windows-1252" } },
    refused: "source.encoding_contradicted",
  },
  {
    name: "UTF-16 that ends in the middle of a character",
    content: Buffer.concat([withMark(FRENCH, "utf-16le"), Buffer.from([0x41])]),
    refused: "source.undecodable",
  },
  {
    name: "UTF-16 with half a surrogate pair",
    content: Buffer.concat([withMark(lines(SHOP), "utf-16le"), Buffer.from([0x31, 0, 0, 0xd8, 0x2c, 0])]),
    refused: "source.undecodable",
  },
  {
    name: "UTF-32",
    content: Buffer.from([0xff, 0xfe, 0, 0, 0x69, 0, 0, 0]),
    refused: "source.encoding_unknown",
  },
  {
    name: "two marks of UTF-8, one behind the other",
    content: `\uFEFF\uFEFF${lines(SHOP, "1,Orléans,x")}`,
    decided: { encoding: "utf-8", header: SHOP.split(",") },
    records: [[2, "1", "Orléans", "x"]],
  },
  {
    name: "UTF-16 with commas, quotes and line breaks in its cells",
    content: withMark('id_magasin,ville\r\n1,"Aix,\r\nen ""Provence"""\r\n', "utf-16le"),
    decided: { encoding: "utf-16le" },
    records: [[2, "1", 'Aix,\r\nen "Provence"']],
    notes: ["encoding.mark"],
  },
  {
    name: "tabs in UTF-16, as Excel saves Unicode text",
    content: withMark("id_magasin\tville\r\n1\tOrléans\r\n", "utf-16le"),
    decided: { encoding: "utf-16le", delimiter: "\t" },
    records: [[2, "1", "Orléans"]],
    notes: ["encoding.mark"],
  },
];

import { lines, type OddFile, PARIS, SHOP } from "./odd-file.ts";

const with_ = (delimiter: string, text: string) => text.replaceAll(",", delimiter);

const delimited = (name: string, delimiter: string): OddFile => ({
  name: `shops with ${name}`,
  content: with_(delimiter, lines(SHOP, "1,Paris,x", "2,Lyon,")),
  decided: { delimiter },
  records: [PARIS, [3, "2", "Lyon", ""]],
});

const ended = (name: string, end: string, lineEnd: string, notes: readonly string[] = []): OddFile => ({
  name: `lines that end with ${name}`,
  content: lines(SHOP, "1,Paris,x", "2,Lyon,y").replaceAll("\n", end),
  decided: { lineEnd },
  records: [PARIS, [3, "2", "Lyon", "y"]],
  notes,
});

export const dialects: readonly OddFile[] = [
  delimited("commas", ","),
  delimited("semicolons", ";"),
  delimited("tabs", "\t"),
  delimited("pipes", "|"),
  {
    name: "semicolons, and more commas than those",
    content: lines("id_produit;nom;prix", "1;a, b, c;1,50", "2;d, e, f;2,50"),
    decided: { delimiter: ";", entities: ["produits"] },
    records: [
      [2, "1", "a, b, c", "1,50"],
      [3, "2", "d, e, f", "2,50"],
    ],
  },
  {
    name: "a line sep=;",
    content: lines("sep=;", "id_magasin;ville", "1;Paris"),
    decided: { delimiter: ";", headerLine: 2 },
    records: [[3, "1", "Paris"]],
    notes: ["delimiter.said"],
  },
  {
    name: 'a line "sep=," in quotes, in capitals, with CRLF',
    content: '"SEP=,"\r\nid_magasin,ville\r\n1,Paris\r\n',
    decided: { headerLine: 2 },
    records: [[3, "1", "Paris"]],
    notes: ["delimiter.said"],
  },
  {
    name: "a line sep= that lies",
    content: lines("sep=,", "id_magasin;ville", "1;Paris"),
    decided: { delimiter: ";", headerLine: 2 },
    records: [[3, "1", "Paris"]],
    notes: ["delimiter.said"],
  },
  {
    name: "a line sep= behind a mark",
    content: `\uFEFF${lines("sep=\t", "id_magasin\tville", "1\tOrléans")}`,
    decided: { encoding: "utf-8", delimiter: "\t", headerLine: 2 },
    records: [[3, "1", "Orléans"]],
    notes: ["delimiter.said"],
  },
  {
    name: "a delimiter that was fixed",
    content: lines("id_magasin|ville", "1|Paris"),
    asked: { options: { delimiter: "|" } },
    decided: { delimiter: "|" },
    records: [[2, "1", "Paris"]],
  },
  {
    name: "a delimiter that was fixed, and is not the file's",
    content: lines("id_magasin|ville", "1|Paris"),
    asked: { options: { delimiter: ";" } },
    refused: "source.no_key_columns",
  },
  ended("LF", "\n", "lf"),
  ended("CRLF", "\r\n", "lf"),
  ended("CR", "\r", "any", ["line_ends.cr"]),
  ended("CR CR LF, as a file written twice as text has", "\r\r\n", "lf"),
  {
    name: "lines that end with LF here and with CRLF there",
    content: `${SHOP}\r\n1,Paris,x\n2,Lyon,y\r\n3,Nice,z`,
    records: [PARIS, [3, "2", "Lyon", "y"], [4, "3", "Nice", "z"]],
  },
  {
    name: "an old Mac's file behind another",
    content: `${SHOP}\n1,Paris,x\n2,Lyon,y\r3,Nice,z\r4,Brest,w\n`,
    decided: { lineEnd: "any" },
    records: [PARIS, [3, "2", "Lyon", "y"], [4, "3", "Nice", "z"], [5, "4", "Brest", "w"]],
    notes: ["line_ends.mixed"],
  },
  {
    name: "one CR inside a cell does not end a line",
    content: lines(SHOP, "1,Paris,a\rb", "2,Lyon,y"),
    decided: { lineEnd: "lf" },
    records: [
      [2, "1", "Paris", "a\rb"],
      [3, "2", "Lyon", "y"],
    ],
  },
  {
    name: "CR between lines, LF inside cells",
    content: 'id_magasin,ville\r1,"Aix\nen\nProvence"\r2,Lyon\r3,Nice\r',
    decided: { lineEnd: "any" },
    records: [
      [2, "1", "Aix\nen\nProvence"],
      [5, "2", "Lyon"],
      [6, "3", "Nice"],
    ],
    notes: ["line_ends.mixed"],
  },
  {
    name: "LF between lines, CR inside quoted cells",
    content: 'id_magasin,ville\n1,"Aix\ren\rProvence"\n2,Lyon\n',
    decided: { lineEnd: "lf" },
    records: [
      [2, "1", "Aix\ren\rProvence"],
      [3, "2", "Lyon"],
    ],
  },
  {
    name: "no line end at the end",
    content: `${SHOP}\n1,Paris,x`,
    records: [PARIS],
  },
  {
    name: "only a header",
    content: `${SHOP}\n`,
    records: [],
  },
  {
    name: "only a header, without its line end",
    content: SHOP,
    records: [],
  },
  {
    name: "Ctrl-Z at the end, as DOS has",
    content: `${lines(SHOP, "1,Paris,x")}\x1a`,
    records: [PARIS],
  },
  {
    name: "every cell in quotes",
    content: lines('"id_magasin","ville","note"', '"1","Paris","x"'),
    decided: { header: SHOP.split(",") },
    records: [PARIS],
  },
  {
    name: "delimiters, quotes and line breaks in quotes",
    content: lines(SHOP, '1,"Paris, France","say ""hi"""', '2,"Aix\nen Provence",', "3,Nice,"),
    records: [
      [2, "1", "Paris, France", 'say "hi"'],
      [3, "2", "Aix\nen Provence", ""],
      [5, "3", "Nice", ""],
    ],
  },
  {
    name: "spaces around quotes",
    content: lines(SHOP, '1, "Paris, France" ,x', '2 ,"Lyon" , y'),
    records: [
      [2, "1", "Paris, France", "x"],
      [3, "2", "Lyon", "y"],
    ],
  },
  {
    name: "backslashes before quotes",
    content: lines(SHOP, '1,Paris,"say \\"hi\\", twice"', '2,Lyon,"C:\\\\dir\\new"'),
    decided: { escape: "\\" },
    records: [
      [2, "1", "Paris", 'say "hi", twice'],
      [3, "2", "Lyon", "C:\\dir\\new"],
    ],
    notes: ["escape.backslash"],
  },
  {
    name: "a path that ends in a backslash is no escape",
    content: lines(SHOP, '1,Paris,"C:\\dir\\"', '2,Lyon,"D:\\"', '3,Nice,"say ""hi"""'),
    decided: { escape: '"' },
    records: [
      [2, "1", "Paris", "C:\\dir\\"],
      [3, "2", "Lyon", "D:\\"],
      [4, "3", "Nice", 'say "hi"'],
    ],
  },
  {
    name: "single quotes",
    content: lines("'id_magasin','ville','note'", "'1','Paris, France','l''été'"),
    decided: { quote: "'", escape: "'", encoding: "utf-8", header: SHOP.split(",") },
    records: [[2, "1", "Paris, France", "l'été"]],
    notes: ["quote.single"],
  },
  {
    name: "single quotes with backslashes",
    content: lines("'id_magasin';'ville'", "'1';'L\\'Isle; Jourdain'"),
    decided: { quote: "'", escape: "\\", delimiter: ";" },
    records: [[2, "1", "L'Isle; Jourdain"]],
    notes: ["quote.single", "escape.backslash"],
  },
  {
    name: "apostrophes that are none",
    content: lines(SHOP, "1,L'Isle-Adam,x", "2,'s-Hertogenbosch,y", "3,Saint-Jean-d'Acre,z"),
    decided: { quote: '"' },
    records: [
      [2, "1", "L'Isle-Adam", "x"],
      [3, "2", "'s-Hertogenbosch", "y"],
      [4, "3", "Saint-Jean-d'Acre", "z"],
    ],
  },
  {
    name: "inches are no quotes",
    content: lines("id_produit;nom;prix", '1;Écran 24";100', '2;5" tube;3'),
    decided: { entities: ["produits"], delimiter: ";", encoding: "utf-8", quote: '"' },
    records: [
      [2, "1", 'Écran 24"', "100"],
      [3, "2", '5" tube', "3"],
    ],
  },
  {
    name: "quotes that never enclose a cell are characters like any other",
    content: lines("id_produit\tnom\tprix", '1\t"Le Grand" canapé\t100', '2\t"Le Petit" canapé\t50'),
    decided: { entities: ["produits"], delimiter: "\t", quote: null, escape: null, encoding: "utf-8" },
    records: [
      [2, "1", '"Le Grand" canapé', "100"],
      [3, "2", '"Le Petit" canapé', "50"],
    ],
    notes: ["quote.none"],
  },
  {
    name: "a cell that is only half in quotes, where others are in quotes",
    content: lines(SHOP, '1,"Paris",x', '2,"Le" Havre,y', '3,"Nice",z'),
    records: [PARIS, [4, "3", "Nice", "z"]],
    rejects: [[3, "record.bad_quotes"]],
  },
];

import { lines, type OddFile, PARIS, SHOP } from "./odd-file.ts";

const SALES = "id_vente;date_vente;id_produit;id_magasin;quantité;chiffre_affaires";
const SALE = "1;2026-01-02;p;m;2;10";
const A_SALE = [2, "1", "2026-01-02", "p", "m", "2", "10"] as const;
const sales = { encoding: "utf-8", delimiter: ";", entities: ["ventes"] };

const totals = (line: string): OddFile => ({
  name: `sales and a last line ${line}`,
  content: lines(SALES, SALE, line),
  decided: sales,
  records: [A_SALE],
  notes: ["totals.left_out"],
});

export const oddLines: readonly OddFile[] = [
  {
    name: "warnings of PHP above the header",
    content: lines(
      "<br />",
      "<b>Warning</b>:  Undefined variable $x in <b>/var/www/e.php</b> on line <b>3</b><br />",
      SHOP,
      "1,Paris,x",
    ),
    refused: "source.php",
  },
  {
    name: "warnings of PHP as text above the header",
    content: lines(
      "",
      "Warning: Undefined variable $x in /var/www/e.php on line 12",
      "PHP Notice:  Undefined index: y in /var/www/e.php on line 13",
      "",
      SHOP,
      "1,Paris,x",
    ),
    refused: "source.php",
  },
  {
    name: "an error of PHP with its stack",
    content: lines(
      "PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] in /var/www/e.php:3",
      "Stack trace:",
      "#0 {main}",
      "  thrown in /var/www/e.php on line 3",
    ),
    refused: "source.php",
  },
  {
    name: "a title that warns",
    content: lines("Warning: prices without tax", SHOP, "1,Paris,x"),
    decided: { headerLine: 2 },
    records: [[3, "1", "Paris", "x"]],
    notes: ["header.preamble"],
  },
  {
    name: "warnings of PHP that the operator leaves out",
    content: lines(
      "<br />",
      "<b>Warning</b>:  Undefined variable $x in <b>/var/www/e.php</b> on line <b>3</b><br />",
      SHOP,
      "1,Paris,x",
    ),
    asked: { options: { skipLines: 2 } },
    decided: { headerLine: 3 },
    records: [[4, "1", "Paris", "x"]],
    notes: ["lines.skipped"],
  },
  {
    name: "a title, a date and a blank line before the header",
    content: lines("Magasins de la société", "Export du 12/03/2026", "", SHOP, "1,Paris,x"),
    decided: { encoding: "utf-8", headerLine: 4 },
    records: [[5, "1", "Paris", "x"]],
    notes: ["header.preamble"],
  },
  {
    name: "a preamble with delimiters, as spreadsheets write it",
    content: lines("Magasins;;", ";;", "Export du;12/03/2026;", ";;", "id_magasin;ville;note", "1;Paris;x"),
    decided: { delimiter: ";", headerLine: 5 },
    records: [[6, "1", "Paris", "x"]],
    notes: ["header.preamble"],
  },
  {
    name: "a preamble with a quote that is never closed",
    content: lines('Export "boutique, 12/03', SHOP, "1,Paris,x"),
    decided: { headerLine: 2 },
    records: [[3, "1", "Paris", "x"]],
    notes: ["header.preamble"],
  },
  {
    name: "a preamble with a quoted title of two lines",
    content: lines('"Magasins\nde France",,', SHOP, "1,Paris,x"),
    decided: { headerLine: 3 },
    records: [[4, "1", "Paris", "x"]],
    notes: ["header.preamble"],
  },
  {
    name: "a header as far down as line 50",
    content: lines(...Array.from({ length: 49 }, (_, i) => `remarque ${i}`), SHOP, "1,Paris,x"),
    decided: { headerLine: 50 },
    records: [[51, "1", "Paris", "x"]],
    notes: ["header.preamble"],
  },
  {
    name: "a header below that",
    content: lines(
      ...Array.from({ length: 50 }, (_, i) => `remarque ${i}`),
      SHOP,
      ...Array.from({ length: 60 }, (_, i) => `${i},Paris,x`),
    ),
    refused: "source.no_key_columns",
  },
  {
    name: "blank lines before the header",
    content: `\n\r\n  \n${lines(SHOP, "1,Paris,x")}`,
    decided: { headerLine: 4 },
    records: [[5, "1", "Paris", "x"]],
  },
  {
    name: "a comment before the header, and others between",
    content: lines("# export", SHOP, "1,Paris,x", '# it"s broken', "2,Lyon,y", "#3,Nice,z"),
    decided: { headerLine: 2, comment: "#" },
    records: [
      [3, "1", "Paris", "x"],
      [5, "2", "Lyon", "y"],
    ],
    notes: ["header.preamble", "comments.left_out"],
  },
  {
    name: "comments only between the records",
    content: lines(SHOP, "1,Paris,x", "# the south", "2,Nice,y"),
    decided: { comment: "#" },
    records: [PARIS, [4, "2", "Nice", "y"]],
    notes: ["comments.left_out"],
  },
  {
    name: "ids that begin with # are no comments",
    content: lines("id_vente,date_vente,id_produit,id_magasin,quantité", "#1001,2026-01-02,p,m,2", "#1002,x"),
    decided: { encoding: "utf-8", comment: null, entities: ["ventes"] },
    records: [[2, "#1001", "2026-01-02", "p", "m", "2"]],
    rejects: [[3, "record.wrong_length"]],
  },
  {
    name: "ids that begin with # below a comment",
    content: lines(
      "# orders",
      "id_vente,date_vente,id_produit,id_magasin,quantité",
      "#1001,2026-01-02,p,m,2",
      "#1002,2026-01-02,p,m,2",
    ),
    decided: { encoding: "utf-8", comment: null, headerLine: 2, entities: ["ventes"] },
    records: [
      [3, "#1001", "2026-01-02", "p", "m", "2"],
      [4, "#1002", "2026-01-02", "p", "m", "2"],
    ],
    notes: ["header.preamble"],
  },
  {
    name: "the header again in the middle, as files put together have it",
    content: lines(SHOP, "1,Paris,x", SHOP, "2,Lyon,y", '"id_magasin","ville","note"', "3,Nice,z"),
    records: [PARIS, [4, "2", "Lyon", "y"], [6, "3", "Nice", "z"]],
    notes: ["headers.left_out"],
  },
  {
    name: "files with marks put together",
    content: `\uFEFF${lines(SHOP, "1,Paris,x")}\uFEFF${lines(SHOP, "2,Lyon,y")}\uFEFF3,Nice,z\n`,
    decided: { encoding: "utf-8" },
    records: [PARIS, [4, "2", "Lyon", "y"], [5, "3", "Nice", "z"]],
    notes: ["headers.left_out"],
  },
  {
    name: "blank lines between, of spaces, no-break spaces, delimiters and quotes",
    content: lines(SHOP, "", "1,Paris,x", "   ", "\u00a0", ",,", '"","",""', "2,Lyon,y"),
    decided: { encoding: "utf-8" },
    records: [
      [3, "1", "Paris", "x"],
      [8, "2", "Lyon", "y"],
    ],
  },
  {
    name: "trailing delimiters in the header and in the records",
    content: lines(`${SHOP},,`, "1,Paris,x,,", "2,Lyon,y,", "3,Nice,z,,"),
    decided: { header: SHOP.split(",") },
    records: [PARIS, [4, "3", "Nice", "z"]],
    rejects: [[3, "record.wrong_length"]],
    notes: ["header.trailing_delimiters"],
  },
  {
    name: "trailing delimiters in the records only",
    content: lines(SHOP, "1,Paris,x,", "2,Lyon,y,", "3,Nice,,", "4,Brest,z"),
    records: [PARIS, [3, "2", "Lyon", "y"], [4, "3", "Nice", ""]],
    rejects: [[5, "record.wrong_length"]],
    notes: ["records.trailing_delimiters"],
  },
  {
    name: "trailing delimiters in two records, which are too few to tell",
    content: lines(SHOP, "1,Paris,x,", "2,Lyon,y,"),
    records: [],
    rejects: [
      [2, "record.wrong_length"],
      [3, "record.wrong_length"],
    ],
  },
  {
    name: "a delimiter too many in one record, whose last field is empty",
    content: lines(SHOP, "1,,Paris,", "2,Lyon,y", "3,Nice,z", "4,Brest,"),
    records: [
      [3, "2", "Lyon", "y"],
      [4, "3", "Nice", "z"],
      [5, "4", "Brest", ""],
    ],
    rejects: [[2, "record.wrong_length"]],
  },
  {
    name: "a delimiter too few before a quoted field that has one in it",
    content: lines(SHOP, '1,Paris"a, b"', '2,5" tube,y', '3,"Saint-Denis, La Réunion",z'),
    decided: { encoding: "utf-8" },
    records: [
      [3, "2", '5" tube', "y"],
      [4, "3", "Saint-Denis, La Réunion", "z"],
    ],
    rejects: [[2, "record.bad_quotes"]],
  },
  {
    name: "a delimiter too few in one record",
    content: lines(SHOP, "1Paris,x", "2,Lyon,y", "3,Nice,z"),
    records: [
      [3, "2", "Lyon", "y"],
      [4, "3", "Nice", "z"],
    ],
    rejects: [[2, "record.wrong_length"]],
  },
  {
    name: "trailing delimiters in the header only",
    content: lines(`${SHOP},`, "1,Paris,x", "2,Lyon,y", "3,Nice,z"),
    decided: { header: SHOP.split(",") },
    records: [PARIS, [3, "2", "Lyon", "y"], [4, "3", "Nice", "z"]],
    notes: ["header.trailing_delimiters"],
  },
  {
    name: "an unnamed last column with something in it",
    content: lines(`${SHOP},`, "1,Paris,x,ouvert", "2,Lyon,y,"),
    decided: { header: ["id_magasin", "ville", "note", ""] },
    records: [
      [2, "1", "Paris", "x", "ouvert"],
      [3, "2", "Lyon", "y", ""],
    ],
  },
  {
    name: "an unnamed first column, as pandas writes its index",
    content: lines(`,${SHOP}`, "0,1,Paris,x"),
    decided: { header: ["", ...SHOP.split(",")] },
    records: [[2, "0", "1", "Paris", "x"]],
  },
  {
    name: "empty cells at the end that the exporter drops",
    content: lines(SHOP, "1,Paris", "2,Lyon,y", "3,Nice", "4,Brest"),
    records: [
      [2, "1", "Paris", ""],
      [3, "2", "Lyon", "y"],
      [4, "3", "Nice", ""],
      [5, "4", "Brest", ""],
    ],
    notes: ["records.filled"],
  },
  {
    name: "a record without a required column",
    content: lines(SALES, "1;2026-01-02;p;m", SALE, ...Array(3).fill("1;2026-01-02;p;m;2")),
    decided: sales,
    records: [
      [3, "1", "2026-01-02", "p", "m", "2", "10"],
      [4, "1", "2026-01-02", "p", "m", "2", ""],
      [5, "1", "2026-01-02", "p", "m", "2", ""],
      [6, "1", "2026-01-02", "p", "m", "2", ""],
    ],
    rejects: [[2, "record.wrong_length"]],
    notes: ["records.filled"],
  },
  {
    name: "a record with a cell too many",
    content: lines(SHOP, "1,Paris,x", "2,Saint-Denis, La Réunion,y", "3,Nice,z"),
    decided: { encoding: "utf-8" },
    records: [PARIS, [4, "3", "Nice", "z"]],
    rejects: [[3, "record.wrong_length"]],
  },
  {
    name: "a remark broken in two: its first half is a record, its second none",
    content: lines(SHOP, "1,Paris,ouvert", "le dimanche", "2,Lyon,y"),
    records: [
      [2, "1", "Paris", "ouvert"],
      [4, "2", "Lyon", "y"],
    ],
    rejects: [[3, "record.wrong_length"]],
  },
  {
    name: "words below the data",
    content: lines(SALES, SALE, "Fin de l'export", "Imprimé le 12/03/2026"),
    decided: sales,
    records: [A_SALE],
    rejects: [
      [3, "record.wrong_length"],
      [4, "record.wrong_length"],
    ],
  },
  totals("Total;;;;;1234"),
  totals("TOTAL;;;;2;10"),
  totals(";;;;TOTAL;1234"),
  totals("Totaux :;;;;;1 234,00"),
  totals("Somme;;;;;10"),
  totals("sum;;;;;10"),
  totals("Grand total;;;;;10"),
  totals("Total général;;;;;10"),
  totals('"Total";"";"";"";"2";"10"'),
  totals("Total;;;;;1234;;"),
  totals(";Total;;;;10"),
  {
    name: "totals of several columns, the last without its line end",
    content: `${lines(SALES, SALE, "Sous-total;;;;2;10", ";;;;;")}Total;;;;2;10`,
    decided: sales,
    records: [A_SALE],
    notes: ["totals.left_out"],
  },
  {
    name: "a product called Total is no line of totals",
    content: lines("id_produit;nom;prix", "1;Total;5", "TOTAL;Station;6", "Total 5W30;Huile;7", "Total;;17"),
    decided: { delimiter: ";", entities: ["produits"] },
    records: [
      [2, "1", "Total", "5"],
      [3, "TOTAL", "Station", "6"],
      [4, "Total 5W30", "Huile", "7"],
    ],
    notes: ["totals.left_out"],
  },
  {
    name: "a sale of a shop called Total",
    content: lines(SALES, ";2026-01-02;p;Total;2;10", "Totalement;2026-01-02;p;m;1;5"),
    decided: sales,
    records: [
      [2, "", "2026-01-02", "p", "Total", "2", "10"],
      [3, "Totalement", "2026-01-02", "p", "m", "1", "5"],
    ],
  },
];

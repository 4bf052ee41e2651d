/**
 * An HTML page of links: a web server's directory listing, or a page of downloads. Its entries are the links to data
 * files on the page's own origin. Other links (parent folder, sorting, subfolders, other sites) are ignored. A subfolder
 * can be a catalogue of its own.
 */
import { Tokenizer } from "htmlparser2";
import { SourceRefusal } from "../source/index.ts";
import { isDataFile, type Listing, type RefusedReference, workbookOf } from "./listing.ts";

/** Characters that are read at once, between two yields. */
const PIECE = 64 * 1024;

/** `url`: the address of the page, after redirects. Yields between pieces of the page. */
export function* readHtmlIndex(text: string, url: string): Generator<void, Listing> {
  const references: string[] = [];
  let base: string | undefined;
  const links = linksIn(text, (tag, href) => {
    if (tag === "a") references.push(href);
    else if (tag === "base" && base === undefined && URL.canParse(href, url)) base = new URL(href, url).href;
  });
  yield* links;
  const from = base ?? url;
  const listed: Listing["listed"][number][] = [];
  const passed: RefusedReference[] = [];
  for (const reference of references) {
    const file = fileOfPage(reference, from, url);
    const workbook = file === undefined ? undefined : workbookOf(file);
    if (file !== undefined && isDataFile(file))
      listed.push({ reference, isPath: false, entity: undefined, options: {} });
    else if (workbook !== undefined)
      passed.push({
        reference: new URL(reference.trim(), from).href,
        refusal: new SourceRefusal("source.workbook", workbook),
      });
    yield;
  }
  return { form: "html", listed, passed, ignored: [], base: from };
}

/**
 * Calls `found` for each tag with a href. The tokenizer of htmlparser2, not its parser: that keeps a stack of open tags,
 * and the work on a page of tags that nothing closes grows with the square of their number.
 */
function* linksIn(text: string, found: (tag: string, href: string) => void): Generator<void> {
  let tag = "";
  let name = "";
  let value = "";
  let href: string | undefined;
  const ignore = (): void => {};
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (start, end) => {
        tag = text.slice(start, end).toLowerCase();
        href = undefined;
      },
      onattribname: (start, end) => {
        name = text.slice(start, end).toLowerCase();
        value = "";
      },
      onattribdata: (start, end) => {
        value += text.slice(start, end);
      },
      onattribentity: (codepoint) => {
        value += String.fromCodePoint(codepoint);
      },
      onattribend: () => {
        if (name === "href") href ??= value;
      },
      onopentagend: () => {
        if (href !== undefined) found(tag, href);
      },
      onselfclosingtag: () => {
        if (href !== undefined) found(tag, href);
      },
      onclosetag: ignore,
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onprocessinginstruction: ignore,
      ontext: ignore,
      ontextentity: ignore,
    },
  );
  for (let at = 0; at < text.length; at += PIECE) {
    tokenizer.write(text.slice(at, at + PIECE));
    yield;
  }
  tokenizer.end();
}

/** The path that a link leads to on the origin of the page; undefined: it leads elsewhere. */
function fileOfPage(href: string, from: string, page: string): string | undefined {
  if (!URL.canParse(href.trim(), from)) return undefined;
  const { origin, protocol, pathname, host } = new URL(href.trim(), from);
  const own = new URL(page);
  const isOwn = protocol === own.protocol && origin === own.origin && host === own.host;
  return isOwn ? named(pathname) : undefined;
}

function named(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

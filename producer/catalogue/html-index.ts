/**
 * An HTML page of links: a web server's directory listing, or a page of downloads. Its entries are the links to data
 * files on the page's own origin. Other links (parent folder, sorting, subfolders, other sites) are ignored. A subfolder
 * can be a catalogue of its own.
 */
import { Tokenizer } from "htmlparser2";
import { isDataFile, type Listing } from "./listing.ts";

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
  for (const reference of references) {
    if (isListed(reference, from, url))
      listed.push({ reference, isPath: false, entity: undefined, options: {} });
    yield;
  }
  return { form: "html", listed, ignored: [], base: from };
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

function isListed(href: string, from: string, page: string): boolean {
  if (!URL.canParse(href.trim(), from)) return false;
  const { origin, protocol, pathname, host } = new URL(href.trim(), from);
  const own = new URL(page);
  return (
    protocol === own.protocol && origin === own.origin && host === own.host && isDataFile(named(pathname))
  );
}

function named(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/**
 * An HTML page of links: a web server's directory listing, or a page of downloads. Its entries are the links to data
 * files on the page's own origin. Other links (parent folder, sorting, subfolders, other sites) are ignored. A subfolder
 * can be a catalogue of its own.
 */
import { Parser } from "htmlparser2";
import { isDataFile, type Listing } from "./listing.ts";

/** `url`: the address of the page, after redirects. */
export function readHtmlIndex(text: string, url: string): Listing {
  const references: string[] = [];
  let base: string | undefined;
  const parser = new Parser({
    onopentag: (name, { href }) => {
      if (href === undefined) return;
      if (name === "a") references.push(href);
      else if (name === "base" && base === undefined && URL.canParse(href, url))
        base = new URL(href, url).href;
    },
  });
  parser.write(text);
  parser.end();
  const from = base ?? url;
  return {
    form: "html",
    listed: references
      .filter((href) => isListed(href, from, url))
      .map((reference) => ({ reference, isPath: false, entity: undefined, options: {} })),
    ignored: [],
    base: from,
  };
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

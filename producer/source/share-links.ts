/**
 * Links that people copy from the address bar or a "share" button. They lead to a page about the file, not to the file.
 * The table has the known services, so that the message can name the link to paste. `certain`: the URL alone shows that
 * it leads to a page, so the program refuses it without a request. Otherwise the message comes after HTML came.
 */

interface Rule {
  readonly service: string;
  readonly certain: boolean;
  /** The link of the file itself, or null if `url` is not a link of this service. `url` still has its fragment. */
  readonly file: (url: URL) => string | null;
}

const on = (url: URL, ...hosts: readonly string[]): boolean =>
  hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));

const withQuery = (url: URL, name: string, value: string): string => {
  const copy = new URL(url.href);
  copy.hash = "";
  copy.searchParams.set(name, value);
  return copy.href;
};

const withPath = (url: URL, path: string): string => {
  const copy = new URL(url.href);
  copy.hash = "";
  copy.pathname = path;
  return copy.href;
};

const RULES: readonly Rule[] = [
  {
    service: "Google Sheets",
    certain: true,
    file: (url) => {
      if (url.hostname !== "docs.google.com") return null;
      const published = /^(\/spreadsheets\/(?:u\/\d+\/)?d\/e\/[\w-]+)\/pubhtml$/.exec(url.pathname)?.[1];
      const gid = /\bgid=(\d+)/.exec(`${url.hash}&${url.search}`)?.[1];
      if (published !== undefined)
        return `https://docs.google.com${published}/pub?${gid === undefined ? "" : `gid=${gid}&single=true&`}output=csv`;
      const id =
        /^\/spreadsheets\/(?:u\/\d+\/)?d\/(?!e\/)([\w-]+)(?:\/(?:edit|view|htmlview|preview)?)?$/.exec(
          url.pathname,
        )?.[1];
      return id === undefined
        ? null
        : `https://docs.google.com/spreadsheets/d/${id}/export?format=csv${gid === undefined ? "" : `&gid=${gid}`}`;
    },
  },
  {
    service: "Google Drive",
    certain: true,
    file: (url) => {
      if (url.hostname !== "drive.google.com") return null;
      const id =
        /^\/file\/(?:u\/\d+\/)?d\/([\w-]+)/.exec(url.pathname)?.[1] ??
        (url.pathname === "/open" ? url.searchParams.get("id") : null);
      return id === null || id === undefined ? null : `https://drive.google.com/uc?export=download&id=${id}`;
    },
  },
  {
    service: "Dropbox",
    certain: true,
    file: (url) =>
      on(url, "dropbox.com") &&
      /^\/(s|scl\/fi)\//.test(url.pathname) &&
      url.searchParams.get("dl") !== "1" &&
      !url.searchParams.has("raw")
        ? withQuery(url, "dl", "1")
        : null,
  },
  {
    service: "GitHub",
    certain: true,
    file: (url) => {
      if (url.hostname === "gist.github.com")
        return /^\/[\w-]+\/[0-9a-f]+$/.test(url.pathname) ? withPath(url, `${url.pathname}/raw`) : null;
      const [, repository, rest] = /^(\/[^/]+\/[^/]+)\/blob\/(.+)$/.exec(url.pathname) ?? [];
      return url.hostname === "github.com" && repository !== undefined && url.searchParams.get("raw") === null
        ? `https://raw.githubusercontent.com${repository}/${rest}`
        : null;
    },
  },
  {
    service: "GitLab",
    certain: true,
    file: (url) =>
      url.pathname.includes("/-/blob/") ? withPath(url, url.pathname.replace("/-/blob/", "/-/raw/")) : null,
  },
  {
    // Nextcloud runs on any host, so the path alone is no proof.
    service: "Nextcloud",
    certain: false,
    file: (url) =>
      /\/s\/[A-Za-z0-9]{6,}\/?$/.test(url.pathname)
        ? withPath(url, `${url.pathname.replace(/\/$/, "")}/download`)
        : null,
  },
  {
    service: "SharePoint",
    certain: false,
    file: (url) =>
      on(url, "sharepoint.com") && url.searchParams.get("download") !== "1"
        ? withQuery(url, "download", "1")
        : null,
  },
  {
    service: "OneDrive",
    certain: false,
    file: (url) => {
      if (url.hostname === "1drv.ms") return withQuery(url, "download", "1");
      return url.hostname === "onedrive.live.com" && /^\/(redir|embed)$/.test(url.pathname)
        ? withPath(url, "/download")
        : null;
    },
  },
];

export interface ShareLink {
  readonly service: string;
  readonly certain: boolean;
  /** The link that the user should give. */
  readonly file: string;
}

/** The known share link that a reference is, or undefined. Accepts any text that people type. */
export function shareLinkOf(reference: string): ShareLink | undefined {
  if (!/^https?:/i.test(reference) || !URL.canParse(reference)) return undefined;
  const url = new URL(reference);
  for (const { service, certain, file } of RULES) {
    const link = file(url);
    if (link !== null) return { service, certain, file: link };
  }
  return undefined;
}

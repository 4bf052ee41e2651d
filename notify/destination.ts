/**
 * Where notifications go. A destination is one URL, and all of it is a secret: anybody who knows the topic of ntfy or the
 * path of a webhook can read or write there. People see `shown`, files see `id`.
 */
import { createHash } from "node:crypto";
import * as Redacted from "effect/Redacted";

/** What a destination expects: the JSON of ntfy, that of Slack's incoming webhooks, or our own. */
export type Shape = "ntfy" | "slack" | "json";

interface Named {
  /** The same for the same URL; does not show it. */
  readonly id: string;
  /** For people: the kind and the host. */
  readonly shown: string;
}

export interface Webhook extends Named {
  readonly kind: Shape;
  /** Without user and password. */
  readonly url: Redacted.Redacted;
  /** The value of the header Authorization; null: the URL has no user and password. */
  readonly authorization: Redacted.Redacted | null;
}

export interface Mailbox extends Named {
  readonly kind: "mail";
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS, which a password demands. */
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly password: Redacted.Redacted } | null;
  readonly from: string;
  readonly to: readonly string[];
}

export type Destination = Webhook | Mailbox;

/** The message says what is wrong with a URL and what is expected, and shows nothing of the URL. */
export class BadDestination extends Error {}

const FORMS =
  "give https://HOST/PATH, ntfy+https://HOST/TOPIC, slack+https://HOST/PATH, or smtps://HOST/?from=ADDRESS&to=ADDRESS";
const WITH_SHAPE = /^(ntfy|slack|json)\+(https?:.*)$/i;
/** Hosts that show the shape by themselves. */
const SHAPES: Readonly<Record<string, Shape>> = { "ntfy.sh": "ntfy", "hooks.slack.com": "slack" };

/** Throws BadDestination. */
export function parseDestination(text: string): Destination {
  const [, shape, rest = text] = WITH_SHAPE.exec(text.trim()) ?? [];
  const address = rest.trim();
  if (!URL.canParse(address)) throw new BadDestination(`it is no URL: ${FORMS}`);
  const url = new URL(address);
  const id = createHash("sha256").update(text.trim()).digest("base64url").slice(0, 16);
  switch (url.protocol) {
    case "https:":
    case "http:":
      return webhookOf(
        url,
        (shape?.toLowerCase() as Shape | undefined) ?? SHAPES[url.hostname] ?? "json",
        id,
      );
    case "smtps:":
    case "smtp:":
      return mailboxOf(url, id);
    default:
      throw new BadDestination(`its scheme is none of these: ${FORMS}`);
  }
}

function webhookOf(url: URL, kind: Shape, id: string): Webhook {
  const { username, password, host } = url;
  url.username = "";
  url.password = "";
  url.hash = "";
  if (kind === "ntfy" && topicOf(url) === "")
    throw new BadDestination("it has no topic: give https://HOST/TOPIC");
  const basic = `${decoded(username)}:${decoded(password)}`;
  return {
    kind,
    id,
    shown: `${kind} ${host}`,
    url: Redacted.make(url.href),
    authorization:
      basic === ":" ? null : Redacted.make(`Basic ${Buffer.from(basic, "utf8").toString("base64")}`),
  };
}

/** The last segment of the path. */
export const topicOf = (url: URL): string => decoded(url.pathname.split("/").at(-1) ?? "");

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

function mailboxOf(url: URL, id: string): Mailbox {
  const user = decoded(url.username);
  const secure = url.protocol === "smtps:";
  const to = url.searchParams
    .getAll("to")
    .flatMap((list) => list.split(","))
    .map((address) => address.trim())
    .filter((address) => address !== "");
  const from = url.searchParams.get("from") ?? user;
  if (url.hostname === "") throw new BadDestination(`it has no host: ${FORMS}`);
  if (to.length === 0) throw new BadDestination("it has no recipient: add ?to=ADDRESS");
  if (!to.every((address) => ADDRESS.test(address)))
    throw new BadDestination("?to= has something that is no e-mail address: separate several by commas");
  if (!ADDRESS.test(from))
    throw new BadDestination(
      "it has no sender: add &from=ADDRESS (the user of the URL is no e-mail address)",
    );
  return {
    kind: "mail",
    id,
    shown: `mail ${to.join(", ")} (${url.hostname})`,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    auth: user === "" ? null : { user, password: Redacted.make(decoded(url.password)) },
    from,
    to,
  };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadDestination("its %-escapes cannot be read: write a % as %25");
  }
};

/** Text from data, made safe to show: a CSV cell cannot move the cursor, colour or rename the terminal. */
import type { CatalogueStatus } from "#shared/contract/status.ts";
import { masked } from "#shared/runtime/masked.ts";

// C0 and C1 controls, DEL, and the marks that reorder text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is there to find them
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Control characters become their visible pictures, or U+FFFD. */
export const visible = (text: string): string =>
  text.replace(CONTROLS, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
  });

/** Masks the secrets in the URLs of a source and of its catalogue. */
export const maskedStatus = <S extends { readonly source: string; readonly catalogue?: string }>(
  status: S,
): S => ({
  ...status,
  source: masked(status.source),
  ...(status.catalogue === undefined ? {} : { catalogue: masked(status.catalogue) }),
});

/** Masks the secrets in the URLs of a catalogue and of the entries that it refused. */
export const maskedCatalogue = (status: CatalogueStatus): CatalogueStatus => ({
  ...status,
  catalogue: masked(status.catalogue),
  refusals: status.refusals.map(({ source, reason }) => ({ source: masked(source), reason: masked(reason) })),
});

/** A source, or a message that may name sources, with secrets masked and control characters made visible. */
export const visibleSource = (text: string): string => visible(masked(text));

/** Text from data, made safe to show: a CSV cell cannot move the cursor, colour or rename the terminal. */
import { masked } from "#shared/runtime/masked.ts";

// C0 and C1 controls, DEL, the marks that reorder text, and the separators that some terminals take for line ends.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is there to find them
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const picture = (control: string): string => {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
};

/** Control characters become their visible pictures, or U+FFFD. */
export const visible = (text: string): string => text.replace(CONTROLS, picture);

// Our own escapes of bold type, line ends and tabs, or any control.
const KEPT_OR_CONTROL = new RegExp(`(\\u001b\\[(?:1|22)m|\\r?\\n|\\t)|${CONTROLS.source}`, "g");

/** The same for a text of several lines as the program composes them: line ends, tabs and bold type stay. */
export const visibleLines = (text: string): string =>
  text.replace(KEPT_OR_CONTROL, (one, kept: string | undefined) => kept ?? picture(one));

/** Makes the controls of a JSON text escapes: JSON.stringify leaves C1 controls and the marks that reorder text. */
export const jsonVisible = (json: string): string =>
  json.replace(CONTROLS, (control) =>
    control === "\n" ? control : `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A source, or a message that may name sources, with secrets masked and control characters made visible. */
export const visibleSource = (text: string): string => visible(masked(text));

/** The schemas of canonical values, which the rows of all entities use. */
import * as Schema from "effect/Schema";

/** An id as the file has it, not empty. */
export const Id = Schema.String.check(Schema.isMinLength(1));

/** Any text. */
export const Text = Schema.String;

/** ISO 8601 date, as `2026-11-22`. */
export const Day = Schema.String.check(Schema.isPattern(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/));

/** The most digits before the point: 18 digits of millionths fit SQLite's 64-bit INTEGER. */
export const MAX_WHOLE_DIGITS = 12;

/** The shortest decimal with at most six decimals. */
export const Decimal = Schema.String.check(Schema.isPattern(/^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$/));

/** A column that a source may lack (absent) or leave empty (null). */
export const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema));

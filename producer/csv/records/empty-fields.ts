/** Empty fields: those that hold nothing but spaces. Trailing delimiters make them at the end of a record. */

export const isEmpty = (field: string): boolean => field === "" || field.trim() === "";

/** Whether all fields from `start` on are empty. */
export function areEmptyFrom(fields: readonly string[], start: number): boolean {
  for (let i = start; i < fields.length; i++) if (!isEmpty(fields[i] as string)) return false;
  return true;
}

/** The fields without the empty ones at the end. */
export function withoutTrailingEmpty(fields: readonly string[]): readonly string[] {
  let end = fields.length;
  while (end > 0 && isEmpty(fields[end - 1] as string)) end--;
  return end === fields.length ? fields : fields.slice(0, end);
}

/**
 * Whether a line lacks nothing but empty fields at its end. `width`: how many fields the header has; `least`: how many a
 * line has at least.
 */
export const lacksEmptyFields = (fields: readonly string[], width: number, least: number): boolean =>
  fields.length < width &&
  fields.length >= Math.max(2, least) &&
  !isEmpty(fields[fields.length - 1] as string);

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

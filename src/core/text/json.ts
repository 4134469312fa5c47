/** JSON as the product writes it. */

/**
 * A value as JSON, bigints as decimal strings.
 *
 * @throws TypeError for what JSON cannot say at all: undefined, a function, a cycle
 */
export function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} cannot be stored as JSON`);
  return text;
}

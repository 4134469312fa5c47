/** JSON as the product writes it. */

/**
 * A value as JSON, bigints as decimal strings.
 *
 * @throws TypeError for values without JSON: undefined, a function, a cycle
 */
export function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} cannot be stored as JSON`);
  return text;
}

/** The type with its properties that may be undefined as optional ones. */
export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined properties: what is absent has no key, as in JSON. */
export function present<T extends object>(object: T): Present<T> {
  // A loop: it runs for every group of a poll, where arrays of entries cost more than the values.
  const result: Partial<T> = {};
  for (const name in object) if (object[name] !== undefined) result[name] = object[name];
  return result as unknown as Present<T>;
}

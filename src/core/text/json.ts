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

/** The properties of an object that may be undefined become optional. */
export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined properties: absent is a missing key, in memory as in JSON. */
export function present<T extends object>(object: T): Present<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Present<T>;
}

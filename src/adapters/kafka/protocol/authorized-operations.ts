/** What we may do with a resource: brokers return a bit for each operation. */

/** Bit of Describe. */
const DESCRIBE = 8;
/** The value of a broker that does not say. */
const NOT_TOLD = -2_147_483_648;

/**
 * Whether we may describe the resource with these operations; `undefined` when the broker does not
 * say.
 */
export const mayDescribe = (operations: number): boolean | undefined =>
  operations === NOT_TOLD ? undefined : (operations & (1 << DESCRIBE)) !== 0;

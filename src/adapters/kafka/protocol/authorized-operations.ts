/** What we may do, as brokers tell it: a bit for each operation. */

/** Bit of Describe. */
const DESCRIBE = 8;
/** Says that nothing is told. */
const NOT_TOLD = -2_147_483_648;

/** We may describe the resource whose operations these are; `undefined` when the broker does not tell. */
export const mayDescribe = (operations: number): boolean | undefined =>
  operations === NOT_TOLD ? undefined : (operations & (1 << DESCRIBE)) !== 0;

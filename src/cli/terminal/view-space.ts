/** The space that a view may take. */

/** The space of a terminal; absent: no bounds. */
export interface ViewSpace {
  readonly columns?: number;
  readonly rows?: number;
}

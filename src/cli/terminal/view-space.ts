/** The space of a terminal for a view. Absent: unbounded. */
export interface ViewSpace {
  readonly columns?: number;
  readonly rows?: number;
}

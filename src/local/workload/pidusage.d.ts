/** Types of the package `pidusage`, which brings none. */
declare module 'pidusage' {
  namespace pidusage {
    interface Usage {
      /** Processor time used since the process started, milliseconds. */
      readonly ctime: number;
      /** Resident memory, bytes. */
      readonly memory: number;
      /** When it was measured, epoch milliseconds. */
      readonly timestamp: number;
    }
  }
  /** Usage by process id; a process that does not exist is missing or null. */
  function pidusage(pids: number[]): Promise<Record<number, pidusage.Usage | undefined>>;
  export = pidusage;
}

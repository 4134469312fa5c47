/** The package ships no types. */
declare module 'asl-validator' {
  interface Verdict {
    readonly isValid: boolean;
    errorsText(): string;
  }
  /** Checks a definition; it writes defaults into the object it is given. */
  export default function validate(definition: unknown): Verdict;
}

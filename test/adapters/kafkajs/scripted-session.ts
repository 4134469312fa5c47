/** A session whose client answers from a script. A call outside the script fails the test. */
import { failureOf, type KafkajsOutcome } from '#adapters/kafkajs/failures.ts';
import type { Session } from '#adapters/kafkajs/session.ts';

type Admin = Parameters<Parameters<Session['send']>[0]>[0];
/** Calls of the client that a reading makes. */
export type Script = Partial<Pick<Admin, 'listGroups' | 'describeGroups' | 'fetchOffsets' | 'fetchTopicOffsets'>>;

/** An error as kafkajs makes it of an error code. */
export const protocolError = (type: string, message = 'no.'): Error => Object.assign(new Error(message), { type });

export class ScriptedSession implements Session {
  requests = 0;
  readonly broker = 'b1:9092';
  /** Number of new connections. */
  renewals = 0;
  #busy = false;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async send<T>(question: (admin: Admin) => Promise<T>): Promise<KafkajsOutcome<T>> {
    if (this.#busy) throw new Error('kafkajs got two calls at once');
    this.#busy = true;
    this.requests++;
    try {
      return { ok: true, value: await question(this.#script as Admin) };
    } catch (error) {
      if (error instanceof TypeError) throw error; // a call outside the script
      return failureOf(error, 'plaintext');
    } finally {
      this.#busy = false;
    }
  }

  async renew(): Promise<void> {
    this.renewals++;
  }

  async close(): Promise<void> {}
}

/** The connection of one reading: it counts requests, and ends at one deadline. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { within } from '#adapters/kafka-access/deadline.ts';
import { KafkaAuthError, KafkaUnreachableError, WatcherError } from '#core/errors.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import { DEADLINE_PASSED, failureOf, type KafkajsFailure, type KafkajsOutcome, loginFailure } from './failures.ts';
import type { LoginSource } from './login.ts';

/** Wait before a second request: a leader is elected within about that time. */
const PAUSE_MS = 250;
/** Requests that set up a connection. */
const SET_UP = new Set(['ApiVersions', 'SaslHandshake', 'SaslAuthenticate']);

export interface KafkajsSessionOptions {
  /** `host:port` each. */
  readonly bootstrap: readonly string[];
  readonly auth: AuthKind;
  readonly login: LoginSource;
  /** Of the whole reading. A request or a connection attempt may take a third of it. */
  readonly timeoutMs: number;
  readonly clientId: string;
}

export interface Session {
  /** Requests that were answered or given up, without those that set up connections. */
  readonly requests: number;
  /** Broker that answered first. */
  readonly broker: string;
  /**
   * Sends requests of the client, and sends them again when the failure may pass. Wait for each
   * call: kafkajs mixes up concurrent ones.
   */
  send<T>(call: (admin: Admin) => Promise<T>): Promise<KafkajsOutcome<T>>;
  /** Connects again, so that the client forgets earlier requests. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects to the first broker that answers.
 *
 * @throws KafkaUnreachableError naming each broker and why
 * @throws KafkaAuthError when a broker refuses the login, or there are no AWS credentials
 */
export async function openSession(options: KafkajsSessionOptions): Promise<Session> {
  const session = new AdminSession(options);
  await session.connect();
  return session;
}

class AdminSession implements Session {
  requests = 0;
  broker = '';
  readonly #options: KafkajsSessionOptions;
  readonly #deadline: number;
  readonly #leaving: Promise<void>[] = [];
  #admin: Admin | undefined;

  constructor(options: KafkajsSessionOptions) {
    this.#options = options;
    this.#deadline = performance.now() + options.timeoutMs;
  }

  async connect(): Promise<void> {
    const tried = await this.#connectToAny(this.#options.bootstrap);
    if (this.#admin !== undefined) return;
    await this.close();
    const seconds = this.#options.timeoutMs / 1000;
    throw new KafkaUnreachableError(`no Kafka broker answered (deadline ${seconds} s): ${tried.join('; ')}`);
  }

  async send<T>(call: (admin: Admin) => Promise<T>): Promise<KafkajsOutcome<T>> {
    const first = await this.#try(call);
    if (first.ok || !first.again) return first;
    await delay(Math.max(0, Math.min(PAUSE_MS, this.#remainingMs())));
    return this.#try(call);
  }

  async renew(): Promise<void> {
    this.#leave();
    // The broker accepted the login before, so a refusal now passes. The next request fails and
    // says so.
    await this.#connectToAny(new Set([this.broker, ...this.#options.bootstrap])).catch(() => {});
  }

  async close(): Promise<void> {
    this.#leave();
    await Promise.all(this.#leaving);
  }

  /** Connects to the first broker that answers. @returns why the brokers before it failed */
  async #connectToAny(brokers: Iterable<string>): Promise<readonly string[]> {
    const tried: string[] = [];
    for (const broker of brokers) {
      const startedAt = performance.now();
      const failed = await this.#connectTo(broker);
      if (failed === undefined) break;
      tried.push(`${broker}: ${failed.reason} (after ${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    }
    return tried;
  }

  async #connectTo(broker: string): Promise<KafkajsFailure | undefined> {
    let admin: Admin | undefined;
    const count = ({ payload }: { payload: { apiName: string } }) => {
      if (!SET_UP.has(payload.apiName)) this.requests++;
    };
    try {
      const login = await this.#inTime(this.#options.login);
      const client = new Kafka(clientConfig(broker, this.#options, login)).admin();
      admin = client;
      client.on(client.events.REQUEST, count);
      client.on(client.events.REQUEST_TIMEOUT, count);
      await this.#inTime(() => client.connect());
    } catch (error) {
      if (admin !== undefined) this.#leaving.push(admin.disconnect().catch(() => {}));
      if (error instanceof WatcherError) throw error;
      const refusal = loginFailure(error);
      if (refusal !== undefined) throw new KafkaAuthError(`${broker} ${refusal}`, error);
      return this.#failureOf(error);
    }
    this.#admin = admin;
    this.broker = broker;
    return undefined;
  }

  async #try<T>(call: (admin: Admin) => Promise<T>): Promise<KafkajsOutcome<T>> {
    const admin = this.#admin;
    if (admin === undefined) return { ok: false, reason: 'the connection was lost', again: false };
    try {
      return { ok: true, value: await this.#inTime(() => call(admin)) };
    } catch (error) {
      return this.#failureOf(error);
    }
  }

  #failureOf(error: unknown): KafkajsFailure {
    return failureOf(error, this.#options.auth);
  }

  #leave(): void {
    if (this.#admin !== undefined) this.#leaving.push(this.#admin.disconnect().catch(() => {}));
    this.#admin = undefined;
  }

  #remainingMs(): number {
    return this.#deadline - performance.now();
  }

  /** Rejects at the deadline, and drops what comes later. After the deadline it starts nothing. */
  #inTime<T>(start: () => Promise<T>): Promise<T> {
    return within(this.#remainingMs(), start, new Error(DEADLINE_PASSED));
  }
}

function clientConfig(
  broker: string,
  { clientId, timeoutMs }: KafkajsSessionOptions,
  login: Awaited<ReturnType<LoginSource>>,
): KafkaConfig {
  const third = Math.ceil(timeoutMs / 3);
  return {
    clientId,
    brokers: [broker],
    connectionTimeout: Math.min(5_000, third),
    authenticationTimeout: third,
    requestTimeout: third,
    logLevel: logLevel.NOTHING,
    // The client's own retries wrap errors and ignore the deadline.
    retry: { retries: 0 },
    ...login,
  };
}

/**
 * Stands between a reader and one broker: counts connections and requests, and does to them what a
 * test says.
 */
import { createServer, type Server, Socket } from 'node:net';

/** One request of the reader. */
export interface ProxiedRequest {
  /** Number of the request in the protocol. */
  readonly apiKey: number;
  /** All of it but its length. */
  readonly frame: Buffer;
}

/** `swallow`: it is never answered. `reset`: its connection is. */
export type Fate = 'pass' | 'swallow' | 'reset';

export interface ProxyOptions {
  /** Requests are not looked at, since TLS hides them. */
  readonly sealed?: boolean;
}

/** Numbers of requests in the protocol. */
export const API = { listOffsets: 2, metadata: 3, offsetFetch: 9, findCoordinator: 10 } as const;

/** Starts a proxy that listens, and sends nothing on until it knows its broker. */
export const startProxy = async (options: ProxyOptions = {}): Promise<KafkaProxy> => {
  const proxy = new KafkaProxy(options);
  await proxy.listen();
  return proxy;
};

/** One broker as the reader sees it. */
export class KafkaProxy {
  port = 0;
  /** Connections since the last `forget`. */
  accepted = 0;
  /** Requests since then, by their number in the protocol. */
  readonly asked: number[] = [];
  /**
   * Of every request, before it reaches the broker; requests of one connection wait for each other.
   */
  rule: (request: ProxiedRequest) => Fate | Promise<Fate> = () => 'pass';
  /** May change an answer; without the length. */
  answer: (apiKey: number, frame: Buffer) => unknown = () => {};
  readonly #options: ProxyOptions;
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  #target = 0;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#open.size;
  }

  /** `host:port` of the broker. */
  to(address: string): void {
    this.#target = Number(address.split(':').at(-1));
  }

  count = (apiKey: number): number => this.asked.filter((key) => key === apiKey).length;

  /** Lets all pass again, and counts from zero. */
  forget(): void {
    this.rule = () => 'pass';
    this.answer = () => {};
    this.accepted = 0;
    this.asked.length = 0;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
  }

  /** Nothing listens any more, and what was connected is reset. */
  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resets what is connected. */
  reset(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  #accept(client: Socket): void {
    this.accepted++;
    this.#open.add(client);
    const broker = new Socket();
    broker.connect(this.#target, '127.0.0.1');
    // Where either side is cut off, the other is closed below.
    for (const socket of [client, broker]) socket.on('error', () => {});
    client.on('close', () => {
      this.#open.delete(client);
      broker.destroy();
    });
    broker.on('close', () => client.destroy());
    if (this.#options.sealed) {
      client.pipe(broker).pipe(client);
      return;
    }
    this.#relay(client, broker);
  }

  #relay(client: Socket, broker: Socket): void {
    const pending = new Map<number, number>();
    let before = Promise.resolve();
    const passOn = async (frame: Buffer) => {
      const request = { apiKey: frame.readInt16BE(0), frame };
      this.asked.push(request.apiKey);
      const fate = await this.rule(request);
      if (fate === 'reset') client.resetAndDestroy();
      if (fate !== 'pass') return;
      pending.set(frame.readInt32BE(4), request.apiKey);
      broker.write(framed(frame));
    };
    client.on(
      'data',
      inFrames((frame) => {
        before = before.then(() => passOn(frame));
      }),
    );
    broker.on(
      'data',
      inFrames((frame) => {
        this.answer(pending.get(frame.readInt32BE(0)) ?? -1, frame);
        client.write(framed(frame));
      }),
    );
  }
}

function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

/** Cuts a stream of bytes into what it is made of. */
function inFrames(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      take(Buffer.from(rest.subarray(4, end)));
      rest = rest.subarray(end);
    }
  };
}

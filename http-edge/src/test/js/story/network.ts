// Somebody's way to the server, which can be cut, or lose or hold back what goes over it.

import { once } from 'node:events';
import net from 'node:net';

interface Pair { client: net.Socket; server: net.Socket }

export class Network {
  readonly #target: URL;
  readonly #listener: net.Server;
  readonly #pairs = new Set<Pair>();
  #isCut = false;
  #losesAnswers = false;
  #held: (() => void)[] | undefined;

  private constructor(target: URL) {
    this.#target = target;
    this.#listener = net.createServer((client) => this.#join(client));
  }

  static async to(url: string): Promise<Network> {
    const network = new Network(new URL(url));
    network.#listener.listen(0, '127.0.0.1');
    await once(network.#listener, 'listening');
    return network;
  }

  get url(): string { return `http://127.0.0.1:${(this.#listener.address() as net.AddressInfo).port}`; }

  #join(client: net.Socket): void {
    if (this.#isCut) {
      client.destroy();
      return;
    }
    const server = net.connect(Number(this.#target.port), this.#target.hostname);
    const pair = { client, server };
    this.#pairs.add(pair);
    client.on('data', (bytes) => { if (this.#held) this.#held.push(() => server.write(bytes)); else server.write(bytes); });
    server.on('data', (bytes) => { if (!this.#losesAnswers) client.write(bytes); });
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}); // and then it closes
      socket.on('close', () => {
        client.destroy();
        server.destroy();
        this.#pairs.delete(pair);
      });
    }
  }

  /** All connections end, and no other comes about. */
  cut(): void {
    this.#isCut = true;
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  mend(): void {
    this.#isCut = false;
    this.#losesAnswers = false;
  }

  /** The server hears everything, and is not heard. */
  loseAnswers(): void { this.#losesAnswers = true; }

  /** What the client says from now on is on its way, until {@link release}; the server is heard. */
  hold(): void { this.#held ??= []; }

  /** What is on its way arrives, and what is said next is on its way again. */
  pass(): void { this.#held?.splice(0).forEach((write) => write()); }

  release(): void {
    this.pass();
    this.#held = undefined;
  }

  end(): void {
    this.cut();
    this.#listener.close();
  }
}

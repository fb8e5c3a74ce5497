// Somebody's way to the server, which can be cut, or lose what comes back over it.

import { once } from 'node:events';
import net from 'node:net';

export class Network {
  #target; #listener; #pairs = new Set(); #isCut = false; #losesAnswers = false;

  constructor(target) {
    this.#target = target;
    this.#listener = net.createServer((client) => this.#join(client));
  }

  static async to(url) {
    const network = new Network(new URL(url));
    network.#listener.listen(0, '127.0.0.1');
    await once(network.#listener, 'listening');
    return network;
  }

  get url() { return `http://127.0.0.1:${this.#listener.address().port}`; }

  #join(client) {
    if (this.#isCut) {
      client.destroy();
      return;
    }
    const server = net.connect(Number(this.#target.port), this.#target.hostname);
    const pair = [client, server];
    this.#pairs.add(pair);
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => { if (!this.#losesAnswers) client.write(bytes); });
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => {}); // and then it closes
      socket.on('close', () => {
        for (const end of pair) end.destroy();
        this.#pairs.delete(pair);
      });
    }
  }

  /** All connections end, and no other comes about. */
  cut() {
    this.#isCut = true;
    for (const pair of this.#pairs) for (const end of pair) end.destroy();
  }

  mend() {
    this.#isCut = false;
    this.#losesAnswers = false;
  }

  /** The server hears everything, and is not heard. */
  loseAnswers() { this.#losesAnswers = true; }

  end() {
    this.cut();
    this.#listener.close();
  }
}

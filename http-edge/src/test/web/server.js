// The real server as a process of its own that can be killed and started again over the same data.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

const UP_WITHIN_MS = 120_000;
const POLL_MS = 100;
const MAIN = process.env.SKEIN_TEST_MAIN ?? 'io.skein.edge.Main serve';
const FLAGS = ['--sun-misc-unsafe-memory-access=allow', '--enable-native-access=ALL-UNNAMED'];

/**
 * SKEIN_TEST_JAVA: the java program; CLASSPATH and SKEIN_TEST_MAIN: what it runs, by default the server as users have it; `directory`: where data
 * and log go; SKEIN_TEST_BINARIES: a folder of PostgreSQL's programs, which take seconds to unpack.
 */
export class Server {
  #directory; #port; #process; #log;

  constructor(directory, port) {
    this.#directory = directory;
    this.#port = port;
    this.#log = createWriteStream(path.join(directory, 'server.log'), { flags: 'a' });
  }

  static async start(directory) {
    const server = new Server(directory, await freePort());
    mkdirSync(process.env.SKEIN_TEST_BINARIES, { recursive: true });
    mkdirSync(path.join(directory, 'data', 'postgresql'), { recursive: true });
    symlinkSync(process.env.SKEIN_TEST_BINARIES, path.join(directory, 'data', 'postgresql', 'binaries'));
    await server.start();
    return server;
  }

  get url() { return `http://127.0.0.1:${this.#port}`; }

  /** Resolves once it answers. */
  async start() {
    this.#process = spawn(process.env.SKEIN_TEST_JAVA, [...FLAGS, ...MAIN.split(' ')], {
      env: { ...process.env, SKEIN_HTTP_PORT: String(this.#port), SKEIN_MANAGEMENT_PORT: '0', SKEIN_DATA_DIR: path.join(this.#directory, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout.pipe(this.#log, { end: false });
    this.#process.stderr.pipe(this.#log, { end: false });
    const deadline = Date.now() + UP_WITHIN_MS;
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null) throw new Error(`the server ended with ${this.#process.exitCode}, see ${this.#log.path}`);
      if (Date.now() > deadline) throw new Error(`the server does not answer, see ${this.#log.path}`);
      await after(POLL_MS);
    }
  }

  async #answers() {
    try {
      return (await fetch(`${this.url}/v1/modules`)).ok;
    } catch {
      return false; // not yet
    }
  }

  /** kill -9: no goodbye, nothing flushed. */
  kill() { return this.#end('SIGKILL'); }

  /** Also takes the embedded PostgreSQL down. */
  stop() { return this.#end('SIGTERM'); }

  async #end(signal) {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

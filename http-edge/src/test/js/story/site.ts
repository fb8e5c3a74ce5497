// The studio page as its makers would put it out: with bindings that the server generates, bundled, from a host of its own.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export class Site {
  readonly #server: Server;

  private constructor(page: Buffer, script: Uint8Array) {
    this.#server = createServer((request, response) => {
      const asked = new URL(request.url ?? '/', 'http://here').pathname;
      if (asked === '/') response.setHeader('content-type', 'text/html').end(page);
      else if (asked === '/main.js') response.setHeader('content-type', 'text/javascript').end(script);
      else response.writeHead(404).end();
    });
  }

  static async open(skein: string): Promise<Site> {
    const bindings = await fetch(`${skein}/v1/modules/studio/bindings.ts`);
    assert.equal(bindings.status, 200);
    await mkdir(file('../generated'), { recursive: true });
    await writeFile(file('../generated/studio.ts'), await bindings.text());
    const bundle = await build({ entryPoints: [file('page/main.ts')], bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', sourcemap: 'inline', logLevel: 'silent' });
    const site = new Site(await readFile(file('page/index.html')), bundle.outputFiles[0]!.contents);
    site.#server.listen(0, '127.0.0.1');
    await once(site.#server, 'listening');
    return site;
  }

  get url(): string { return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`; }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

// The real Chromium on pages of the package's own files, and of what a test answers besides.

import { accessSync, constants, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The browser's program; undefined: there is none here. SKEIN_TEST_CHROMIUM names another one. */
export const program = process.env.SKEIN_TEST_CHROMIUM ?? (process.env.PATH ?? '').split(path.delimiter)
  .flatMap((folder) => NAMES.map((name) => path.join(folder, name)))
  .find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false; // not here
    }
  });

/** For `skip` of a test. */
export const lacking = program === undefined && `no Chromium on the PATH, neither as ${NAMES.join(', ')}`;

export async function launch() {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: program, args: FLAGS });
}

/**
 * Serves `/src/…` and `/test/…`, an empty page at `/`, and what `answer(request, response)` takes (true).
 * @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean} [answer]
 */
export async function serve(answer = () => false) {
  const server = createServer((request, response) => {
    if (answer(request, response)) return;
    const name = new URL(request.url ?? '/', 'http://local').pathname;
    if (name === '/') return void response.setHeader('content-type', 'text/html').end('<!doctype html><title>test</title>');
    if (!/^\/(src|test\/browser)\/[\w/-]+\.js$/.test(name)) return void response.writeHead(404).end();
    return void response.setHeader('content-type', 'text/javascript').end(readFileSync(path.join(ROOT, name)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://localhost:${port}/`,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

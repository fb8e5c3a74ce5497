// Clients of a bank, in one process: so many connections, each with so many transfers in flight, for as long as they are wanted.
//
// The one argument is JSON, see Orders in teller.ts. On standard input, a line each: `start`; `open` and `close`, the ends of the window that is
// measured; `stop`. On standard output, a line of JSON each: `connected`, `window`, `stopped`. What goes wrong ends the process with 1.

import { Console } from 'node:console';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { WebSocket } from 'undici';
import { chooser } from './choice.ts';
import { Tally } from './tally.ts';
import { Refusal, type Orders, type Teller } from './teller.ts';

// The SDK takes the global one where there is one, as Node has it from 22 on; the clients of the reference take the same.
// What it logs belongs with the complaints: standard output is for answers.
Object.assign(globalThis, { WebSocket, console: new Console(process.stderr) });

const orders: Orders = JSON.parse(process.argv[2]);
const tally = new Tally(orders.accounts);
let stopping = false;

function say(message: object): void {
  process.stdout.write(JSON.stringify(message) + '\n');
}

function fail(what: string, error?: unknown): never {
  console.error(what, error ?? '');
  process.exit(1);
}

function lost(error?: Error): void {
  if (!stopping) fail('a connection was lost', error);
}

async function connect(): Promise<Teller> {
  const { open } = await import(orders.system === 'skein' ? './skein.ts' : './rpc.ts');
  return open(orders, lost);
}

/** One transfer after the other. */
async function work(teller: Teller, choose: () => number): Promise<void> {
  while (!stopping) {
    const from = choose();
    let to = choose();
    while (to === from) to = choose();
    const begun = performance.now();
    try {
      await teller.transfer(from, to);
      tally.accepted(from, to, performance.now() - begun);
    } catch (error) {
      if (!(error instanceof Refusal)) fail('a transfer failed', error);
      tally.refused(error.message);
    }
  }
}

async function main(): Promise<void> {
  const choose = chooser(orders.accounts, orders.exponent, orders.seed);
  const tellers = await Promise.all(Array.from({ length: orders.connections }, connect));
  let working: Promise<unknown> = Promise.resolve();
  say({ said: 'connected' });
  for await (const line of createInterface({ input: process.stdin })) {
    switch (line) {
      case 'start':
        working = Promise.all(tellers.flatMap((teller) => Array.from({ length: orders.inFlight }, () => work(teller, choose))));
        break;
      case 'open':
        tally.open();
        break;
      case 'close':
        say({ said: 'window', ...tally.close() });
        break;
      case 'stop':
        stopping = true;
        await working;
        tellers.forEach((teller) => teller.close());
        writeFileSync(orders.flows, tally.flows);
        say({ said: 'stopped', ...tally.totals() });
        process.exit(0);
      default:
        fail(`no such order: ${line}`);
    }
  }
  fail('nobody gives orders any more');
}

main().catch((error) => fail('the clients failed', error));

// The client that goes with peers/rpc-postgres: the same sockets, JSON in them.

import { WebSocket } from 'undici';
import { Refusal, type Orders, type Teller } from './teller.ts';

interface Waiting {
  resolve(): void;
  reject(refusal: Refusal): void;
}

export function open(orders: Orders, lost: (error?: Error) => void): Promise<Teller> {
  return new Promise((resolve) => {
    const socket = new WebSocket(orders.url.replace(/^http/, 'ws'));
    const waiting = new Map<number, Waiting>();
    let calls = 0;
    socket.onclose = () => lost();
    socket.onmessage = ({ data }) => {
      const answer = JSON.parse(data as string);
      const call = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.ok) call?.resolve();
      else call?.reject(new Refusal(answer.error));
    };
    const transfer = (from: number, to: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const id = calls++;
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method: 'transfer', params: { from, to, amount: 1 } }));
      });
    socket.onopen = () => resolve({ transfer, close: () => socket.close() });
  });
}

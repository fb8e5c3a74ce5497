// The npm package spacetimedb as it is published, with the bindings that the server makes of its module bank.

import { InternalError, SenderError } from 'spacetimedb';
import { DbConnection } from './generated/bank.ts';
import { Refusal, type Orders, type Teller } from './teller.ts';

export function open(orders: Orders, lost: (error?: Error) => void): Promise<Teller> {
  return new Promise((resolve, reject) => {
    DbConnection.builder()
      .withUri(orders.url)
      .withDatabaseName(orders.database)
      .withConfirmedReads(true)
      .onConnect((conn) => resolve(tellerOf(conn)))
      .onConnectError((_ctx, error) => reject(error))
      .onDisconnect((_ctx, error) => lost(error))
      .build();
  });
}

function tellerOf(conn: DbConnection): Teller {
  return {
    async transfer(from, to) {
      try {
        await conn.reducers.transfer({ from, to, amount: 1n });
      } catch (error) {
        if (error instanceof SenderError || error instanceof InternalError) throw new Refusal(error.message);
        throw error;
      }
    },
    close: () => conn.disconnect(),
  };
}

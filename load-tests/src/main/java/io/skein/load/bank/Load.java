package io.skein.load.bank;

/**
 * What every bank is asked to do.
 *
 * @param accounts all with the same balance at first
 * @param connections in all processes of clients together
 * @param inFlight transfers of each connection
 * @param processes of clients, among which the connections are dealt out
 * @param warmUpSeconds under full load, not measured
 * @param seed of the dice that choose accounts
 */
record Load(
        int accounts,
        long initialBalance,
        int connections,
        int inFlight,
        int processes,
        int warmUpSeconds,
        int seconds,
        int seed) {
    Load {
        if (accounts < 2 || connections < 1 || inFlight < 1 || processes < 1 || processes > connections) {
            throw new IllegalArgumentException("a bank needs two accounts, and each process of clients a connection");
        }
    }

    String describe() {
        return ("%,d accounts, %d connections in %d processes, each connection with %d transfers in flight;"
                        + " %d s after %d s of warm-up; seed %d")
                .formatted(accounts, connections, processes, inFlight, seconds, warmUpSeconds, seed);
    }
}

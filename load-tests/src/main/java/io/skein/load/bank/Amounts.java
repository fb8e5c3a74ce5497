package io.skein.load.bank;

import java.util.Arrays;

/** An amount for each account, 0 to n-1: balances, or what came to less went from it. */
final class Amounts {
    private final long[] byAccount;

    private Amounts(long[] byAccount) {
        this.byAccount = byAccount;
    }

    /** Those given, which may be changed afterwards. */
    static Amounts of(long... byAccount) {
        return new Amounts(byAccount.clone());
    }

    int accounts() {
        return byAccount.length;
    }

    long of(int account) {
        return byAccount[account];
    }

    long sum() {
        return Arrays.stream(byAccount).sum();
    }

    @Override
    public String toString() {
        return "%,d in %,d accounts".formatted(sum(), byAccount.length);
    }
}

package io.skein.load.bank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a bank says of itself at a moment of rest.
 *
 * @param committed transfers so far, as the server counts them; only differences mean something
 * @param balances of the accounts, by id
 */
record Books(long committed, long[] balances) {
    private static final int MAX_EXAMPLES = 3;

    /**
     * What is wrong with these books if clients had these answers since the books of before. Empty: nothing.
     *
     * @param accepted transfers that were answered as done
     * @param flows what came to less went from each account by them
     */
    List<String> findings(Books before, long accepted, long[] flows) {
        var findings = new ArrayList<String>();
        if (balances.length != before.balances.length) {
            findings.add("%,d accounts became %,d".formatted(before.balances.length, balances.length));
            return findings;
        }
        if (committed - before.committed != accepted) {
            findings.add("clients know of %,d transfers, the server of %,d"
                    .formatted(accepted, committed - before.committed));
        }
        if (sum() != before.sum()) {
            findings.add("the sum of all balances was %,d and is %,d".formatted(before.sum(), sum()));
        }
        long wrong = 0;
        for (int id = 0; id < balances.length; id++) {
            long wanted = before.balances[id] + flows[id];
            if (balances[id] != wanted && wrong++ < MAX_EXAMPLES) {
                findings.add("account %d has %,d, by its clients' answers %,d".formatted(id, balances[id], wanted));
            }
        }
        if (wrong > MAX_EXAMPLES) {
            findings.add("%,d accounts in all are not what clients were told".formatted(wrong));
        }
        return findings;
    }

    long sum() {
        return Arrays.stream(balances).sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Books books
                && committed == books.committed
                && Arrays.equals(balances, books.balances);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(committed) + Arrays.hashCode(balances);
    }

    @Override
    public String toString() {
        return "%,d transfers, %,d accounts with %,d in all".formatted(committed, balances.length, sum());
    }
}

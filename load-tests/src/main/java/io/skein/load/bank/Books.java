package io.skein.load.bank;

import java.util.ArrayList;
import java.util.List;

/**
 * What a bank says of itself at a moment of rest.
 *
 * @param committed transfers so far, as the server counts them; only differences mean something
 * @param balances of the accounts, by id
 */
record Books(long committed, Amounts balances) {
    private static final int MAX_EXAMPLES = 3;

    /**
     * What is wrong with these books if clients had these answers since the books of before. Empty: nothing.
     *
     * @param accepted transfers that were answered as done
     * @param flows what came to less went from each account by them
     */
    List<String> findings(Books before, long accepted, Amounts flows) {
        var findings = new ArrayList<String>();
        if (balances.accounts() != before.balances.accounts()) {
            findings.add("%,d accounts became %,d".formatted(before.balances.accounts(), balances.accounts()));
            return findings;
        }
        if (committed - before.committed != accepted) {
            findings.add("clients know of %,d transfers, the server of %,d"
                    .formatted(accepted, committed - before.committed));
        }
        if (balances.sum() != before.balances.sum()) {
            findings.add("the sum of all balances was %,d and is %,d".formatted(before.balances.sum(), balances.sum()));
        }
        long wrong = 0;
        for (int id = 0; id < balances.accounts(); id++) {
            long wanted = before.balances.of(id) + flows.of(id);
            if (balances.of(id) != wanted && wrong++ < MAX_EXAMPLES) {
                findings.add("account %d has %,d, by its clients' answers %,d".formatted(id, balances.of(id), wanted));
            }
        }
        if (wrong > MAX_EXAMPLES) {
            findings.add("%,d accounts in all are not what clients were told".formatted(wrong));
        }
        return findings;
    }
}

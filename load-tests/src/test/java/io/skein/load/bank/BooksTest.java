package io.skein.load.bank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BooksTest {
    private static final Books BEFORE = books(7, 100, 100, 100);

    /** Two transfers from 0 to 1, one from 1 to 2. */
    private static final Amounts FLOWS = Amounts.of(-2, 1, 1);

    private static Books books(long committed, long... balances) {
        return new Books(committed, Amounts.of(balances));
    }

    private static List<String> findings(Books after) {
        return after.findings(BEFORE, 3, FLOWS);
    }

    @Test
    void booksThatAreWhatClientsWereTold() {
        assertEquals(List.of(), findings(books(10, 98, 101, 101)));
    }

    @Test
    void aTransferThatNobodyWasTold() {
        List<String> found = findings(books(11, 97, 102, 101));
        assertEquals("clients know of 3 transfers, the server of 4", found.getFirst());
        assertEquals(3, found.size());
    }

    @Test
    void aTransferToTheWrongAccount() {
        assertEquals(
                List.of(
                        "account 1 has 100, by its clients' answers 101",
                        "account 2 has 102, by its clients' answers 101"),
                findings(books(10, 98, 100, 102)));
    }

    @Test
    void halfATransfer() {
        assertTrue(findings(books(10, 98, 101, 100)).contains("the sum of all balances was 300 and is 299"));
    }

    @Test
    void anAccountThatIsGone() {
        assertEquals(List.of("3 accounts became 2"), findings(books(10, 98, 101)));
    }

    @Test
    void manyWrongAccountsAreCounted() {
        Amounts nothing = Amounts.of(new long[50]);
        long[] shifted = new long[50];
        Arrays.setAll(shifted, id -> id % 2 == 0 ? 1 : -1);
        List<String> found = books(0, shifted).findings(new Books(0, nothing), 0, nothing);
        assertEquals(4, found.size());
        assertEquals("50 accounts in all are not what clients were told", found.getLast());
    }
}

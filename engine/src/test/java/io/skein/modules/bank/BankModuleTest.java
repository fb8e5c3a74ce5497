package io.skein.modules.bank;

import static io.skein.modules.bank.BankModule.ACCOUNTS;
import static io.skein.modules.bank.BankModule.SEEDING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.membership.Membership;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.bank.BankModule.Account;
import io.skein.modules.bank.BankModule.Seed;
import io.skein.modules.bank.BankModule.Transfer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BankModuleTest {
    private final TestWorkspace bank = TestWorkspace.of(new BankModule());

    private void seed(int n, long balance) {
        bank.accepted("seed", new Seed(n, balance));
        bank.runScheduled(bank.time().plusSeconds(1));
        assertEquals(List.of(), bank.rows(SEEDING));
    }

    private long balance(int id) {
        return bank.find(ACCOUNTS, id).orElseThrow().balance();
    }

    private void rejected(String reason, int from, int to, long amount) {
        assertEquals(
                reason, bank.refused("transfer", new Transfer(from, to, amount)).reason());
    }

    @Test
    void transfers_moveMoney() {
        seed(3, 100);
        bank.accepted("transfer", new Transfer(0, 1, 30));
        bank.accepted("transfer", new Transfer(1, 2, 130));
        assertEquals(
                List.of(70L, 0L, 230L),
                IntStream.range(0, 3).mapToObj(this::balance).toList());
    }

    @Test
    void V1_transfers_that_cannot_be_are_rejected_with_the_reason() {
        seed(2, 100);
        rejected("invalid_amount", 0, 1, 0);
        rejected("invalid_amount", 0, 1, -5);
        rejected("same_account", 1, 1, 5);
        rejected("unknown_account", 0, 2, 5);
        rejected("unknown_account", -1, 0, 5);
        rejected("insufficient_balance", 0, 1, 101);
        assertEquals(List.of(new Account(0, 100), new Account(1, 100)), bank.rows(ACCOUNTS));
        seed(2, Long.MAX_VALUE);
        rejected("balance_overflow", 0, 1, 1);
    }

    @Test
    void unknownAccounts_areNamedWithoutASign() {
        seed(1, 100);
        assertTrue(bank.refused("transfer", new Transfer(-1, 0, 1)).message().contains("4294967295"));
    }

    @Test
    void M1_strangers_of_a_public_bank_transfer_and_do_not_seed() {
        seed(2, 100);
        TestCaller stranger = bank.as("stranger");
        assertEquals(
                ErrorCode.FORBIDDEN,
                stranger.refused("transfer", new Transfer(0, 1, 1)).code());
        bank.accepted(Membership.SET_ACCESS, new Membership.SetAccess(Access.PUBLIC_WRITE));
        stranger.accepted("transfer", new Transfer(0, 1, 1));
        assertEquals(101, balance(1));
        assertEquals(
                ErrorCode.FORBIDDEN, stranger.refused("seed", new Seed(2, 1)).code());
        bank.member("ann", Role.ADMIN).accepted("seed", new Seed(2, 1));
    }

    @Test
    void seedingAgain_startsAgain() {
        seed(20_000, 100);
        bank.accepted("transfer", new Transfer(0, 19_999, 30));
        seed(9_000, 7);
        assertEquals(9_000, bank.rows(ACCOUNTS).size());
        assertTrue(bank.rows(ACCOUNTS).stream().allMatch(account -> account.balance() == 7));
        seed(0, 7);
        assertEquals(List.of(), bank.rows(ACCOUNTS));
    }

    @Test
    void aHundredThousandAccounts_areSeededInTransactionsWithinTheLimit() {
        bank.accepted("seed", new Seed(100_000, 1_000));
        assertEquals(BankModule.SEED_BATCH, bank.rows(ACCOUNTS).size());
        rejected("seeding", 0, 1, 1);
        assertEquals("seeding", bank.refused("seed", new Seed(1, 1)).reason());
        bank.restart();
        bank.runScheduled(bank.time().plusSeconds(1));
        assertEquals(List.of(), bank.rows(SEEDING));
        assertEquals(100_000, bank.rows(ACCOUNTS).size());
        assertEquals(1_000, balance(99_999));
        bank.accepted("transfer", new Transfer(0, 99_999, 1));
    }

    @Test
    void seeds_haveBounds() {
        assertEquals(
                "too_many_accounts",
                bank.refused("seed", new Seed(BankModule.MAX_ACCOUNTS + 1, 1)).reason());
        assertEquals("too_many_accounts", bank.refused("seed", new Seed(-1, 1)).reason());
        assertEquals("invalid_balance", bank.refused("seed", new Seed(1, -1)).reason());
        bank.accepted("seed", new Seed(0, 1));
        assertEquals(List.of(), bank.rows(SEEDING));
    }
}

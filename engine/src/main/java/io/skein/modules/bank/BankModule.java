package io.skein.modules.bank;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableWriter;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.schema.Unsigned;

/**
 * Accounts and transfers between them: the workload that SpacetimeDB's public benchmark measures, with its names. No money comes or goes but by {@code seed}.
 *
 * <p>A transaction may change as many rows as the settings say ({@code skein.workspace.max-transaction-operations}), which is less than
 * a bank may have accounts. So {@code seed} fills the first {@value #SEED_BATCH} and schedules the next transaction of the same kind until
 * all are there. While that goes on there is a row in {@code seeding}, and transfers and other seeds are rejected: nobody acts on half a
 * bank. Clients wait for that row to go.
 */
public final class BankModule implements Module {
    /** @param balance never negative */
    public record Account(@Key @Unsigned int id, long balance) {}

    /**
     * A seed that is not done.
     *
     * @param id always 0: there is one at most
     * @param next the first account that is still as it was before
     * @param n accounts there will be, 0 to n-1
     */
    public record Seeding(
            @Key int id, @Unsigned int next, @Unsigned int n, long initialBalance) {}

    public record Seed(@Unsigned int n, long initialBalance) {}

    public record Transfer(@Unsigned int from, @Unsigned int to, long amount) {}

    /** The rest of a seed; its state is the row in {@link #SEEDING}. */
    public record SeedMore() {}

    public static final Table<Account> ACCOUNTS = Table.of("accounts", Account.class);
    public static final Table<Seeding> SEEDING = Table.of("seeding", Seeding.class);

    /** Accounts that one transaction fills or removes; well below the default limit of row operations. */
    public static final int SEED_BATCH = 8_000;

    /** What still fits a workspace of the default size many times over. */
    public static final int MAX_ACCOUNTS = 1_000_000;

    private static final int THE_SEEDING = 0;

    @Override
    public void define(Definition module) {
        module.name("bank").version(1);
        module.table(ACCOUNTS);
        module.table(SEEDING);
        module.reducer("seed", Seed.class, Role.ADMIN, BankModule::seed);
        module.reducer("transfer", Transfer.class, Role.EDITOR, BankModule::transfer);
        module.internal(
                "seed_more",
                SeedMore.class,
                (tx, _) -> tx.in(SEEDING).find(THE_SEEDING).ifPresent(seeding -> fill(tx, seeding)));
    }

    /** Makes the bank exactly the accounts 0 to n-1 with this balance each, whatever was there: seeding again is starting again. */
    private static void seed(Tx tx, Seed in) {
        requireSeeded(tx);
        tx.require(
                Integer.compareUnsigned(in.n(), MAX_ACCOUNTS) <= 0,
                "too_many_accounts",
                "a bank has at most " + MAX_ACCOUNTS + " accounts");
        tx.require(in.initialBalance() >= 0, "invalid_balance", "a balance is not negative");
        fill(tx, new Seeding(THE_SEEDING, 0, in.n(), in.initialBalance()));
    }

    /** Fills the next accounts, or removes those beyond the last; ids have no gaps, so the first that is missing ends it. */
    private static void fill(Tx tx, Seeding seeding) {
        TableWriter<Account> accounts = tx.in(ACCOUNTS);
        int end = seeding.next() + SEED_BATCH;
        for (int id = seeding.next(); id < end; id++) {
            if (id < seeding.n()) {
                accounts.upsert(new Account(id, seeding.initialBalance()));
            } else if (!accounts.delete(id)) {
                tx.in(SEEDING).delete(THE_SEEDING);
                return;
            }
        }
        tx.in(SEEDING).upsert(new Seeding(THE_SEEDING, end, seeding.n(), seeding.initialBalance()));
        tx.schedule(tx.time(), "seed_more", new SeedMore());
    }

    private static void transfer(Tx tx, Transfer in) {
        requireSeeded(tx);
        tx.require(in.amount() > 0, "invalid_amount", "an amount is greater than 0");
        tx.require(in.from() != in.to(), "same_account", "from an account to itself");
        Account from = account(tx, in.from());
        Account to = account(tx, in.to());
        tx.require(from.balance() >= in.amount(), "insufficient_balance");
        tx.require(to.balance() <= Long.MAX_VALUE - in.amount(), "balance_overflow");
        tx.in(ACCOUNTS).update(new Account(from.id(), from.balance() - in.amount()));
        tx.in(ACCOUNTS).update(new Account(to.id(), to.balance() + in.amount()));
    }

    private static void requireSeeded(Tx tx) {
        tx.require(
                tx.in(SEEDING).size() == 0,
                "seeding",
                "accounts are being made; wait until the table seeding is empty");
    }

    private static Account account(Tx tx, int id) {
        return tx.in(ACCOUNTS)
                .find(id)
                .orElseThrow(() -> tx.reject("unknown_account", "there is no account " + Integer.toUnsignedString(id)));
    }
}

package io.skein.modules.spaces;

import static io.skein.modules.spaces.SpaceTables.SECRETS;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Tx;
import io.skein.modules.spaces.SpaceTables.SecretEntry;
import io.skein.modules.spaces.SpacesModule.DeleteSecret;
import io.skein.modules.spaces.SpacesModule.GivenSecret;
import io.skein.modules.spaces.SpacesModule.SaveSecrets;
import java.util.Optional;

/** What members of a space know and others do not: keys of services, for the most part. */
final class Secrets {
    static final int MAX_SECRETS = 1_000;

    /** Characters. */
    static final int MAX_KEY = 256;

    /** Characters. */
    static final int MAX_VALUE = 16 << 10;

    private Secrets() {}

    static void save(Tx tx, SaveSecrets in) {
        requireMember(tx);
        for (GivenSecret given : in.secrets()) {
            requireFits(tx, given);
            Optional<SecretEntry> there = tx.in(SECRETS).find(given.key());
            tx.require(
                    there.isPresent() || tx.in(SECRETS).size() < MAX_SECRETS,
                    "too_many_secrets",
                    "a space has at most %,d secrets".formatted(MAX_SECRETS));
            if (!there.map(SecretEntry::value).equals(Optional.of(given.value()))) {
                tx.in(SECRETS).upsert(new SecretEntry(given.key(), given.value(), tx.sender(), tx.time()));
            }
        }
    }

    static void delete(Tx tx, DeleteSecret in) {
        requireMember(tx);
        tx.require(tx.in(SECRETS).delete(in.key()), "secret_missing");
    }

    /** Who may write in a public space need not be a member. */
    private static void requireMember(Tx tx) {
        tx.require(
                tx.in(SystemTables.MEMBER).find(tx.sender()).isPresent(),
                "not_a_member",
                "a space's secrets are its members'");
    }

    private static void requireFits(Tx tx, GivenSecret given) {
        tx.require(
                !given.key().isBlank() && given.key().length() <= MAX_KEY,
                "bad_secret",
                "a secret's key has 1 to " + MAX_KEY + " characters");
        tx.require(
                given.value().length() <= MAX_VALUE,
                "bad_secret",
                "a secret has at most %,d characters".formatted(MAX_VALUE));
    }
}

package io.skein.edge.api;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Query;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A module with something of every kind: column types, table kinds, rules about who sees what, and a hook at creation. */
public final class LabModule implements Module {
    public enum Size {
        SMALL,
        LARGE
    }

    public record Point(double x, double y) {}

    /** Every column type. */
    public record Sample(
            @Key String id,
            boolean flag,
            int count,
            long bigCount,
            double ratio,
            Bytes blob,
            Instant takenAt,
            Identity takenBy,
            Size size,
            Optional<String> comment,
            List<Integer> marks,
            Point place,
            Json extra) {}

    public record Seat(@Key int tableNo, @Key int seatNo, String guest) {}

    /** A multiset. */
    public record Tick(String what) {}

    /** Seen by its author alone. */
    public record Secret(@Key String id, Identity author, String text) {}

    /** Sealed wherever it is kept. */
    public record Vault(
            @io.skein.engine.schema.Secret String text,
            @Key String id,
            @io.skein.engine.schema.Secret Optional<String> hint) {}

    public record Hint(String id) {}

    public record Author(Identity author, long rows) {}

    /** Seen by admins. */
    public record Audit(@Key String id, String text) {}

    public record Bang(String what) {}

    /** Made when the workspace is. */
    public record Setting(@Key String name, String value) {}

    public record PutSeat(
            int tableNo, int seatNo, @Default("nobody") String guest) {}

    public record AddTicks(String what, int times) {}

    public record WriteSecret(String id, String text) {}

    public record Say(String text) {}

    public static final Table<Sample> SAMPLES = Table.of("sample", Sample.class);
    public static final Table<Seat> SEATS = Table.of("seat", Seat.class);
    public static final Table<Tick> TICKS = Table.of("tick", Tick.class);
    public static final Table<Secret> SECRETS = Table.of("secret", Secret.class);
    public static final Table<Vault> VAULTS = Table.of("vault", Vault.class);
    public static final Table<Audit> AUDITS = Table.of("audit", Audit.class);
    public static final Table<Bang> BANGS = Table.event("bang", Bang.class);
    public static final Table<Setting> SETTINGS = Table.of("setting", Setting.class);

    @Override
    public void define(Definition module) {
        module.name("lab").version(3);
        module.table(SAMPLES);
        module.table(SEATS);
        module.table(TICKS);
        module.table(SECRETS).visibleWhen((viewer, secret, _) -> secret.author().equals(viewer.identity()));
        module.table(VAULTS);
        module.table(AUDITS).readableBy(Role.ADMIN);
        module.table(BANGS);
        module.table(SETTINGS);
        module.onCreate(tx -> tx.in(SETTINGS).insert(new Setting("theme", "plain")));
        module.reducer(
                "put_sample",
                Sample.class,
                Role.EDITOR,
                (tx, in) -> tx.in(SAMPLES).upsert(in));
        module.reducer(
                "put_seat",
                PutSeat.class,
                Role.EDITOR,
                (tx, in) -> tx.in(SEATS).upsert(new Seat(in.tableNo(), in.seatNo(), in.guest())));
        module.reducer("add_ticks", AddTicks.class, Role.EDITOR, (tx, in) -> {
            for (int i = 0; i < in.times(); i++) {
                tx.in(TICKS).insert(new Tick(in.what()));
            }
        });
        module.reducer(
                "write_secret",
                WriteSecret.class,
                Role.VIEWER,
                (tx, in) -> tx.in(SECRETS).insert(new Secret(in.id(), tx.sender(), in.text())));
        module.reducer("lock_away", Vault.class, Role.EDITOR, (tx, in) -> {
            tx.require(!in.text().equals("no"), "no");
            tx.in(VAULTS).upsert(in);
        });
        module.query(
                "authors",
                Hint.class,
                Author.class,
                in -> List.of(new Query.Rows(SECRETS, in.id().isEmpty() ? Map.of() : Map.of("id", in.id()))),
                LabModule::authors);
        module.reducer(
                "note",
                Say.class,
                Role.EDITOR,
                (tx, in) -> tx.in(AUDITS)
                        .insert(new Audit(Long.toHexString(tx.random().nextLong()), in.text())));
        module.reducer("bang", Say.class, Role.VIEWER, (tx, in) -> tx.emit(BANGS, new Bang(in.text())));
        module.reducer("fail", Role.VIEWER, _ -> {
            throw new IllegalStateException("a bug of the module");
        });
    }

    /** Who wrote how many of the secrets that the asker sees. */
    private static Stream<Author> authors(Query.Asked<Hint> asked) {
        if (asked.args().id().equals("refused")) {
            throw asked.reject("refused", "nobody asks for this");
        }
        var rows = new TreeMap<String, Author>();
        for (Secret secret : asked.rows(SECRETS)) {
            rows.merge(
                    secret.author().toString(),
                    new Author(secret.author(), 1),
                    (one, other) -> new Author(one.author(), one.rows() + other.rows()));
        }
        return rows.values().stream();
    }
}

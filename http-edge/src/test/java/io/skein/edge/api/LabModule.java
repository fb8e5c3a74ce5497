package io.skein.edge.api;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
}

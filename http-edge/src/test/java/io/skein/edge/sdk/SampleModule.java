package io.skein.edge.sdk;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.PresenceRule;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.schema.Unsigned;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Every column type, every kind of table, and reducers that change, reject and fail. */
public final class SampleModule implements Module {
    public enum Mood {
        CALM,
        IN_A_HURRY
    }

    public record Point(int x, double y, Optional<Instant> seenAt) {}

    /** Every column type. */
    public record Sample(
            @Key @Unsigned int id,
            boolean flag,
            int count,
            long bigCount,
            @Unsigned long hits,
            double ratio,
            String title,
            Bytes blob,
            Instant takenAt,
            Identity takenBy,
            Mood mood,
            Json extra,
            Optional<String> note,
            @Unsigned Optional<Integer> peak,
            List<Long> marks,
            Point place,
            List<Point> path,
            Optional<List<Mood>> moods) {}

    public record Team(@Key String id, String name) {}

    public record Player(@Key @Unsigned long id, String teamId, int score) {}

    /** A composite key. */
    public record Seat(@Key int rowNo, @Key int seatNo, String guest) {}

    /** A multiset. */
    public record Remark(String word, int weight) {}

    public record Ping(Identity sender, String text) {}

    /** Seen by admins. */
    public record Secret(@Key String id, String text) {}

    public record PutTitle(@Unsigned int id, @Unsigned int length) {}

    public record SampleId(@Unsigned int id) {}

    public record TeamId(String id) {}

    public record MoveTeam(String id, String newId) {}

    public record PlayerId(@Unsigned long id) {}

    public record FillTeams(@Unsigned int n) {}

    public record Text(String text) {}

    public static final Table<Sample> SAMPLES = Table.of("sample", Sample.class);
    public static final Table<Team> TEAMS = Table.of("team", Team.class);
    public static final Table<Player> PLAYERS = Table.of("player", Player.class);
    public static final Table<Seat> SEATS = Table.of("seat", Seat.class);
    public static final Table<Remark> REMARKS = Table.of("remark", Remark.class);
    public static final Table<Ping> PINGS = Table.event("ping_event", Ping.class);
    public static final Table<Secret> SECRETS = Table.of("secret", Secret.class);

    public static final Index<Player, String> BY_TEAM = PLAYERS.index("team_id", String.class);
    public static final Index<Remark, String> BY_WORD = REMARKS.index("word", String.class);

    @Override
    public void define(Definition module) {
        module.name("sample").version(1);
        module.presence(PresenceRule.DEFAULT.asTable("here"));
        module.table(SAMPLES);
        module.table(TEAMS);
        module.table(PLAYERS);
        module.table(SEATS);
        module.table(REMARKS);
        module.table(PINGS);
        module.table(SECRETS).readableBy(Role.ADMIN);
        module.reducer(
                "put_sample",
                Sample.class,
                Role.EDITOR,
                (tx, in) -> tx.in(SAMPLES).upsert(in));
        module.reducer("put_title", PutTitle.class, Role.EDITOR, SampleModule::putTitle);
        module.reducer(
                "remove_sample",
                SampleId.class,
                Role.EDITOR,
                (tx, in) -> tx.require(tx.in(SAMPLES).delete(in.id()), "sample_missing"));
        module.reducer(
                "put_team", Team.class, Role.EDITOR, (tx, in) -> tx.in(TEAMS).upsert(in));
        module.reducer(
                "remove_team",
                TeamId.class,
                Role.EDITOR,
                (tx, in) -> tx.require(tx.in(TEAMS).delete(in.id()), "team_missing"));
        module.reducer("move_team", MoveTeam.class, Role.EDITOR, SampleModule::moveTeam);
        module.reducer("fill_teams", FillTeams.class, Role.EDITOR, SampleModule::fillTeams);
        module.reducer(
                "put_player",
                Player.class,
                Role.EDITOR,
                (tx, in) -> tx.in(PLAYERS).upsert(in));
        module.reducer(
                "remove_player",
                PlayerId.class,
                Role.EDITOR,
                (tx, in) -> tx.require(tx.in(PLAYERS).delete(in.id()), "player_missing"));
        module.reducer(
                "put_seat", Seat.class, Role.EDITOR, (tx, in) -> tx.in(SEATS).upsert(in));
        module.reducer(
                "add_remark",
                Remark.class,
                Role.EDITOR,
                (tx, in) -> tx.in(REMARKS).insert(in));
        module.reducer(
                "remove_remark",
                Remark.class,
                Role.EDITOR,
                (tx, in) -> tx.require(tx.in(REMARKS).delete(in), "remark_missing"));
        module.reducer("ping", Text.class, Role.VIEWER, (tx, in) -> tx.emit(PINGS, new Ping(tx.sender(), in.text())));
        module.reducer(
                "put_secret",
                Secret.class,
                Role.ADMIN,
                (tx, in) -> tx.in(SECRETS).upsert(in));
        module.reducer("do_nothing", Role.VIEWER, _ -> {});
        module.reducer("refuse", Text.class, Role.VIEWER, (tx, in) -> {
            tx.in(TEAMS).insert(new Team("never", "there"));
            throw tx.reject("refused", in.text());
        });
        module.reducer("fail", Role.VIEWER, _ -> {
            throw new IllegalStateException("a bug of the module");
        });
        module.internal("hidden", Text.class, (_, _) -> {});
    }

    private static void putTitle(Tx tx, PutTitle in) {
        Sample old =
                tx.in(SAMPLES).find(in.id()).orElseThrow(() -> tx.reject("sample_missing", "there is no such sample"));
        tx.in(SAMPLES)
                .update(new Sample(
                        old.id(),
                        old.flag(),
                        old.count(),
                        old.bigCount(),
                        old.hits(),
                        old.ratio(),
                        "x".repeat(in.length()),
                        old.blob(),
                        old.takenAt(),
                        old.takenBy(),
                        old.mood(),
                        old.extra(),
                        old.note(),
                        old.peak(),
                        old.marks(),
                        old.place(),
                        old.path(),
                        old.moods()));
    }

    /** A team under another id, with all its players: both sides of a join change in one transaction. */
    private static void moveTeam(Tx tx, MoveTeam in) {
        Team team = tx.in(TEAMS).find(in.id()).orElseThrow(() -> tx.reject("team_missing", "there is no such team"));
        tx.in(TEAMS).delete(in.id());
        tx.in(TEAMS).upsert(new Team(in.newId(), team.name()));
        for (Player player : tx.in(PLAYERS).where(BY_TEAM, in.id())) {
            tx.in(PLAYERS).update(new Player(player.id(), in.newId(), player.score()));
        }
    }

    private static void fillTeams(Tx tx, FillTeams in) {
        for (int i = 0; i < in.n(); i++) {
            tx.in(TEAMS).insert(new Team("t" + i, "team " + i));
        }
    }
}

package io.skein.engine.presence;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The bytes of what boards and relays say.
 *
 * <pre>
 * report    8 uid, varint number, flag all, flag returning, sightings, absent
 * sightings varint n, for each: u8 kind, varint session; 0 here: 32 identity, string state, flag active | 1 away | 2 left
 * absent    varint n, for each: 8 relay, varint session, 32 identity, string state, flag active, varint ms left
 * update    varint n, flag fresh, string mode, varint interval ms, varint users, varint sessions,
 *           varint n, for each: 32 identity, varint sessions, flag active, string state; varint n, for each: 32 identity
 * </pre>
 */
final class PresenceCodec {
    private PresenceCodec() {}

    static void write(ByteWriter out, PresenceBoard.Report report) {
        out.fixed64(report.uid()).varint(report.number()).flag(report.all()).flag(report.returning());
        out.varint(report.sightings().size());
        report.sightings().forEach(sighting -> write(out, sighting));
        writeAbsent(out, report.inherited());
    }

    static PresenceBoard.Report readReport(ByteReader in, ActorRef<FromBoard> relay) {
        return new PresenceBoard.Report(
                relay,
                in.fixed64(),
                in.varint(),
                in.flag(),
                in.flag(),
                list(in, PresenceCodec::readSighting),
                readAbsent(in));
    }

    private static void write(ByteWriter out, Sighting sighting) {
        switch (sighting) {
            case Sighting.Here(var session, var identity, var state, var active) -> {
                ValueCodec.writeIdentity(out.u8(0).varint(session), identity);
                out.string(state.text()).flag(active);
            }
            case Sighting.Away(var session) -> out.u8(1).varint(session);
            case Sighting.Left(var session) -> out.u8(2).varint(session);
        }
    }

    private static Sighting readSighting(ByteReader in) {
        int kind = in.u8();
        long session = in.varint();
        return switch (kind) {
            case 0 -> new Sighting.Here(session, ValueCodec.readIdentity(in), new Json(in.string()), in.flag());
            case 1 -> new Sighting.Away(session);
            case 2 -> new Sighting.Left(session);
            default -> throw new CorruptException("sighting " + kind);
        };
    }

    static void writeAbsent(ByteWriter out, List<Absent> all) {
        out.varint(all.size());
        for (Absent absent : all) {
            ValueCodec.writeIdentity(
                    out.fixed64(absent.seat().relay()).varint(absent.seat().session()), absent.identity());
            out.string(absent.state().text()).flag(absent.active()).varint(absent.leftMillis());
        }
    }

    static List<Absent> readAbsent(ByteReader in) {
        return list(
                in,
                each -> new Absent(
                        new Seat(each.fixed64(), each.varint()),
                        ValueCodec.readIdentity(each),
                        new Json(each.string()),
                        each.flag(),
                        each.varint()));
    }

    static void write(ByteWriter out, Update update) {
        out.varint(update.n())
                .flag(update.fresh())
                .string(update.mode().wire())
                .varint(update.intervalMillis())
                .varint(update.users())
                .varint(update.sessions())
                .varint(update.put().size());
        for (Person person : update.put()) {
            ValueCodec.writeIdentity(out, person.identity());
            out.varint(person.sessions())
                    .flag(person.active())
                    .string(person.state().text());
        }
        out.varint(update.removed().size());
        update.removed().forEach(identity -> ValueCodec.writeIdentity(out, identity));
    }

    static Update readUpdate(ByteReader in) {
        return new Update(
                in.varint(),
                in.flag(),
                Mode.ofWire(in.string()),
                in.varint31(),
                in.varint31(),
                in.varint31(),
                list(in, PresenceCodec::readPerson),
                list(in, ValueCodec::readIdentity));
    }

    private static Person readPerson(ByteReader in) {
        Identity identity = ValueCodec.readIdentity(in);
        int sessions = in.varint31();
        boolean active = in.flag();
        return new Person(identity, sessions, active, new Json(in.string()));
    }

    private static <T> List<T> list(ByteReader in, Function<ByteReader, T> read) {
        int count = in.count();
        var all = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            all.add(read.apply(in));
        }
        return all;
    }
}

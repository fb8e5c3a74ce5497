package io.skein.load.peer;

import io.skein.load.machine.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Skein over its native wire: boards that everyone may write to, members with identities of their own. */
public final class NativeSkeinPeer implements Peer {
    /** What members of a Skein ask for when they open a socket. */
    public static final String SUBPROTOCOL = NativeSkeinWire.SUBPROTOCOL;

    /** Its name in tables. */
    public static final String NAME = "skein";
    /** How the server is started, from the root of the checkout. Development mode: it issues identities itself. */
    public static final List<String> LAUNCH = List.of("./skein", "dev");

    private static final String MODULE = "board";
    /** A session is held to 500 messages a second by default, which is for people. */
    private static final String SETTINGS = """
        skein.session.messages-per-second = 1000000
        skein.session.message-burst = 1000000
        """;

    private final List<String> launch;

    /** Skein, not started yet.
     *
     * @param launch the command, normally {@link #LAUNCH} */
    public NativeSkeinPeer(List<String> launch) {
        this.launch = List.copyOf(launch);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String promise() {
        return "acknowledged when it is durable in PostgreSQL, checked, and numbered";
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public Running start(Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        SkeinProcess skein = begin(database, directory);
        try {
            List<Seat> seats = seats(skein.api(), rooms, members);
            skein.client().close();
            return new Running(skein.process(), seats, wire(), skein.metrics());
        } catch (RuntimeException | IOException | InterruptedException e) {
            skein.close();
            throw e;
        }
    }

    @Override
    public Running again(Running before, Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        SkeinProcess skein = begin(database, directory);
        List<Seat> seats = before.seats().stream()
                .map(seat -> new Seat(
                        seat.room(),
                        seat.member(),
                        seat.roomName(),
                        skein.api().socket(seat.roomName()),
                        seat.subprotocol(),
                        seat.bearer()))
                .toList();
        skein.client().close();
        return new Running(skein.process(), seats, wire(), skein.metrics());
    }

    private SkeinProcess begin(Database database, Path directory) throws IOException, InterruptedException {
        Path settings = Files.writeString(directory.resolve("skein.conf"), SETTINGS);
        var command = new ArrayList<>(launch);
        command.addAll(List.of("--config", settings.toAbsolutePath().toString()));
        return SkeinProcess.start(command, database, directory);
    }

    /** What the members of a Skein speak. */
    public static Wire wire() {
        return new NativeSkeinWire();
    }

    /** Makes the workspaces and an identity for every member, over the HTTP API of a server that runs. */
    public static List<Seat> seats(SkeinApi api, int rooms, int members) throws IOException, InterruptedException {
        SkeinApi.Person owner = api.newPerson();
        List<Seat> seats = new ArrayList<>();
        for (int room = 0; room < rooms; room++) {
            String workspace = "load-" + room;
            api.createWorkspace(owner, workspace, MODULE, "public-write");
            for (int member = 0; member < members; member++) {
                seats.add(new Seat(
                        room,
                        member,
                        workspace,
                        api.socket(workspace),
                        NativeSkeinWire.SUBPROTOCOL,
                        api.newPerson().token()));
            }
        }
        return seats;
    }
}

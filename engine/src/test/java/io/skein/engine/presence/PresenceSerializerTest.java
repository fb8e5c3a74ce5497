package io.skein.engine.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What boards and relays say to each other arrives as it was sent, and nothing else is sent or read. */
class PresenceSerializerTest {
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Identity WHO = Identity.of("test", "who");
    private static final Json STATE = new Json("{\"ä\":[1,null]}");

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static SerializerWithStringManifest serializerOf(Object message) {
        return assertInstanceOf(
                PresenceSerializer.class,
                SerializationExtension.get(KIT.system()).findSerializerFor(message));
    }

    static Stream<Object> messages() {
        ActorRef<FromBoard> relay = KIT.<FromBoard>createTestProbe().ref();
        var absent = List.of(new Absent(new Seat(-7, 3), WHO, STATE, false, 9_000));
        return Stream.of(
                new PresenceBoard.Report(
                        relay,
                        -5,
                        1,
                        true,
                        false,
                        List.of(
                                new Sighting.Here(1L << 40, WHO, STATE, true),
                                new Sighting.Away(2),
                                new Sighting.Left(3)),
                        absent),
                new PresenceBoard.Report(relay, Long.MAX_VALUE, 2, false, true, List.of(), List.of()),
                new PresenceBoard.Seen(Long.MIN_VALUE, 12),
                new FromBoard.Met(KIT.<PresenceBoard.Command>createTestProbe().ref()),
                new FromBoard.Heard(4),
                new FromBoard.SayAll(),
                new FromBoard.Told(new Update(
                        8, false, Mode.ACTIVE, 50, 3, 5, List.of(new Person(WHO, 2, true, STATE)), List.of(WHO))),
                new FromBoard.Farewell(absent),
                new PresenceAnswer.Here(new Update(0, true, Mode.COUNTS, 500, 30_000, 40_000, List.of(), List.of())),
                new PresenceAnswer.Refused(new Refusal(ErrorCode.FORBIDDEN, "", "no", -1, 0)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void arrivesAsItWasSent(Object message) throws NotSerializableException {
        SerializerWithStringManifest serializer = serializerOf(message);
        byte[] bytes = serializer.toBinary(message);
        assertEquals(message, serializer.fromBinary(bytes, serializer.manifest(message)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aPartOfItIsRefused(Object message) {
        SerializerWithStringManifest serializer = serializerOf(message);
        byte[] bytes = serializer.toBinary(message);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThrows(
                    NotSerializableException.class, () -> serializer.fromBinary(part, serializer.manifest(message)));
        }
    }

    @Test
    void whatStaysOnANodeIsNotSent() {
        SerializerWithStringManifest serializer = serializerOf(new FromBoard.SayAll());
        var meet = new PresenceBoard.Meet(KIT.<FromBoard>createTestProbe().ref());
        assertThrows(IllegalArgumentException.class, () -> serializer.manifest(meet));
        assertThrows(NotSerializableException.class, () -> serializer.fromBinary(new byte[0], "report.2"));
    }
}

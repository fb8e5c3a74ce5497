package io.skein.engine.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.meters.Window.Quantiles;
import io.skein.engine.watch.NodeReport.Pace;
import io.skein.engine.watch.NodeReport.Spread;
import io.skein.engine.workspace.WorkspaceCounters.Busy;
import java.io.NotSerializableException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchSerializerTest {
    private final ActorTestKit kit = ActorTestKit.create();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private SerializerWithStringManifest serializer(Object message) {
        return (SerializerWithStringManifest)
                SerializationExtension.get(Adapter.toClassic(kit.system())).findSerializerFor(message);
    }

    private Object roundTrip(Object message) throws NotSerializableException {
        var serializer = serializer(message);
        return serializer.fromBinary(serializer.toBinary(message), serializer.manifest(message));
    }

    private static Watch.Answer answer() {
        return new Watch.Answer(
                7,
                new NodeReport(
                        "pekko://skein@a:1",
                        Instant.parse("2026-01-02T03:04:05.000006Z"),
                        1,
                        2,
                        3,
                        -1,
                        new Pace(0.5, 1e9),
                        new Pace(0, 4),
                        new Spread(new Quantiles(5, 6, 7), new Quantiles(0, 0, 0)),
                        new Spread(new Quantiles(8, 9, 10), new Quantiles(11, 12, 13)),
                        14,
                        15,
                        16,
                        List.of(new Busy("w", 17.5), new Busy("v", 0.25))));
    }

    @Test
    void questionsAndAnswers_arriveAsTheyWere() throws Exception {
        assertEquals(answer(), roundTrip(answer()));
        var question =
                new Watch.Question(3, kit.createTestProbe(Watch.Answer.class).ref());
        assertEquals(question, roundTrip(question));
    }

    @Test
    void whatIsCutOffOrTooLong_isRefused() {
        var serializer = serializer(answer());
        byte[] bytes = serializer.toBinary(answer());
        String manifest = serializer.manifest(answer());
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThrows(NotSerializableException.class, () -> serializer.fromBinary(cut, manifest), "at " + length);
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThrows(NotSerializableException.class, () -> serializer.fromBinary(longer, manifest));
        assertThrows(NotSerializableException.class, () -> serializer.fromBinary(bytes, "answer.2"));
        assertThrows(
                IllegalArgumentException.class,
                () -> serializer.toBinary(
                        new Watch.Ask(kit.createTestProbe(ClusterReport.class).ref())));
    }
}

package io.skein.engine.watch;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.meters.Window.Quantiles;
import io.skein.engine.watch.NodeReport.Pace;
import io.skein.engine.watch.NodeReport.Spread;
import io.skein.engine.workspace.WorkspaceCounters.Busy;
import java.io.NotSerializableException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * What watches on different nodes say to each other, by name and version of its bytes; the rules are those of {@link
 * io.skein.engine.workspace.MessageSerializer}. A node whose answer cannot be read is silent.
 */
public final class WatchSerializer extends SerializerWithStringManifest {
    /** Names this serializer between nodes; never to be used for anything else. */
    public static final int IDENTIFIER = 5_304;

    private static final String QUESTION = "question.1";
    private static final String ANSWER = "answer.1";

    private final ExtendedActorSystem system;

    /** Called by Pekko. */
    public WatchSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return switch (message) {
            case Watch.Question _ -> QUESTION;
            case Watch.Answer _ -> ANSWER;
            default -> throw notForOthers(message);
        };
    }

    private static IllegalArgumentException notForOthers(Object message) {
        return new IllegalArgumentException("not for other nodes: " + message.getClass());
    }

    @Override
    public byte[] toBinary(Object message) {
        return ByteWriter.collect(out -> {
            switch (message) {
                case Watch.Question(var round, var replyTo) ->
                    out.varint(round)
                            .string(ActorRefResolver.get(Adapter.toTyped(system))
                                    .toSerializationFormat(replyTo));
                case Watch.Answer(var round, var report) -> write(out.varint(round), report);
                default -> throw notForOthers(message);
            }
        });
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        var in = new ByteReader(bytes);
        try {
            Object message = read(in, manifest);
            in.requireEnd();
            return message;
        } catch (CorruptException | IllegalArgumentException e) {
            var failure = new NotSerializableException(manifest + ": " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    private Object read(ByteReader in, String manifest) throws NotSerializableException {
        return switch (manifest) {
            case QUESTION -> {
                long round = in.varint();
                ActorRef<Watch.Answer> replyTo =
                        ActorRefResolver.get(Adapter.toTyped(system)).resolveActorRef(in.string());
                yield new Watch.Question(round, replyTo);
            }
            case ANSWER -> new Watch.Answer(in.varint(), readReport(in));
            default -> throw new NotSerializableException("manifest " + manifest + ": sent by a newer Skein?");
        };
    }

    private static void write(ByteWriter out, NodeReport report) {
        out.string(report.address())
                .zigzag(ValueCodec.toMicros(report.upSince()))
                .varint(report.sessions())
                .varint(report.relays())
                .varint(report.workspaces())
                .zigzag(report.shards());
        write(out, report.commits());
        write(out, report.calls());
        write(out, report.fanOut());
        write(out, report.journal());
        out.varint(report.lagMicros()).varint(report.heapUsedBytes()).varint(report.heapMaxBytes());
        out.varint(report.busiest().size());
        report.busiest().forEach(busy -> write(out.string(busy.workspace()), busy.commitsPerSecond()));
    }

    private static NodeReport readReport(ByteReader in) {
        return new NodeReport(
                in.string(),
                ValueCodec.fromMicros(in.zigzag()),
                in.varint(),
                in.varint(),
                in.varint(),
                (int) in.zigzag(),
                readPace(in),
                readPace(in),
                readSpread(in),
                readSpread(in),
                in.varint(),
                in.varint(),
                in.varint(),
                readBusiest(in));
    }

    private static void write(ByteWriter out, Pace pace) {
        write(out, pace.last10s());
        write(out, pace.last60s());
    }

    private static Pace readPace(ByteReader in) {
        return new Pace(readDouble(in), readDouble(in));
    }

    private static void write(ByteWriter out, Spread spread) {
        write(out, spread.last10s());
        write(out, spread.last60s());
    }

    private static Spread readSpread(ByteReader in) {
        return new Spread(readQuantiles(in), readQuantiles(in));
    }

    private static void write(ByteWriter out, Quantiles quantiles) {
        out.varint(quantiles.count()).varint(quantiles.p50Micros()).varint(quantiles.p99Micros());
    }

    private static Quantiles readQuantiles(ByteReader in) {
        return new Quantiles(in.varint(), in.varint(), in.varint());
    }

    private static List<Busy> readBusiest(ByteReader in) {
        var busiest = new ArrayList<Busy>();
        for (int count = in.count(); count > 0; count--) {
            busiest.add(new Busy(in.string(), readDouble(in)));
        }
        return busiest;
    }

    private static void write(ByteWriter out, double value) {
        out.fixed64(Double.doubleToLongBits(value));
    }

    private static double readDouble(ByteReader in) {
        return Double.longBitsToDouble(in.fixed64());
    }
}

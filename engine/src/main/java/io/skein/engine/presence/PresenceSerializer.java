package io.skein.engine.presence;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.reducer.CallCodec;
import java.io.NotSerializableException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * What boards and relays on different nodes say to each other, by name and version of its bytes; the rules are those of {@link
 * io.skein.engine.workspace.MessageSerializer}. {@link PresenceCodec} has the bytes.
 */
public final class PresenceSerializer extends SerializerWithStringManifest {
    /** Names this serializer between nodes; never to be used for anything else. */
    public static final int IDENTIFIER = 5_303;

    private static final String REPORT = "report.1";
    private static final String SEEN = "seen.1";
    private static final String MET = "met.1";
    private static final String HEARD = "heard.1";
    private static final String SAY_ALL = "say-all.1";
    private static final String TOLD = "told.1";
    private static final String FAREWELL = "farewell.1";
    private static final String HERE = "here.1";
    private static final String REFUSED = "refused.1";

    private final ExtendedActorSystem system;

    /** Called by Pekko. */
    public PresenceSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return switch (message) {
            case PresenceBoard.Report _ -> REPORT;
            case PresenceBoard.Seen _ -> SEEN;
            case FromBoard.Met _ -> MET;
            case FromBoard.Heard _ -> HEARD;
            case FromBoard.SayAll _ -> SAY_ALL;
            case FromBoard.Told _ -> TOLD;
            case FromBoard.Farewell _ -> FAREWELL;
            case PresenceAnswer.Here _ -> HERE;
            case PresenceAnswer.Refused _ -> REFUSED;
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
                case PresenceBoard.Report report -> PresenceCodec.write(out.string(name(report.relay())), report);
                case PresenceBoard.Seen(var uid, var n) -> out.fixed64(uid).varint(n);
                case FromBoard.Met(var board) -> out.string(name(board));
                case FromBoard.Heard(var report) -> out.varint(report);
                case FromBoard.SayAll _ -> {}
                case FromBoard.Told(var update) -> PresenceCodec.write(out, update);
                case FromBoard.Farewell(var absent) -> PresenceCodec.writeAbsent(out, absent);
                case PresenceAnswer.Here(var update) -> PresenceCodec.write(out, update);
                case PresenceAnswer.Refused(var refusal) -> CallCodec.writeRefusal(out, refusal);
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
            case REPORT -> PresenceCodec.readReport(in, actor(in));
            case SEEN -> new PresenceBoard.Seen(in.fixed64(), in.varint());
            case MET -> new FromBoard.Met(actor(in));
            case HEARD -> new FromBoard.Heard(in.varint());
            case SAY_ALL -> new FromBoard.SayAll();
            case TOLD -> new FromBoard.Told(PresenceCodec.readUpdate(in));
            case FAREWELL -> new FromBoard.Farewell(PresenceCodec.readAbsent(in));
            case HERE -> new PresenceAnswer.Here(PresenceCodec.readUpdate(in));
            case REFUSED -> new PresenceAnswer.Refused(CallCodec.readRefusal(in));
            default -> throw new NotSerializableException("manifest " + manifest + ": sent by a newer Skein?");
        };
    }

    private String name(ActorRef<?> actor) {
        return ActorRefResolver.get(Adapter.toTyped(system)).toSerializationFormat(actor);
    }

    private <T> ActorRef<T> actor(ByteReader in) {
        return ActorRefResolver.get(Adapter.toTyped(system)).resolveActorRef(in.string());
    }
}

package io.skein.persistence;

import io.skein.engine.journal.GroupCodec;
import io.skein.engine.workspace.GroupCommitted;
import io.skein.engine.workspace.WorkspaceSnapshot;
import java.io.NotSerializableException;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * The only way into and out of the journal's tables. Manifests say what the bytes are; the bytes begin with their own version, and
 * versions that were ever released stay readable.
 */
public final class JournalSerializer extends SerializerWithStringManifest {
    /** Stored with every row; never to be used for anything else. */
    public static final int IDENTIFIER = 5_301;

    /** A {@link GroupCommitted}, as {@link GroupCodec} writes it. */
    public static final String GROUP = "group";

    /** A {@link WorkspaceSnapshot}. */
    public static final String SNAPSHOT = "workspace";

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object object) {
        return switch (object) {
            case GroupCommitted _ -> GROUP;
            case WorkspaceSnapshot _ -> SNAPSHOT;
            default -> throw new IllegalArgumentException("not for the journal: " + object.getClass());
        };
    }

    @Override
    public byte[] toBinary(Object object) {
        return switch (object) {
            case GroupCommitted committed -> GroupCodec.encode(committed.group());
            case WorkspaceSnapshot snapshot -> snapshot.bytes();
            default -> throw new IllegalArgumentException("not for the journal: " + object.getClass());
        };
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return switch (manifest) {
            case GROUP -> GroupCommitted.stored(GroupCodec.decode(bytes));
            case SNAPSHOT -> new WorkspaceSnapshot.Encoded(bytes);
            default -> throw new NotSerializableException("manifest " + manifest + ": written by a newer Skein?");
        };
    }
}

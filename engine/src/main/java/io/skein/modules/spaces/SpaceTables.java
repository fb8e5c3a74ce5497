package io.skein.modules.spaces;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Secret;
import io.skein.engine.schema.Table;
import java.time.Instant;
import java.util.Optional;

/** What a space consists of. */
public final class SpaceTables {
    /** The key of the one row of {@link #SPACE}. */
    public static final String THE_SPACE = "space";

    /**
     * How far a space has come: one row.
     *
     * @param ops how many operations it has; the {@code n} of the last one
     */
    public record Space(@Key String id, Optional<String> rootTreeId, long ops) {}

    /**
     * A tree.
     *
     * @param ops how many operations it has
     * @param maxCounter the highest counter of them: the tree's Lamport clock
     */
    public record Tree(@Key String treeId, long ops, long maxCounter, Identity addedBy, Instant addedAt) {
        Tree grown(int more, long counter) {
            return new Tree(treeId, ops + more, counter, addedBy, addedAt);
        }
    }

    /** What an operation does. */
    public enum Kind {
        /** Puts a vertex below another; without a parent it is a root. */
        MOVE,
        /** Gives a property a value. */
        SET,
        /** Takes a property away: reptree's {@code set} with an undefined value. */
        UNSET
    }

    /**
     * An operation, as it was given. Rows of this table are never changed and never removed.
     *
     * @param n its place in the space, from 1: the order in which Skein took operations in
     */
    public record TreeOp(
            @Key String treeId,
            @Key String peerId,
            @Key long counter,
            long n,
            Kind kind,
            String targetId,
            Optional<String> parentId,
            Optional<String> key,
            Optional<Json> value) {
        /** Whether it does the same, wherever it stands. */
        boolean isSameAs(TreeOp other) {
            return kind == other.kind
                    && targetId.equals(other.targetId)
                    && parentId.equals(other.parentId)
                    && key.equals(other.key)
                    && value.equals(other.value);
        }

        TreeOp at(long place) {
            return new TreeOp(treeId, peerId, counter, place, kind, targetId, parentId, key, value);
        }
    }

    /** Whose a peer is: nobody else adds operations of it. */
    public record Peer(@Key String peerId, Identity identity, Instant claimedAt) {}

    /** Something that only members know. The value never lies open on a disk. */
    public record SecretEntry(@Key String key, @Secret String value, Identity savedBy, Instant savedAt) {}

    public static final Table<Space> SPACE = Table.of("space", Space.class);
    public static final Table<Tree> TREES = Table.of("tree", Tree.class);
    public static final Table<TreeOp> OPS = Table.of("tree_op", TreeOp.class);
    public static final Table<Peer> PEERS = Table.of("tree_peer", Peer.class);
    public static final Table<SecretEntry> SECRETS = Table.of("secret", SecretEntry.class);

    /** Finds a tree's operations. */
    public static final Index<TreeOp, String> OPS_OF_TREE = OPS.index("tree_id", String.class);

    private SpaceTables() {}
}

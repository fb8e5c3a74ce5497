package io.skein.modules.spaces;

import static io.skein.modules.spaces.SpaceTables.OPS;
import static io.skein.modules.spaces.SpaceTables.PEERS;
import static io.skein.modules.spaces.SpaceTables.SECRETS;
import static io.skein.modules.spaces.SpaceTables.SPACE;
import static io.skein.modules.spaces.SpaceTables.THE_SPACE;
import static io.skein.modules.spaces.SpaceTables.TREES;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Query;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Secret;
import io.skein.modules.spaces.SpaceTables.Space;
import io.skein.modules.spaces.SpaceTables.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A space of replicated trees, for clients of the npm package {@code reptree} 0.9: a root tree, and app trees beside it. Operations come in batches, each as
 * {@code reptree} has it; those that are there already are passed over, the rest are kept for ever in the order in which they came. Merging is the clients'.
 */
public final class SpacesModule implements Module {
    /**
     * Adds a tree; nothing if it is there.
     *
     * @param root whether it is the space's root tree, of which there is one
     */
    public record AddTree(String treeId, @Default("false") boolean root) {}

    /**
     * Adds operations to a tree.
     *
     * @param ops an array of operations as {@code reptree} has them
     * @param peerId the caller's own peer: from now on nobody else adds operations of it
     */
    public record AppendOps(String treeId, Json ops, Optional<String> peerId) {}

    /**
     * Which operations of a tree a peer has not got.
     *
     * @param vector the peer's state vector as {@code reptree} has it: an object of peers, each with its ranges {@code [[first, last], …]}
     */
    public record MissingOps(String treeId, @Default("{}") Json vector) {}

    /** One of them, as {@code reptree} has it. */
    public record MissingOp(Json op) {}

    public record GivenSecret(String key, @Secret String value) {}

    /** Asks for the state vector of a tree as it is here. */
    public record TreeVector(String treeId) {}

    /**
     * A peer's part of a tree's state vector.
     *
     * @param ranges {@code [[first, last], …]}
     */
    public record PeerRanges(String peerId, Json ranges) {}

    /** Keeps these, and leaves others as they are. */
    public record SaveSecrets(List<GivenSecret> secrets) {}

    public record DeleteSecret(String key) {}

    static final int MAX_TREES = 10_000;

    @Override
    public void define(Definition module) {
        module.name("spaces").version(1);
        module.table(SPACE);
        module.table(TREES);
        module.table(OPS);
        module.table(PEERS);
        // A public space's guests are no members, whatever they may do.
        module.table(SECRETS)
                .visibleWhen((viewer, _, tables) ->
                        tables.in(SystemTables.MEMBER).find(viewer.identity()).isPresent())
                .readingOwn(
                        SystemTables.MEMBER,
                        SystemTables.Member::identity,
                        (_, tables) -> tables.in(SECRETS).all());
        module.onCreate(tx -> tx.in(SPACE).insert(new Space(THE_SPACE, Optional.empty(), 0)));
        module.reducer("add_tree", AddTree.class, Role.EDITOR, SpacesModule::addTree);
        module.reducer("append_ops", AppendOps.class, Role.EDITOR, (tx, in) -> new Appending(tx, in).run());
        module.reducer("save_secrets", SaveSecrets.class, Role.EDITOR, Secrets::save);
        module.reducer("delete_secret", DeleteSecret.class, Role.EDITOR, Secrets::delete);
        module.query("missing_ops", MissingOps.class, MissingOp.class, in -> ofTree(in.treeId()), StateVector::missing);
        module.query("tree_vector", TreeVector.class, PeerRanges.class, in -> ofTree(in.treeId()), StateVector::ofTree);
    }

    private static List<Query.Rows> ofTree(String treeId) {
        return List.of(
                new Query.Rows(TREES, Map.of("tree_id", treeId)), new Query.Rows(OPS, Map.of("tree_id", treeId)));
    }

    private static void addTree(Tx tx, AddTree in) {
        OpReader.requireId(tx, "the tree's id", in.treeId());
        boolean isThere = tx.in(TREES).find(in.treeId()).isPresent();
        if (!isThere) {
            tx.require(
                    tx.in(TREES).size() < MAX_TREES,
                    "too_many_trees",
                    "a space has at most %,d trees".formatted(MAX_TREES));
            tx.in(TREES).insert(new Tree(in.treeId(), 0, 0, tx.sender(), tx.time()));
        }
        if (in.root()) {
            Space space = space(tx);
            if (!space.rootTreeId().orElse(in.treeId()).equals(in.treeId())) {
                throw tx.reject(
                        "root_exists", "the root tree is " + space.rootTreeId().get());
            }
            tx.in(SPACE).upsert(new Space(THE_SPACE, Optional.of(in.treeId()), space.ops()));
        }
    }

    /** The space's row; a workspace that rows were imported into may have none. */
    static Space space(Tx tx) {
        return tx.in(SPACE).find(THE_SPACE).orElseGet(() -> new Space(THE_SPACE, Optional.empty(), 0));
    }
}

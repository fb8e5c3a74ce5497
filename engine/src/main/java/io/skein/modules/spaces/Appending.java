package io.skein.modules.spaces;

import static io.skein.modules.spaces.SpaceTables.OPS;
import static io.skein.modules.spaces.SpaceTables.PEERS;
import static io.skein.modules.spaces.SpaceTables.SPACE;
import static io.skein.modules.spaces.SpaceTables.THE_SPACE;
import static io.skein.modules.spaces.SpaceTables.TREES;

import io.skein.engine.module.Tx;
import io.skein.modules.spaces.SpaceTables.Peer;
import io.skein.modules.spaces.SpaceTables.Space;
import io.skein.modules.spaces.SpaceTables.Tree;
import io.skein.modules.spaces.SpaceTables.TreeOp;
import io.skein.modules.spaces.SpacesModule.AppendOps;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One batch of operations on its way into a tree: all of it or, for one that cannot be, none.
 *
 * <p>What is right for a move-tree is right here. A counter that was left out is no gap: a Lamport clock jumps over what others did, and transient
 * operations take counters too. An operation on a vertex that is not there yet waits in every client until that is there. A move that would make a cycle is
 * kept, and every client passes over it in the same way. None of these is refused, because nobody can tell which operation others have yet to bring.
 */
final class Appending {
    /**
     * How far an operation's counter may be ahead of all others of its tree. Clients count on from the highest counter that they have seen, so without a
     * bound one operation could end a tree's clock for everybody. So far it takes years of work offline.
     */
    static final long MAX_AHEAD = 10_000_000;

    private final Tx tx;
    private final AppendOps in;
    private final Set<String> allowed = new HashSet<>();

    Appending(Tx tx, AppendOps in) {
        this.tx = tx;
        this.in = in;
    }

    void run() {
        Tree tree = tx.in(TREES)
                .find(in.treeId())
                .orElseThrow(() -> tx.reject("tree_missing", "there is no tree " + OpReader.shown(in.treeId())));
        in.peerId().ifPresent(this::claim);
        List<TreeOp> ops = new OpReader(tx, tree.treeId()).read(in.ops());
        Space space = SpacesModule.space(tx);
        long clock = tree.maxCounter();
        int added = 0;
        for (TreeOp op : ops) {
            Optional<TreeOp> there = tx.in(OPS).find(List.of(op.treeId(), op.peerId(), op.counter()));
            if (there.isPresent()) {
                requireSame(there.get(), op);
                continue;
            }
            requirePeer(op.peerId());
            tx.require(
                    op.counter() <= clock + MAX_AHEAD,
                    "counter_ahead",
                    "counter %d is more than %,d ahead of the tree's %d".formatted(op.counter(), MAX_AHEAD, clock));
            clock = Math.max(clock, op.counter());
            added++;
            tx.in(OPS).insert(op.at(space.ops() + added));
        }
        if (added > 0) {
            tx.in(TREES).update(tree.grown(added, clock));
            tx.in(SPACE).upsert(new Space(THE_SPACE, space.rootTreeId(), space.ops() + added));
        }
    }

    /** An id stands for one operation. Who has another one under it would never have the same tree as the others, and should hear of it. */
    private void requireSame(TreeOp there, TreeOp given) {
        tx.require(
                there.isSameAs(given),
                "op_conflict",
                "%d@%s is another operation in this tree".formatted(given.counter(), given.peerId()));
    }

    /**
     * Operations of a peer that is somebody's come from that person alone: else anybody could take ids that it is going to use, and what it then does would
     * be lost. Operations of peers that are nobody's may come from anybody: they were made before, or elsewhere, and are passed on.
     */
    private void requirePeer(String peer) {
        if (!allowed.contains(peer)) {
            Optional<Peer> known = tx.in(PEERS).find(peer);
            if (known.isPresent() && !known.get().identity().equals(tx.sender())) {
                throw tx.reject("peer_taken", "peer " + peer + " is somebody else's");
            }
            allowed.add(peer);
        }
    }

    private void claim(String peer) {
        OpReader.requirePeerId(tx, peer);
        requirePeer(peer);
        if (tx.in(PEERS).find(peer).isEmpty()) {
            tx.in(PEERS).insert(new Peer(peer, tx.sender(), tx.time()));
        }
    }
}

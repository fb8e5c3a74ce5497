package io.skein.engine.workspace;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Transaction;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.Visibility;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Who watches a workspace from which node, and so what each node must hear of a transaction. What an audience sees is worked out once, however
 * many relays have it.
 */
final class Audiences {
    /** What a relay may have its owner look through; each costs with every transaction. */
    private static final int MAX_JOINS = 1_000;

    /** One identity at one relay. */
    private static final class Present {
        final Set<Long> sessions = new HashSet<>();
        Audience audience;

        Present(Audience audience) {
            this.audience = audience;
        }
    }

    /** One relay. */
    private static final class Node {
        final Link link;
        final Map<Long, Identity> sessions = new HashMap<>();
        final Map<Identity, Present> present = new LinkedHashMap<>();
        /** How many identities each audience has here. */
        final Map<Audience, Integer> audiences = new LinkedHashMap<>();
        /** Those that the relay had with the owner before, until it has said who is there now. */
        Set<Audience> expected;
        /** Whom it had on the link before, until then. */
        Map<Long, Identity> before;

        Node(Link link, Set<Audience> expected, Map<Long, Identity> before) {
            this.link = link;
            this.expected = expected;
            this.before = before;
        }

        /** What each audience here sees. Mostly there is but one, and one needs no table. */
        Map<Audience, List<RowOp>> visible(Function<Audience, List<RowOp>> ops) {
            if (audiences.size() == 1 && expected.isEmpty()) {
                Audience only = audiences.keySet().iterator().next();
                return Map.of(only, ops.apply(only));
            }
            var visible = new LinkedHashMap<Audience, List<RowOp>>();
            audiences.keySet().forEach(audience -> visible.put(audience, ops.apply(audience)));
            expected.forEach(audience -> visible.computeIfAbsent(audience, ops));
            return visible;
        }

        void count(Audience audience, int change) {
            audiences.merge(audience, change, (old, more) -> old + more == 0 ? null : old + more);
            if (!audiences.containsKey(audience)) {
                audiences
                        .keySet()
                        .removeIf(other ->
                                other.join().isPresent() && other.direct().equals(audience));
            }
        }
    }

    private final Map<ActorRef<FromOwner>, Node> nodes = new LinkedHashMap<>();

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    // ---- relays

    /**
     * Takes a relay in, for the first time or on a new link.
     *
     * @param expected whom the relay will most likely have: they are told of what is committed before it has said so
     */
    void enlist(ActorRef<FromOwner> relay, Link link, Set<Audience> expected) {
        Node old = nodes.get(relay);
        var before = new HashMap<Long, Identity>();
        if (old != null) {
            before.putAll(old.before);
            before.putAll(old.sessions);
        }
        nodes.put(relay, new Node(link, expected, before));
    }

    /** Whether a session was here on the link before this one. */
    boolean wasHere(ActorRef<FromOwner> relay, long session) {
        Node node = nodes.get(relay);
        return node != null && node.before.containsKey(session);
    }

    /** The relay has said who is there; gives back whose sessions went while the link was down. */
    List<Identity> arrived(ActorRef<FromOwner> relay) {
        Node node = nodes.get(relay);
        if (node == null || (node.before.isEmpty() && node.expected.isEmpty())) {
            return List.of();
        }
        var gone = new HashMap<>(node.before);
        gone.keySet().removeAll(node.sessions.keySet());
        node.expected = Set.of();
        node.before = Map.of();
        return List.copyOf(gone.values());
    }

    /** Tells a relay something, if it is still here. */
    void send(ActorRef<FromOwner> relay, Downstream message) {
        Node node = nodes.get(relay);
        if (node != null) {
            node.link.send(message);
        }
    }

    /** Answers a relay that needs older transactions; with none if they are too many for its link, so that it takes a snapshot. */
    void sendHistory(ActorRef<FromOwner> relay, Downstream.History history) {
        Node node = nodes.get(relay);
        if (node != null && !node.link.fits(history) && !history.entries().isEmpty()) {
            long head = history.entries().getLast().header().seq();
            node.link.send(new Downstream.History(history.audience(), head, List.of()));
        } else if (node != null) {
            node.link.send(history);
        }
    }

    void sendAll(Downstream message) {
        nodes.values().forEach(node -> node.link.send(message));
    }

    /** See {@link Link#stream}. */
    void stream(ActorRef<FromOwner> relay, long request, List<TableRows> rows) {
        Node node = nodes.get(relay);
        if (node != null) {
            node.link.stream(request, rows);
        }
    }

    /** Whether a relay has anybody of this audience, as far as it has said: nobody else's rows are for it (rule M2). */
    boolean has(ActorRef<FromOwner> relay, Audience audience) {
        Node node = nodes.get(relay);
        return node != null && node.audiences.containsKey(audience);
    }

    /** Whether this is the next batch of a relay; if not, the relay is told, unless it knows already. */
    boolean accept(ActorRef<FromOwner> relay, long link, long batch) {
        Node node = nodes.get(relay);
        if (node == null) {
            relay.tell(new FromOwner.Lost(link)); // it enlisted before the journal failed
            return false;
        }
        return node.link.number() == link && node.link.accept(batch);
    }

    /** What a relay says of how far it is; false if there is no such link. */
    boolean check(ActorRef<FromOwner> relay, long link, long sent, long seen) {
        Node node = nodes.get(relay);
        if (node == null || node.link.number() != link) {
            return false;
        }
        node.link.check(sent, seen);
        return true;
    }

    /** Looks after the relays on other nodes; false if there are none. */
    boolean tick(long nowNanos) {
        boolean any = false;
        for (Node node : nodes.values()) {
            any |= node.link.isRemote();
            node.link.tick(nowNanos);
        }
        return any;
    }

    /** The journal failed: every relay begins anew. */
    void lose() {
        nodes.values().forEach(node -> node.link.lose());
    }

    // ---- sessions

    /** Forgets a relay; gives back whose sessions were there, an identity once for each. */
    List<Identity> dismiss(ActorRef<FromOwner> relay) {
        Node node = nodes.remove(relay);
        if (node == null) {
            return List.of();
        }
        var all = new HashMap<>(node.before);
        all.putAll(node.sessions);
        return List.copyOf(all.values());
    }

    void enter(ActorRef<FromOwner> relay, long session, Identity identity, Audience audience) {
        Node node = Objects.requireNonNull(nodes.get(relay));
        if (node.sessions.putIfAbsent(session, identity) != null) {
            return;
        }
        Present present = node.present.get(identity);
        if (present == null) {
            present = new Present(audience);
            node.present.put(identity, present);
            node.count(audience, 1);
        }
        present.sessions.add(session);
    }

    /** Whose session it was, if it was here. */
    Optional<Identity> exit(ActorRef<FromOwner> relay, long session) {
        Node node = nodes.get(relay);
        Identity identity = node == null ? null : node.sessions.remove(session);
        if (node == null || identity == null) {
            return Optional.empty();
        }
        Present present = node.present.get(identity);
        if (present != null && present.sessions.remove(session) && present.sessions.isEmpty()) {
            node.present.remove(identity);
            node.count(present.audience, -1);
        }
        return Optional.of(identity);
    }

    /** A relay has somebody who looks through a join; nobody's rows are for it if there is nobody who looks straight (rule M2). */
    void watch(ActorRef<FromOwner> relay, Audience audience) {
        Node node = nodes.get(relay);
        if (node != null && node.audiences.containsKey(audience.direct()) && joins(node) < MAX_JOINS) {
            node.audiences.put(audience, 1);
        }
    }

    private static long joins(Node node) {
        return node.audiences.keySet().stream()
                .filter(audience -> audience.join().isPresent())
                .count();
    }

    void unwatch(ActorRef<FromOwner> relay, Audience audience) {
        Node node = nodes.get(relay);
        if (node != null && audience.join().isPresent()) {
            node.audiences.remove(audience);
        }
    }

    boolean isPresent(ActorRef<FromOwner> relay, Identity identity) {
        Node node = nodes.get(relay);
        return node != null && node.present.containsKey(identity);
    }

    /** What each relay hears of transactions that became durable. */
    Map<ActorRef<FromOwner>, List<Downstream.Tx>> publish(List<Committed> transactions, Visibility visibility) {
        var byRelay = new LinkedHashMap<ActorRef<FromOwner>, List<Downstream.Tx>>();
        nodes.keySet().forEach(relay -> byRelay.put(relay, new ArrayList<>(transactions.size())));
        for (Committed committed : transactions) {
            TxHeader header = TxHeader.of(committed);
            if (mayMove(committed.after().schema(), committed.transaction())) {
                nodes.values()
                        .forEach(node -> node.expected = Set.of()); // whom a relay has is another audience, perhaps
            }
            var seen = new HashMap<Audience, List<RowOp>>(4);
            nodes.forEach((relay, node) -> Objects.requireNonNull(byRelay.get(relay))
                    .add(new Downstream.Tx(
                            header,
                            node.visible(who -> seen.computeIfAbsent(who, any -> visibility.ops(committed, any))),
                            roleChanges(node, committed, visibility),
                            committed.canonical().length)));
        }
        return byRelay;
    }

    /** Rule M3: whose role this transaction changed, and what it is to them. */
    private static List<Downstream.RoleChange> roleChanges(Node node, Committed committed, Visibility visibility) {
        Collection<Identity> concerned = concerned(node, committed);
        if (concerned.isEmpty()) {
            return List.of();
        }
        var changes = new ArrayList<Downstream.RoleChange>();
        WorkspaceState after = committed.after();
        for (Identity identity : concerned) {
            Present present = node.present.get(identity);
            Role role = SystemTables.roleOf(after, after.workspace(), identity);
            if (present == null || role == present.audience.role()) {
                continue;
            }
            Audience old = present.audience;
            node.count(old, -1);
            if (role == Role.NONE) {
                node.present.remove(identity);
                changes.add(new Downstream.RoleChange(identity, role, Optional.empty(), List.of()));
            } else {
                Audience next = Audience.of(after.schema(), identity, role);
                present.audience = next;
                node.count(next, 1);
                changes.add(new Downstream.RoleChange(
                        identity, role, Optional.of(next), visibility.transition(committed, old, next)));
            }
        }
        return changes;
    }

    /** Whether a transaction may have changed somebody's role. */
    static boolean mayMove(ModuleSchema schema, Transaction tx) {
        if (!tx.concernsEngine(schema)) {
            return false;
        }
        int member = schema.ordinal(SystemTables.MEMBER);
        int workspace = schema.ordinal(SystemTables.WORKSPACE);
        for (RowOp op : tx.ops()) {
            if (op.table() == member || op.table() == workspace) {
                return true;
            }
        }
        return false;
    }

    private static Collection<Identity> concerned(Node node, Committed committed) {
        ModuleSchema schema = committed.after().schema();
        if (!mayMove(schema, committed.transaction())) {
            return List.of();
        }
        int member = schema.ordinal(SystemTables.MEMBER);
        int workspace = schema.ordinal(SystemTables.WORKSPACE);
        var identities = new ArrayList<Identity>();
        for (RowOp op : committed.transaction().ops()) {
            if (op.table() == workspace) {
                return List.copyOf(node.present.keySet());
            }
            if (op.table() == member) {
                identities.add((Identity) op.key());
            }
        }
        return identities;
    }
}

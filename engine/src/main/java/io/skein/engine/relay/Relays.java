package io.skein.engine.relay;

import io.skein.engine.Modules;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.trace.Tracing;
import io.skein.engine.workspace.Workspace;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The relays of a node: at most one for each workspace, made when a session needs it, stopped when none has for a while. */
public final class Relays {
    /** What the node's relays hear. */
    public sealed interface Command {}

    /** Somebody needs the relay of a workspace. */
    public record Find(String workspace, ActorRef<Found> replyTo) implements Command {}

    /** The answer to {@link Find}. */
    public sealed interface Found {
        record Here(ActorRef<Relay.Command> relay) implements Found {}

        record Refused(Refusal refusal) implements Found {}
    }

    /** The node leaves. No relay asks for an owner any more, which would come up once more somewhere only to be asked. */
    public record Stop() implements Command {}

    private record Idle(String workspace, long reservations) implements Command {}

    private record Gone(String workspace, ActorRef<Relay.Command> relay) implements Command {}

    /** A relay and how often it was handed out: one that was, since it found itself idle, stays. */
    private static final class Entry {
        final ActorRef<Relay.Command> relay;
        long reservations;

        Entry(ActorRef<Relay.Command> relay) {
            this.relay = relay;
        }
    }

    private final ActorContext<Command> context;
    private final Modules modules;
    private final RelaySettings settings;
    private final PresenceSettings presence;
    private final RelayCounters counters;
    private final Tracing tracing;
    private final int maxRelays;
    private final BiConsumer<String, Workspace.Command> region;
    private final Map<String, Entry> relays = new HashMap<>();
    private long started;

    private Relays(
            ActorContext<Command> context,
            Modules modules,
            RelaySettings settings,
            PresenceSettings presence,
            RelayCounters counters,
            Tracing tracing,
            int maxRelays,
            BiConsumer<String, Workspace.Command> region) {
        this.context = context;
        this.modules = modules;
        this.settings = settings;
        this.presence = presence;
        this.counters = counters;
        this.tracing = tracing;
        this.maxRelays = maxRelays;
        this.region = region;
    }

    /**
     * @param maxRelays workspaces of which this node has sessions at once
     * @param region sends to a workspace by its id, wherever it is
     */
    public static Behavior<Command> create(
            Modules modules,
            RelaySettings settings,
            PresenceSettings presence,
            RelayCounters counters,
            Tracing tracing,
            int maxRelays,
            BiConsumer<String, Workspace.Command> region) {
        return Behaviors.setup(context -> {
            var relays = new Relays(context, modules, settings, presence, counters, tracing, maxRelays, region);
            return Behaviors.receive(Command.class)
                    .onAnyMessage(relays::onCommand)
                    .build();
        });
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Find(var workspace, var replyTo) -> find(workspace, replyTo);
            case Stop _ -> {
                return Behaviors.stopped();
            }
            case Idle(var workspace, var reservations) -> {
                Entry entry = relays.get(workspace);
                if (entry != null && entry.reservations == reservations) {
                    relays.remove(workspace);
                    entry.relay.tell(new Relay.Stop());
                }
            }
            case Gone(var workspace, var relay) -> {
                Entry entry = relays.get(workspace);
                if (entry != null && entry.relay.equals(relay)) {
                    relays.remove(workspace);
                }
            }
        }
        return Behaviors.same();
    }

    private void find(String workspace, ActorRef<Found> replyTo) {
        Entry entry = relays.get(workspace);
        if (entry == null && relays.size() >= maxRelays) {
            replyTo.tell(new Found.Refused(Refusal.later(
                    ErrorCode.OVERLOADED,
                    "this node serves too many workspaces",
                    settings.retryAfter().toMillis())));
            return;
        }
        if (entry == null) {
            entry = start(workspace);
            relays.put(workspace, entry);
        }
        entry.reservations++;
        entry.relay.tell(new Relay.Reserve());
        replyTo.tell(new Found.Here(entry.relay));
    }

    private Entry start(String workspace) {
        ActorRef<Relay.Command> relay = context.spawn(
                Relay.create(
                        workspace,
                        modules,
                        settings,
                        presence,
                        counters,
                        tracing,
                        command -> region.accept(workspace, command),
                        reservations -> context.getSelf().tell(new Idle(workspace, reservations))),
                "relay-" + ++started);
        context.watchWith(relay, new Gone(workspace, relay));
        return new Entry(relay);
    }
}

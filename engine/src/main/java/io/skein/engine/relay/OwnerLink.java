package io.skein.engine.relay;

import io.skein.engine.Modules;
import io.skein.engine.module.Refusal;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.FromOwner;
import io.skein.engine.workspace.Inlet;
import io.skein.engine.workspace.Upstream;
import io.skein.engine.workspace.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * A relay's way to the owner of its workspace, wherever that is: finds it, sends what has gathered as one batch, hears what it says in order, and
 * notices when something is missing. Then the way is lost, and begins anew with whoever is the owner now. Belongs to the relay.
 */
final class OwnerLink {
    /** An owner that is slow to answer is not asked so often that each answer comes too late for its question: twice as late each time. */
    private static final int MAX_DOUBLINGS = 4;

    /** Even where nothing is said both ends compare now and then: an owner may have begun anew, and the word of it been lost. */
    private static final int QUIET_TICKS = 15;

    private final ActorContext<Relay.Command> context;
    private final ActorRef<FromOwner> self;
    private final Inlet inlet;
    private final RelayCounters counters;
    private final Uplink uplink;
    private final Consumer<Workspace.Command> region;
    private final Supplier<Optional<Workspace.Known>> known;
    private final long retryNanos;
    private @Nullable ActorRef<Workspace.Command> owner;
    private boolean flushing;
    private int attempts;
    private int quietTicks;
    private long nextAttemptNanos;

    /** Says what the relay asked for when it is here, and what cannot be had. */
    interface Listener {
        void heard(Downstream message);

        void refused(Refusal refusal);
    }

    /**
     * @param self where the owner says to
     * @param region sends to the workspace by its id
     * @param known how far the relay is
     */
    OwnerLink(
            ActorContext<Relay.Command> context,
            ActorRef<FromOwner> self,
            Modules modules,
            RelaySettings settings,
            RelayCounters counters,
            Uplink uplink,
            Consumer<Workspace.Command> region,
            Supplier<Optional<Workspace.Known>> known) {
        this.context = context;
        this.self = self;
        this.inlet = new Inlet(modules, context.getSystem());
        this.counters = counters;
        this.uplink = uplink;
        this.region = region;
        this.known = known;
        this.retryNanos = settings.enlistRetry().toNanos();
    }

    boolean isUp() {
        return owner != null;
    }

    /** Asks whoever is the owner to tell this relay everything from now on. */
    void enlist() {
        tryAgainIn(retryNanos << Math.min(attempts, MAX_DOUBLINGS));
        attempts++;
        region.accept(new Workspace.Enlist(self, inlet.begin(), known.get()));
    }

    private void tryAgainIn(long nanos) {
        nextAttemptNanos = System.nanoTime() + nanos;
        context.scheduleOnce(Duration.ofNanos(nanos), context.getSelf(), new Relay.TryOwner());
    }

    /** Perhaps the owner is still not found. */
    void tryAgain() {
        if (owner == null && System.nanoTime() - nextAttemptNanos >= 0) {
            enlist();
        }
    }

    /** The owner has taken this relay in: whatever waits goes up, and then everything else. */
    void up(ActorRef<Workspace.Command> found, List<Upstream> present) {
        context.getLog().debug("found after {} attempts: {}", attempts, found);
        attempts = 0;
        if (!found.equals(owner)) {
            owner = found;
            context.watchWith(found, new Relay.OwnerGone());
        }
        uplink.restart(present);
        flush();
    }

    /** The owner's actor is gone, perhaps with its node: it was asked in vain up to now, and will soon be somewhere else. */
    void gone() {
        attempts = 0;
        lost();
    }

    /** The owner is gone, or something is lost between it and here: ask for it again, and say again what has no outcome. */
    void lost() {
        counters.ownerLost();
        uplink.down();
        if (owner != null) {
            context.unwatch(owner);
            owner = null;
        }
        enlist();
    }

    // ---- down

    void hear(FromOwner message, Listener listener) {
        if (!inlet.isFor(message)) {
            return; // of an owner that this relay has given up
        }
        Downstream heard = null;
        switch (message) {
            case FromOwner.Whole whole -> heard = inlet.hear(whole);
            case FromOwner.Part part -> heard = inlet.hear(part);
            case FromOwner.Check check -> {
                inlet.hear(check);
                uplink.heard(check.heard());
            }
            case FromOwner.Refused(var _, var refusal) -> {
                attempts = 0; // it answers; it only cannot be had yet
                tryAgainIn(retryNanos);
                listener.refused(refusal);
            }
            case FromOwner.Lost _ -> lost();
        }
        if (inlet.isLost()) {
            lost();
            return;
        }
        if (heard != null) {
            listener.heard(heard);
        }
        if (inlet.isOwing()) {
            compare();
        }
    }

    // ---- up

    /** Tells the owner; a new one hears everything from the start. */
    void send(Upstream item) {
        if (owner != null) {
            uplink.add(item);
            flushSoon();
        }
    }

    /** Everything that arrives before this message is handled goes up as one batch. */
    void flushSoon() {
        if (!flushing) {
            flushing = true;
            context.getSelf().tell(new Relay.Flush());
        }
    }

    void flush() {
        flushing = false;
        ActorRef<Workspace.Command> to = owner;
        if (to != null) {
            uplink.takeBatches((number, items) -> to.tell(new Workspace.FromRelay(self, inlet.link(), number, items)));
        }
    }

    /** Messages between nodes can get lost with a connection: both ends compare what they have. */
    private void compare() {
        if (owner != null) {
            inlet.acknowledge();
            owner.tell(new Workspace.Check(self, inlet.link(), uplink.batches(), inlet.received()));
        }
    }

    /** Looks after a link that stands. */
    void tick() {
        if (owner == null) {
            tryAgain();
        } else if (inlet.isRemote() && uplink.isUnheardTooLong()) {
            lost();
        } else if (inlet.isRemote() && (inlet.hasNews() || uplink.hasUnheard() || ++quietTicks >= QUIET_TICKS)) {
            quietTicks = 0;
            compare();
        }
    }
}

package io.skein.edge.rooms;

import io.skein.edge.rooms.Awareness.Entry;
import io.skein.engine.relay.PresenceRequest;
import io.skein.engine.workspace.RateLimit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a session's client says of itself, on its way into presence. Clients pass on what they hear of others, too: a session speaks for the one client that
 * it named first. Belongs to the socket's event loop.
 *
 * <p>A client says the same again under a higher clock every 15 s, and forgets others that have not done so for 30 s. Such renewals wait
 * for the next full five seconds, so that those of everybody in a room travel in one message.
 */
final class OwnAwareness {
    private static final long RENEWALS_MILLIS = 5_000;

    private final Executor loop;
    private final RateLimit rate;
    private final Consumer<PresenceRequest> presence;
    private @Nullable Entry known;
    /** What is said already, if it is. */
    private @Nullable Entry told;

    private boolean scheduled;
    private boolean over;

    /**
     * @param rate of what costs others a frame each
     * @param presence takes what is to be said
     */
    OwnAwareness(Executor loop, RateLimit rate, Consumer<PresenceRequest> presence) {
        this.loop = loop;
        this.rate = rate;
        this.presence = presence;
    }

    /** Begins to watch others; nobody sees the session yet. */
    void watch(Dialect dialect) {
        presence.accept(new PresenceRequest(
                Map.of(),
                Optional.empty(),
                Optional.of(new PresenceRequest.Watch.With(new RoomPresence(dialect, false))),
                true,
                false,
                Optional.empty()));
    }

    /** The client wants to be told of everybody again. */
    void refresh() {
        if (rate.take()) {
            presence.accept(new PresenceRequest(
                    Map.of(), Optional.empty(), Optional.empty(), known == null || isGone(known), true, place()));
        }
    }

    void said(List<Entry> entries) {
        for (Entry entry : entries) {
            Entry before = known;
            if (before == null ? entry.state().isPresent() : isNews(before, entry)) {
                known = entry;
                boolean same = before != null && before.state().equals(entry.state());
                if (!same) {
                    tellOrWait();
                } else {
                    schedule(RENEWALS_MILLIS - System.currentTimeMillis() % RENEWALS_MILLIS);
                }
            }
        }
    }

    /** As clients decide it: a higher clock, or the same and gone. */
    private static boolean isNews(Entry before, Entry entry) {
        return entry.client() == before.client()
                && (entry.clock() > before.clock()
                        || (entry.clock() == before.clock() && isGone(entry) && !isGone(before)));
    }

    private static boolean isGone(Entry entry) {
        return entry.state().isEmpty();
    }

    private void tellOrWait() {
        if (rate.take()) {
            tell();
        } else {
            schedule(rate.waitMillis());
        }
    }

    private void schedule(long millis) {
        if (!scheduled) {
            scheduled = true;
            CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, loop)
                    .execute(() -> {
                        scheduled = false;
                        if (!over) {
                            tell();
                        }
                    });
        }
    }

    /** Says what is known last, whatever came in between. */
    private void tell() {
        Entry entry = known;
        if (entry == null || entry.equals(told)) {
            return;
        }
        told = entry;
        boolean gone = isGone(entry);
        presence.accept(new PresenceRequest(
                gone ? Map.of() : entry.members(), Optional.empty(), Optional.empty(), gone, false, place()));
    }

    /** Somebody in two tabs is two clients, and others see both. */
    private Optional<String> place() {
        return Optional.ofNullable(known).map(entry -> "yjs " + entry.client());
    }

    /** The client is gone for good, as far as one can tell: others see that at once. */
    void leave() {
        Entry entry = known;
        if (entry != null && !isGone(entry)) {
            known = entry.gone();
            tell();
        }
    }

    /** Nothing more is said. */
    void end() {
        over = true;
    }
}

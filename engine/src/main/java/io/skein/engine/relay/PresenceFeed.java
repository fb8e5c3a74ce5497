package io.skein.engine.relay;

import io.skein.engine.presence.Crowd;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What sessions of a relay with one format are shown of who is here: the crowd as it is, and the last few changes that led to it. Nothing is
 * queued for a session; it has a number of what it has seen, and gets the change after that, or the list where it missed too many.
 * Each is encoded once, when the first session takes it.
 *
 * <p>The relay writes, event loops read.
 */
final class PresenceFeed {
    /** A session that is further behind gets the list, which then is about as short and always right. */
    private static final int STEPS = 8;

    private static @Nullable Frame framed(PresenceFormat format, byte @Nullable [] message) {
        if (message == null) {
            return null;
        }
        var builder = new Frame.Builder(format.framing());
        builder.add(message);
        return builder.build();
    }

    /** A change, as all who have what was before it are told it. */
    private static final class Step {
        final Crowd before;
        final Crowd after;
        final Crowd.Change change;
        private volatile @Nullable Frame frame;
        private volatile boolean empty;

        Step(Crowd before, Crowd after, Crowd.Change change) {
            this.before = before;
            this.after = after;
            this.change = change;
        }

        /** Two loops that meet here may encode it twice, which harms nobody. */
        @Nullable
        Frame frame(PresenceFormat format) {
            Frame known = frame;
            if (known == null && !empty) {
                known = framed(format, format.change(before, after, change));
                empty = known == null;
                frame = known;
            }
            return known;
        }
    }

    /** The crowd at one moment. */
    private static final class Shown {
        final Crowd crowd;
        /** Those that led here, the last one last. */
        final List<Step> steps;

        private volatile @Nullable Frame list;

        Shown(Crowd crowd, List<Step> steps) {
            this.crowd = crowd;
            this.steps = steps;
        }

        @Nullable
        Frame list(PresenceFormat format) {
            Frame known = list;
            if (known == null) {
                known = framed(format, format.list(crowd));
                list = known;
            }
            return known;
        }

        @Nullable
        Step after(long seen) {
            int back = (int) Math.min(STEPS + 1L, crowd.n() - seen);
            return back > steps.size() ? null : steps.get(steps.size() - back);
        }
    }

    private final PresenceFormat format;
    private final ArrayDeque<Step> recent = new ArrayDeque<>();
    private volatile @Nullable Shown shown;
    /** Sessions that follow. Touched by the relay only. */
    int followers;

    /** @param crowd null until it is known who is here */
    PresenceFeed(PresenceFormat format, @Nullable Crowd crowd) {
        this.format = format;
        this.shown = crowd == null ? null : new Shown(crowd, List.of());
    }

    /** The crowd is this from now on. */
    void show(Crowd before, Crowd.Next next) {
        Crowd crowd = next.crowd();
        if (shown != null) {
            recent.addLast(new Step(before, crowd, next.change()));
            if (recent.size() > STEPS) {
                recent.removeFirst();
            }
        }
        shown = new Shown(crowd, List.copyOf(recent));
    }

    /** Where a session is in a feed. Belongs to the session's event loop. */
    static final class Cursor {
        private final PresenceFeed feed;
        private @Nullable Crowd seen;

        Cursor(PresenceFeed feed) {
            this.feed = feed;
        }

        /** The session wants the list, whatever it has. */
        void refresh() {
            if (feed.format.replaces()) {
                seen = null;
            }
        }

        /** What takes back all that the session was told; null if nothing has to be. */
        byte @Nullable [] takeBack() {
            Crowd had = seen;
            if (had == null || feed.format.replaces()) {
                return null;
            }
            var nobody = new Crowd(had.n() + 1, had.mode(), had.intervalMillis(), 0, 0, Map.of());
            return feed.format.change(had, nobody, had.changeTo(nobody));
        }

        /** The next frame; null if there is nothing to tell. */
        @Nullable
        Frame poll() {
            Shown now = feed.shown;
            while (now != null && (seen == null || now.crowd.n() != seen.n())) {
                Frame frame = next(now, seen);
                if (frame != null) {
                    return frame;
                }
            }
            return null;
        }

        private @Nullable Frame next(Shown now, @Nullable Crowd had) {
            PresenceFormat format = feed.format;
            Step next = had == null ? null : now.after(had.n());
            if (had != null && next != null && (next.after.mode() == had.mode() || !format.replaces())) {
                seen = next.after;
                return next.frame(format);
            }
            seen = now.crowd;
            return had == null || format.replaces()
                    ? now.list(format)
                    : framed(format, format.change(had, now.crowd, had.changeTo(now.crowd)));
        }
    }
}

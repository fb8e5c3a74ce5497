package io.skein.edge.rooms;

import io.skein.engine.presence.Crowd;
import io.skein.engine.presence.Person;
import io.skein.engine.relay.PresenceFormat;
import io.skein.engine.relay.WireFormat;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Who is here, as awareness. Beyond what is listed by name there is nothing to tell: awareness has no word for how many there are.
 *
 * @param hidden whether the session may not know who is here; then it is told nothing
 */
record RoomPresence(Dialect dialect, boolean hidden) implements PresenceFormat {
    @Override
    public WireFormat.Framing framing() {
        return WireFormat.Framing.prefixed(dialect.prefix(), 1);
    }

    @Override
    public PresenceFormat counts() {
        return new RoomPresence(dialect, true);
    }

    /** Who is not in a list is not said to be gone by it. */
    @Override
    public boolean replaces() {
        return false;
    }

    @Override
    public byte @Nullable [] list(Crowd crowd) {
        return change(Crowd.NOBODY, crowd, Crowd.NOBODY.changeTo(crowd));
    }

    @Override
    public byte @Nullable [] change(Crowd before, Crowd after, Crowd.Change change) {
        if (hidden) {
            return null;
        }
        var entries = new ArrayList<Awareness.Entry>();
        for (Person gone : change.removed()) {
            Awareness.Entry entry = Awareness.entry(gone.state());
            if (entry != null) {
                entries.add(entry.gone());
            }
        }
        for (Person person : change.put()) {
            Awareness.Entry entry = Awareness.entry(person.state());
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries.isEmpty() ? null : Awareness.message(entries);
    }
}

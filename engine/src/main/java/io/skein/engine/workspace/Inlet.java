package io.skein.engine.workspace;

import io.skein.engine.Modules;
import io.skein.engine.codec.CorruptException;
import java.io.ByteArrayOutputStream;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Where a relay or a reader hears its owner: the other end of an owner's link. Counts what comes, so that it knows when something is missing, and
 * puts messages together that came in parts. Belongs to whoever hears.
 */
public final class Inlet {
    /** The owner is told of so much at once; its window is many times as large. */
    private static final int OWED_BYTES = 512 << 10;

    private final Modules modules;
    private final ActorRefResolver actors;
    private @Nullable DownstreamReader reader;
    private @Nullable ByteArrayOutputStream begun;
    private long link;
    private long received;
    private long acknowledged;
    private long owedBytes;
    private boolean lost;
    private boolean remote;

    public Inlet(Modules modules, ActorSystem<?> system) {
        this.modules = modules;
        this.actors = ActorRefResolver.get(system);
    }

    /** Begins a new link; what belongs to earlier ones is not heard any more. Gives back the number to ask with. */
    public long begin() {
        reader = new DownstreamReader(modules, actors::resolveActorRef);
        begun = null;
        received = 0;
        acknowledged = 0;
        owedBytes = 0;
        lost = false;
        remote = false;
        return ++link;
    }

    /** Whether a message belongs to the present link. */
    public boolean isFor(FromOwner message) {
        return message.link() == link && !lost;
    }

    public long link() {
        return link;
    }

    /** Number of the last part that came. */
    public long received() {
        return received;
    }

    /** Whether the owner is on another node. */
    public boolean isRemote() {
        return remote;
    }

    /** Whether something is missing: the link has to begin anew. */
    public boolean isLost() {
        return lost;
    }

    /** Null if something is missing before it. */
    public @Nullable Downstream hear(FromOwner.Whole whole) {
        return isNext(whole.number()) ? whole.message() : null;
    }

    /**
     * Null if the message is not complete, or something is missing.
     *
     * @throws CorruptException if this node cannot read it
     */
    public @Nullable Downstream hear(FromOwner.Part part) {
        remote = true;
        if (!isNext(part.number())) {
            return null;
        }
        owedBytes += part.bytes().length();
        if (part.last() && begun == null) {
            return Objects.requireNonNull(reader).read(part.bytes().toArray());
        }
        if (begun == null) {
            begun = new ByteArrayOutputStream(part.bytes().length() * 2);
        }
        begun.writeBytes(part.bytes().toArray());
        if (!part.last()) {
            return null;
        }
        byte[] message = begun.toByteArray();
        begun = null;
        return Objects.requireNonNull(reader).read(message);
    }

    /** What the owner says of itself; the link may be lost after it. */
    public void hear(FromOwner.Check check) {
        lost = check.sent() != received;
    }

    private boolean isNext(long number) {
        lost = number != received + 1;
        received = lost ? received : number;
        return !lost;
    }

    /** Whether the owner waits for a sign that its parts came. */
    public boolean isOwing() {
        return owedBytes >= OWED_BYTES;
    }

    /** Whether anything came of which the owner was not told. */
    public boolean hasNews() {
        return remote && received > acknowledged;
    }

    /** The owner is being told. */
    public void acknowledge() {
        acknowledged = received;
        owedBytes = 0;
    }
}

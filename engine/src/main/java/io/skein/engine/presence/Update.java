package io.skein.engine.presence;

import io.skein.engine.schema.Identity;
import java.util.List;

/**
 * What a board tells relays at a tick: what has changed since the tick before, or everything.
 *
 * @param n its number at this board, one higher each time
 * @param fresh whether {@code put} is everybody who is shown, whatever was told before
 * @param intervalMillis the time to the next one, at least
 * @param users how many identities are here
 * @param sessions how many sessions
 * @param put those who are shown anew or otherwise than before
 * @param removed those who are not shown any more
 */
public record Update(
        long n,
        boolean fresh,
        Mode mode,
        int intervalMillis,
        int users,
        int sessions,
        List<Person> put,
        List<Identity> removed) {
    /** The same for those who may know how many there are, but not who. */
    Update counts() {
        return new Update(n, fresh, Mode.COUNTS, intervalMillis, users, sessions, List.of(), List.of());
    }
}

package io.skein.engine.presence;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What a board tells a relay. */
public sealed interface FromBoard {
    /** Where to send reports to. */
    record Met(ActorRef<PresenceBoard.Command> board) implements FromBoard {}

    /** The report of this number is here; the next may come. */
    record Heard(long report) implements FromBoard {}

    /** The board has never heard of this relay, or has forgotten it: it wants to hear of everybody. */
    record SayAll() implements FromBoard {}

    /** Answered by {@link PresenceBoard.Seen}; until then the relay is told nothing more. */
    record Told(Update update) implements FromBoard {}

    /** The board ends; whoever finds the next one tells it whose seats this one kept. */
    record Farewell(List<Absent> absent) implements FromBoard {}
}

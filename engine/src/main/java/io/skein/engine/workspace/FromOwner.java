package io.skein.engine.workspace;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;

/**
 * What comes from a workspace's owner to a relay or a reader: inside one process the message as it is, to another node its bytes in numbered
 * parts. The other end chose {@code link} when it asked; what belongs to an earlier link is not for it any more.
 */
public sealed interface FromOwner {
    long link();

    /** @param number of this message on its link, from 1 */
    record Whole(long link, long number, Downstream message) implements FromOwner {}

    /**
     * A part of a message's bytes.
     *
     * @param number of this part on its link, from 1
     * @param last whether the message ends with it
     */
    record Part(long link, long number, boolean last, Bytes bytes) implements FromOwner {}

    /**
     * How far the owner is. Messages between nodes can get lost with a connection, and the last one leaves no gap that the next would show.
     *
     * @param sent number of the last part that is on its way
     * @param heard number of the last batch that arrived
     */
    record Check(long link, long sent, long heard) implements FromOwner {}

    /** There is no such workspace, or not for whoever asks, or it cannot be had now. */
    record Refused(long link, Refusal refusal) implements FromOwner {}

    /** Something is lost or may be: the journal failed, or a message is missing. Whatever was not answered may be done or not. */
    record Lost(long link) implements FromOwner {}
}

package io.skein.load.peer;

/** What a member learns from its socket, whatever the wire. */
public interface Heard {
    /** The member is in; updates after {@code seq} will follow. Again later: the stream was replaced by a snapshot. */
    void joined(long seq);

    /** An update of the room, under its seq. {@code author} is -1 if nobody of this run wrote it. */
    void update(long seq, int author, long number);

    /** The member's own update is durable. */
    void acknowledged(long number, long seq);

    /**
     * The member's own update was not taken.
     *
     * @param code the error's code
     * @param retryAfterMillis when to try again, 0 if the system does not say
     */
    void refused(long number, String code, int retryAfterMillis);

    /** What was heard has to be answered with this frame. */
    void answer(byte[] frame);

    /** The system ends the connection or reports something that no update of the member caused. */
    void ended(String why);
}

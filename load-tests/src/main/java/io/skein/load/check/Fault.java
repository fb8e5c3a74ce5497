package io.skein.load.check;

/** What a system can do wrong to a member of a room. */
public enum Fault {
    /** Acknowledged, and a member never heard of it. */
    LOST,
    /** Heard again by the same member. */
    DUPLICATE,
    /** Heard after a later update of the same author. */
    REORDERED,
    /** Two members heard different updates under one seq. */
    DIVERGED,
    /** A seq that is not greater than the one before. */
    SEQ_BACKWARDS,
    /** Acknowledged twice, unasked, under another seq than it was heard with, or before its author heard it. */
    UNFOUNDED_ACKNOWLEDGEMENT,
    /** Refused with a code that says nothing happened, and heard all the same. */
    REFUSED_YET_HEARD,
    /** An update nobody of this run has sent. */
    STRANGER,
    /** The stream was replaced by a snapshot: the member cannot have heard everything. */
    INTERRUPTED
}

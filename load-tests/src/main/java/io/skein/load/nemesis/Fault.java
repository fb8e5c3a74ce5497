package io.skein.load.nemesis;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Something that breaks, for a while. An instance is used for one strike at a time. */
interface Fault {
    /** Its name on the command line and in reports. */
    String name();

    /** Why it cannot be done here; null if it can. */
    @Nullable
    String impossible(World world);

    /** Breaks something, by the dice, and says what. */
    String strike(World world, Random dice) throws Exception;

    /** How long it stays broken, in seconds. */
    int seconds();

    /** Takes the cause away. What did not survive is brought back by {@link World#revive}. */
    void mend(World world) throws Exception;
}

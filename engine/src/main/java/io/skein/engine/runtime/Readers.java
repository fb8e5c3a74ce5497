package io.skein.engine.runtime;

import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Whether every node of the cluster reads what this version puts into messages and older ones do not. A node says so by a role: that is known of it before
 * anything is sent to it.
 */
public final class Readers {
    /** Reads the context of a trace beside a call and a publication. */
    public static final String TRACES = "reads-traces";

    private Readers() {}

    /** Looks at the members as they are known now; asked only for what is traced. */
    public static BooleanSupplier ofTraces(ActorSystem<?> system) {
        Cluster cluster = Cluster.get(system);
        return () -> {
            for (Member member : cluster.state().getMembers()) {
                if (!member.hasRole(TRACES)) {
                    return false;
                }
            }
            return true;
        };
    }
}

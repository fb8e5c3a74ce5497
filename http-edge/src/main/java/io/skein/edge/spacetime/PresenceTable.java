package io.skein.edge.spacetime;

import io.skein.edge.session.PresenceJson;
import io.skein.edge.session.SocketPort;
import io.skein.edge.sql.SqlException;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.PresenceRule;
import io.skein.engine.module.Refusal;
import io.skein.engine.relay.PresenceRequest;
import io.skein.engine.relay.Relay;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.RateLimit;
import java.util.Map;
import java.util.Optional;

/**
 * A session's part in presence where its module declares a table for it: the session is present as soon as it is in, one query set may show the
 * table, and a reducer changes the session's state. Lives on the socket's event loop.
 */
final class PresenceTable {
    private static final long NONE = -1;

    private final PresenceRule rule;
    private final SpacetimeFormat format;
    private final SocketPort port;
    private final RateLimit signals;
    private long set = NONE;

    PresenceTable(PresenceRule rule, SpacetimeFormat format, SocketPort port, RateLimit signals) {
        this.rule = rule;
        this.format = format;
        this.port = port;
        this.signals = signals;
    }

    /** The session is in. */
    void entered() {
        if (rule.table().isPresent()) {
            tell(Optional.empty());
        }
    }

    private void tell(Optional<PresenceRequest.Watch> watch) {
        var request = new PresenceRequest(Map.of(), Optional.empty(), watch, false, false, Optional.empty());
        port.tell(new Relay.Present(port.number(), 0, request, false));
    }

    /**
     * Looks at what a client asks for.
     *
     * @throws SqlException if the table is in it, and it cannot be shown so
     */
    void check(Subscription wanted) throws SqlException {
        if (rule.table().isEmpty()) {
            return;
        }
        String name = rule.table().get().name();
        Filter filter = wanted.tables().get(name);
        if (filter == null) {
            return;
        }
        if (!(filter instanceof Filter.All)) {
            throw new SqlException(name + " is not stored, and can only be asked for as a whole");
        }
        if (set != NONE) {
            throw new SqlException(name + " can be in one query set of a session");
        }
        set = wanted.number();
    }

    /** A set is there: what changes in it from now on is told. */
    void applied(long applied) {
        if (applied == set) {
            rule.table()
                    .ifPresent(table -> tell(Optional.of(
                            new PresenceRequest.Watch.With(new SpacetimePresence(format, table, applied, false)))));
        }
    }

    /** A set goes, or never came. */
    void dropped(long dropped) {
        if (dropped == set) {
            set = NONE;
            tell(Optional.of(new PresenceRequest.Watch.Off()));
        }
    }

    boolean isCall(String reducer) {
        return rule.reducer().filter(reducer::equals).isPresent();
    }

    /** The session changes its state. */
    void call(long request, PresenceRule.SetState args) {
        if (!signals.take()) {
            port.refuseCall(request, Refusal.later(ErrorCode.RATE_LIMITED, "too many signals", signals.waitMillis()));
            return;
        }
        var said = new PresenceRequest(
                PresenceJson.members(args.state()), Optional.empty(), Optional.empty(), false, false, Optional.empty());
        port.tellAsCall(request, new Relay.Present(port.number(), request, said, true));
    }
}

package io.skein.engine.workspace;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.StrangerLimit;
import io.skein.engine.schema.Identity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What those who are no members have asked of a workspace lately. Belongs to the workspace's actor. */
final class Strangers {
    /** Who has not been heard of for longest is forgotten, and begins anew: the bound on all of them still holds. */
    static final int MAX_KNOWN = 1024;

    private final StrangerLimit limit;
    private final LongSupplier nanoTime;
    private final RateLimit all;
    private final Map<Identity, RateLimit> each = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, RateLimit> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    /** @param nanoTime a clock that never goes back */
    Strangers(StrangerLimit limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.all = new RateLimit(limit.allPerSecond(), limit.allBurst(), nanoTime);
    }

    /** Counts one more call, or says why it is one too many; such a one counts for nobody. */
    Optional<Refusal> admit(Identity caller) {
        RateLimit own = each.computeIfAbsent(caller, _ -> new RateLimit(limit.perSecond(), limit.burst(), nanoTime));
        if (!own.isOpen()) {
            return Optional.of(tooMany("you are no member here, and call too often", own.waitMillis()));
        }
        if (!all.take()) {
            return Optional.of(tooMany("those who are no members here call too often", all.waitMillis()));
        }
        own.take();
        return Optional.empty();
    }

    int known() {
        return each.size();
    }

    private static Refusal tooMany(String message, long waitMillis) {
        return Refusal.later(ErrorCode.RATE_LIMITED, message, Math.max(1, waitMillis));
    }
}

package io.skein.engine.meters;

import io.skein.engine.module.ErrorCode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What was refused at one place of a node, by code. */
public final class Refusals {
    /** Never changed, and to look into it is to index an array. */
    private final Map<ErrorCode, Meter.Counter> byCode = new EnumMap<>(ErrorCode.class);

    /** @param at the place: a few words in all, one for each part of a node that refuses */
    public Refusals(Meters meters, String at) {
        for (ErrorCode code : ErrorCode.values()) {
            byCode.put(
                    code,
                    meters.counter(
                            "skein_refusals_total",
                            "What was asked and refused, by where that was decided and why.",
                            new Meter.Label("at", at),
                            new Meter.Label("code", code.wire())));
        }
    }

    public void count(ErrorCode code) {
        counter(code).increment();
    }

    private Meter.Counter counter(ErrorCode code) {
        return Objects.requireNonNull(byCode.get(code));
    }

    /** How often it was refused for one of these reasons. */
    public long count(List<ErrorCode> codes) {
        return codes.stream().mapToLong(code -> counter(code).count()).sum();
    }
}

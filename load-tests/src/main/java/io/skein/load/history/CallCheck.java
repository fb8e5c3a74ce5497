package io.skein.load.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.load.history.Chronicle.Tx;
import io.skein.load.history.Event.Called;
import io.skein.load.history.Event.Effect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds every call, over all attempts with its key, to one outcome and one effect. */
final class CallCheck {
    /** Refusals that rest on what is in the workspace: the key has its outcome. */
    private static final Set<String> REMEMBERED = Set.of("rejected", "conflict", "too_large");
    /** Refusals that say that this attempt did nothing, and leave the key free. */
    private static final Set<String> FREEING =
            Set.of("forbidden", "not_found", "invalid_args", "key_conflict", "rate_limited", "overloaded");

    /** How a call ended, over all its attempts. */
    enum End {
        ACCEPTED,
        REFUSED,
        UNKNOWN
    }

    /** One call: a sender and a key. */
    private static final class Call {
        final String sender;
        final String key;
        final String reducer;
        final JsonNode args;
        final List<Attempt> attempts = new ArrayList<>();

        Call(String sender, Called first) {
            this.sender = sender;
            this.key = first.key();
            this.reducer = first.reducer();
            this.args = first.args();
        }

        @Override
        public String toString() {
            return reducer + " " + key + " " + args;
        }
    }

    /** One time a call was sent. */
    private static final class Attempt {
        final long sentAt;
        long answeredAt = Long.MAX_VALUE;

        @Nullable
        JsonNode outcome;

        Attempt(long sentAt) {
            this.sentAt = sentAt;
        }

        String code() {
            return outcome == null ? "" : outcome.path("error").path("code").asText();
        }

        boolean accepted() {
            return outcome != null && outcome.path("ok").asBoolean();
        }

        long seq() {
            return outcome == null ? 0 : outcome.path("seq").asLong();
        }
    }

    private record Slot(int session, long id) {}

    private final Chronicle chronicle;
    private final Findings findings;
    private final Map<String, Call> calls = new LinkedHashMap<>();
    private final Map<Slot, Attempt> open = new HashMap<>();
    private final Map<String, Long> effects = new HashMap<>();
    private final Map<Long, Call> bySeq = new HashMap<>();

    CallCheck(Chronicle chronicle, Findings findings) {
        this.chronicle = chronicle;
        this.findings = findings;
    }

    void called(String sender, Called called) {
        Call call = calls.computeIfAbsent(sender + "|" + called.key(), _ -> new Call(sender, called));
        if (!call.reducer.equals(called.reducer()) || !call.args.equals(called.args())) {
            throw new IllegalArgumentException("the clients used key " + called.key() + " twice");
        }
        var attempt = new Attempt(called.at());
        call.attempts.add(attempt);
        open.put(new Slot(called.session(), called.id()), attempt);
    }

    /** An outcome came in; answers nothing that is open: rule O2. */
    void answered(long at, int session, JsonNode outcome) {
        Attempt attempt = open.remove(new Slot(session, outcome.path("id").asLong()));
        if (attempt == null) {
            findings.add(Rule.O2, "session " + session + ": an outcome of no open call: " + outcome);
        } else {
            attempt.answeredAt = at;
            attempt.outcome = outcome;
        }
    }

    /** Looks at everything, once the recording is read. */
    Counts finish() {
        readEffects();
        var counts = new HashMap<End, Long>();
        var acceptedBy = new HashMap<String, Long>();
        var unknownBy = new HashMap<String, Long>();
        for (Call call : calls.values()) {
            End end = end(call);
            counts.merge(end, 1L, Long::sum);
            String reducer = call.sender + "|" + call.reducer;
            switch (end) {
                case ACCEPTED -> {
                    acceptedBy.merge(reducer, 1L, Long::sum);
                    accepted(call);
                }
                case REFUSED -> refused(call);
                case UNKNOWN -> unknownBy.merge(reducer, 1L, Long::sum);
            }
        }
        requireOrigins(acceptedBy, unknownBy);
        return new Counts(
                counts.getOrDefault(End.ACCEPTED, 0L),
                counts.getOrDefault(End.REFUSED, 0L),
                counts.getOrDefault(End.UNKNOWN, 0L));
    }

    /** How many calls ended how. */
    record Counts(long accepted, long refused, long unknown) {}

    // ---- outcomes

    private End end(Call call) {
        long seq = 0;
        int first = 0;
        boolean remembered = false;
        boolean free = true;
        long knownAt = Long.MAX_VALUE;
        for (Attempt attempt : call.attempts) {
            String code = attempt.code();
            if (attempt.accepted()) {
                first += attempt.outcome != null
                                && attempt.outcome.path("repeated").asBoolean()
                        ? 0
                        : 1;
                if (seq != 0 && seq != attempt.seq()) {
                    findings.add(Rule.I1, call + " has the seqs " + seq + " and " + attempt.seq());
                }
                seq = attempt.seq();
                knownAt = Math.min(knownAt, attempt.answeredAt);
            } else if (REMEMBERED.contains(code)) {
                remembered = true;
            }
            if (code.equals("internal")) {
                findings.add(Rule.V3, call + ": " + attempt.outcome);
            }
            free &= FREEING.contains(code);
        }
        if (first > 1) {
            findings.add(Rule.I1, call + " was done " + first + " times for the first time");
        }
        if (seq != 0) {
            requireRepeated(call, knownAt, remembered);
            return End.ACCEPTED;
        }
        return remembered || free ? End.REFUSED : End.UNKNOWN;
    }

    private void requireRepeated(Call call, long knownAt, boolean remembered) {
        boolean conflicting = remembered;
        for (Attempt attempt : call.attempts) {
            boolean late = attempt.sentAt > knownAt && attempt.outcome != null && !attempt.accepted();
            boolean forgot = late
                    && FREEING.contains(attempt.code())
                    && !attempt.code().equals("overloaded")
                    && !attempt.code().equals("rate_limited");
            conflicting |= forgot;
        }
        if (conflicting) {
            findings.add(
                    Rule.I1,
                    call + " was accepted, and refused: "
                            + call.attempts.stream()
                                    .map(attempt -> String.valueOf(attempt.outcome))
                                    .toList());
        }
    }

    private void accepted(Call call) {
        long seq = call.attempts.stream()
                .filter(Attempt::accepted)
                .findFirst()
                .orElseThrow()
                .seq();
        Tx tx = chronicle.at(seq);
        Call other = bySeq.putIfAbsent(seq, call);
        if (other != null) {
            findings.add(Rule.I1, "seq " + seq + " is the outcome of " + call + " and of " + other);
        }
        if (tx == null) {
            findings.add(
                    Rule.D2, call + " was acknowledged as seq " + seq + ", the history ends at " + chronicle.head());
            return;
        }
        String effect = effect(call);
        boolean own = tx.changedNothing()
                ? effect == null
                : tx.sender().equals(call.sender) && tx.reducer().equals(call.reducer);
        boolean done = effect == null
                || Long.valueOf(seq).equals(effects.get(effect))
                || values(tx).contains(effect);
        if (!own || !done) {
            findings.add(
                    Rule.D2,
                    call + " was acknowledged as seq " + seq + ", which is " + tx.reducer() + " " + tx.tables() + " by "
                            + tx.sender()
                            + (effect != null && effects.containsKey(effect)
                                    ? "; it is seq " + effects.get(effect)
                                    : ""));
        }
    }

    private void refused(Call call) {
        Long seq = effects.get(String.valueOf(effect(call)));
        if (seq != null) {
            findings.add(Rule.V1, call + " was refused " + call.attempts.getLast().outcome + " and is seq " + seq);
        }
    }

    // ---- effects

    private void readEffects() {
        for (Tx tx : chronicle.transactions()) {
            for (String value : values(tx)) {
                Long before = effects.putIfAbsent(value, tx.seq());
                if (before != null) {
                    findings.add(Rule.I1, value + " was done as seq " + before + " and again as seq " + tx.seq());
                }
            }
        }
    }

    /** What marks the transaction: {@code sender|reducer|value} for each row that its reducer's effect names. */
    private Set<String> values(Tx tx) {
        Effect effect = chronicle.scene().effects().get(tx.reducer());
        if (effect == null || tx.seq() <= chronicle.scene().settledSeq()) {
            return Set.of();
        }
        var values = new HashSet<String>();
        for (JsonNode row : tx.tables().path(effect.table()).path(effect.operation())) {
            JsonNode value = effect.operation().equals("delete") ? row : row.path(effect.column());
            values.add(tx.sender() + "|" + tx.reducer() + "|" + value);
        }
        return values;
    }

    private @Nullable String effect(Call call) {
        Effect effect = chronicle.scene().effects().get(call.reducer);
        return effect == null ? null : call.sender + "|" + call.reducer + "|" + call.args.path(effect.argument());
    }

    /** Every transaction of a sender was called for, and no more often than that. */
    private void requireOrigins(Map<String, Long> acceptedBy, Map<String, Long> unknownBy) {
        var known = new HashSet<String>();
        var senders = new HashSet<String>();
        for (Call call : calls.values()) {
            senders.add(call.sender);
            String effect = effect(call);
            if (effect != null) {
                known.add(effect);
            }
        }
        var done = new HashMap<String, Long>();
        long unexplained = 0;
        for (Tx tx : chronicle.transactions()) {
            if (tx.changedNothing() && tx.seq() > chronicle.scene().settledSeq() && !bySeq.containsKey(tx.seq())) {
                unexplained++;
            }
            if (tx.seq() > chronicle.scene().settledSeq() && senders.contains(tx.sender())) {
                done.merge(tx.sender() + "|" + tx.reducer(), 1L, Long::sum);
                for (String value : values(tx)) {
                    if (!known.contains(value)) {
                        findings.add(Rule.V1, "seq " + tx.seq() + " was called by nobody: " + value);
                    }
                }
            }
        }
        long unanswered = unknownBy.values().stream().mapToLong(Long::longValue).sum();
        if (unexplained > unanswered) {
            findings.add(Rule.O1, unexplained + " seqs are not in the history, and no call had them as outcome");
        }
        done.forEach((reducer, count) -> {
            long accepted = acceptedBy.getOrDefault(reducer, 0L);
            long unknown = unknownBy.getOrDefault(reducer, 0L);
            if (count > accepted + unknown) {
                findings.add(
                        Rule.I1,
                        reducer + ": " + count + " times in the history, called " + accepted + " + " + unknown);
            }
        });
    }
}

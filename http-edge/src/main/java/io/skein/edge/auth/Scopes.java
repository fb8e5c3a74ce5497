package io.skein.edge.auth;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a token may be used for (rule K2): the claim {@code scope} of RFC 8693, words with spaces between them. A word is
 * {@code skein:read}, {@code skein:call} or {@code skein:admin}, which may be limited to a workspace ({@code skein:read:w1}), and a call to one of its
 * reducers ({@code skein:call:w1:append_sync_event}). Neither implies another. A token without such a word may do whatever its user may; words
 * of others ({@code openid}) say nothing here, and a word of ours that is not understood allows nothing, but limits. {@code skein:operator} is something
 * to have beside, and no limit. Scopes only ever take away: what a user's role forbids, no scope allows.
 *
 * @param unlimited whether everything is allowed that the user may do
 * @param operator whether the whole cluster may be looked at
 * @param grants what is allowed where not everything is
 */
public record Scopes(boolean unlimited, boolean operator, List<Scope> grants) {
    /** Of a token that says nothing about scopes. */
    public static final Scopes EVERYTHING = new Scopes(true, false, List.of());

    /** So many are enough for a worker; and a token goes into a header. */
    public static final int MOST = 32;

    static final String OPERATOR = "skein:operator";
    /** Stands where nothing is allowed: no word at all would allow everything. */
    private static final String NOTHING = "skein:nothing";

    private static final String OURS = "skein:";

    public Scopes {
        grants = List.copyOf(grants);
    }

    /** What a token's claim says; null: it has none. */
    static Scopes ofClaim(@Nullable Object claim) {
        List<?> words = switch (claim) {
            case String text -> List.of(text.split(" ", -1));
            case List<?> list -> list;
            case null, default -> List.of();
        };
        var grants = new ArrayList<Scope>();
        boolean limited = false;
        boolean operator = false;
        for (Object word : words) {
            if (OPERATOR.equals(word)) {
                operator = true;
            } else if (word instanceof String text && text.startsWith(OURS)) {
                limited = true;
                Scope.parse(text).ifPresent(grants::add);
            }
        }
        return new Scopes(!limited, operator, grants);
    }

    /**
     * What somebody asks for a token of theirs.
     *
     * @throws IllegalArgumentException if a word is none of ours, or there are none or too many
     */
    public static Scopes asked(List<String> words) {
        if (words.isEmpty() || words.size() > MOST) {
            throw new IllegalArgumentException("1 to " + MOST + " scopes, or none are said and they stay as they are");
        }
        var grants = new ArrayList<Scope>();
        boolean operator = false;
        for (String word : new TreeSet<>(words)) {
            if (word.equals(OPERATOR)) {
                operator = true;
            } else {
                grants.add(Scope.parse(word)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "a scope is skein:read, skein:call or skein:admin, each with :WORKSPACE or without,"
                                        + " skein:call:WORKSPACE:REDUCER, or "
                                        + OPERATOR)));
            }
        }
        return new Scopes(false, operator, grants);
    }

    /** Whether everything that {@code other} allows is allowed by these. */
    boolean cover(Scopes other) {
        if (other.operator && !operator) return false;
        if (unlimited) return true;
        return !other.unlimited
                && other.grants.stream().allMatch(asked -> grants.stream().anyMatch(grant -> grant.covers(asked)));
    }

    /** Why {@code needed} is not allowed; empty: it is. Every wire asks this before it asks the engine. */
    public Optional<Refusal> lack(Scope needed) {
        if (unlimited || grants.stream().anyMatch(grant -> grant.covers(needed))) return Optional.empty();
        return Optional.of(
                new Refusal(ErrorCode.FORBIDDEN, "scope", "the token's scopes do not include " + needed, -1, 0));
    }

    /** The words of the claim; none: there should be no claim. */
    public List<String> words() {
        var words = new ArrayList<String>();
        grants.forEach(grant -> words.add(grant.toString()));
        if (operator) words.add(OPERATOR);
        if (!unlimited && grants.isEmpty()) words.add(NOTHING);
        return words;
    }

    /** The claim; empty: there should be none. */
    String claim() {
        return String.join(" ", words());
    }
}

package io.skein.edge.sql;

/**
 * A piece of a query.
 *
 * @param text without quotes; of a word as it stands there
 * @param at where it begins, from 0
 */
record Token(Kind kind, String text, int at) {
    enum Kind {
        /** A keyword, or a name without quotes. */
        WORD,
        /** A name in double quotes. */
        NAME,
        /** Text in single quotes. */
        TEXT,
        NUMBER,
        /** The digits of {@code 0x…} or {@code X'…'}. */
        HEX,
        SYMBOL,
        END
    }

    boolean is(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    /** As an error names it. */
    @Override
    public String toString() {
        return kind == Kind.END
                ? "the end"
                : "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\" at " + at;
    }
}

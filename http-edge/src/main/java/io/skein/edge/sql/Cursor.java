package io.skein.edge.sql;

import java.util.List;

/** A place among the tokens of a query. */
final class Cursor {
    private final List<Token> tokens;
    private int at;

    /** @param tokens with an {@link Token.Kind#END} behind them */
    Cursor(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    /** Goes past a token, which is not the end. */
    void next() {
        at++;
    }

    boolean acceptWord(String word) {
        boolean here = peek().is(word);
        at += here ? 1 : 0;
        return here;
    }

    boolean acceptSymbol(String symbol) {
        boolean here = peek().isSymbol(symbol);
        at += here ? 1 : 0;
        return here;
    }

    void expect(String word) throws SqlException {
        if (!acceptWord(word)) {
            throw unexpected(word);
        }
    }

    void expectSymbol(String symbol) throws SqlException {
        if (!acceptSymbol(symbol)) {
            throw unexpected(symbol);
        }
    }

    /** A table's, column's or other name, with or without quotes. */
    String name(String what) throws SqlException {
        Token token = peek();
        if (token.kind() != Token.Kind.WORD && token.kind() != Token.Kind.NAME) {
            throw unexpected(what);
        }
        at++;
        return token.text();
    }

    SqlException unexpected(String wanted) {
        return new SqlException(wanted + " was expected, not " + peek());
    }
}

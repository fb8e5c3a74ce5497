package io.skein.edge.sql;

import java.util.ArrayList;
import java.util.List;

/** Cuts a query into tokens. */
final class Lexer {
    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String sql) {
        this.sql = sql;
    }

    /** The tokens, with an {@link Token.Kind#END} behind them. */
    static List<Token> tokens(String sql) throws SqlException {
        var lexer = new Lexer(sql);
        while (lexer.skipSpace()) {
            lexer.next();
        }
        lexer.tokens.add(new Token(Token.Kind.END, "", sql.length()));
        return lexer.tokens;
    }

    private boolean skipSpace() {
        while (at < sql.length() && Character.isWhitespace(sql.charAt(at))) {
            at++;
        }
        return at < sql.length();
    }

    private void next() throws SqlException {
        int from = at;
        char first = sql.charAt(at);
        if (first == '"') {
            add(Token.Kind.NAME, quoted('"'), from);
        } else if (first == '\'') {
            add(Token.Kind.TEXT, quoted('\''), from);
        } else if (first == '0' && at + 1 < sql.length() && (sql.charAt(at + 1) | 0x20) == 'x') {
            at += 2;
            add(Token.Kind.HEX, run(Lexer::isHex), from);
        } else if ((first | 0x20) == 'x' && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
            at++;
            add(Token.Kind.HEX, quoted('\''), from);
        } else if (isDigit(first) || ((first == '-' || first == '+' || first == '.') && startsNumber(at + 1))) {
            number(from);
        } else if (isWordStart(first)) {
            add(Token.Kind.WORD, run(c -> isWordStart(c) || isDigit(c)), from);
        } else {
            symbol(first, from);
        }
    }

    private void add(Token.Kind kind, String text, int from) {
        tokens.add(new Token(kind, text, from));
    }

    /** The text between two such quotes; two of them in it are one. */
    private String quoted(char quote) throws SqlException {
        int from = at;
        var text = new StringBuilder();
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c != quote) {
                text.append(c);
            } else if (at < sql.length() && sql.charAt(at) == quote) {
                text.append(quote);
                at++;
            } else {
                return text.toString();
            }
        }
        throw new SqlException("the quote at " + from + " is not closed");
    }

    /** Sign, digits, fraction, exponent. */
    private void number(int from) throws SqlException {
        at++;
        run(c -> isDigit(c) || c == '.');
        if (at < sql.length() && (sql.charAt(at) | 0x20) == 'e') {
            at++;
            if (at < sql.length() && (sql.charAt(at) == '-' || sql.charAt(at) == '+')) {
                at++;
            }
            run(Lexer::isDigit);
        }
        if (at < sql.length() && isWordStart(sql.charAt(at))) {
            throw new SqlException("not a number: " + sql.substring(from, at + 1) + "…");
        }
        add(Token.Kind.NUMBER, sql.substring(from, at), from);
    }

    private void symbol(char first, int from) throws SqlException {
        String two = sql.substring(at, Math.min(at + 2, sql.length()));
        switch (two) {
            case "<=", ">=", "<>", "!=" -> {
                at += 2;
                add(Token.Kind.SYMBOL, two, from);
            }
            default -> {
                if ("*.,()=<>;".indexOf(first) < 0) {
                    throw new SqlException("what is '" + first + "' at " + from + "?");
                }
                at++;
                add(Token.Kind.SYMBOL, String.valueOf(first), from);
            }
        }
    }

    private interface Letters {
        boolean has(char c);
    }

    private String run(Letters letters) {
        int from = at;
        while (at < sql.length() && letters.has(sql.charAt(at))) {
            at++;
        }
        return sql.substring(from, at);
    }

    private boolean startsNumber(int index) {
        return index < sql.length() && (isDigit(sql.charAt(index)) || sql.charAt(index) == '.');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(char c) {
        return isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    }

    private static boolean isWordStart(char c) {
        return c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    }
}

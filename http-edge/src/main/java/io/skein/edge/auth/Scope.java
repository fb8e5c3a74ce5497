package io.skein.edge.auth;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Reducer;
import io.skein.engine.runtime.Engine;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that a token may be used for, and one thing that a request needs: what is allowed covers what is needed.
 *
 * @param workspace empty: any
 * @param reducer of a call: the only one; empty: any, and signals and a state of presence, too
 */
public record Scope(Kind kind, String workspace, String reducer) {
    /** What is done. */
    public enum Kind {
        /** Rows, history, members, who is here, and questions. */
        READ,
        /** The module's reducers; signals, and what one tells others of oneself. */
        CALL,
        /** Workspaces themselves: to make, change, delete, import; their members and invitations; to join and to leave; and the user's tokens. */
        ADMIN;

        private final String word = "skein:" + name().toLowerCase(Locale.ROOT);
    }

    private static final int MAX_NAME = 128;
    private static final int MOST_PARTS = 4;

    /** To see what is in a workspace. A session needs it for being one. */
    public static Scope read(String workspace) {
        return new Scope(Kind.READ, workspace, "");
    }

    /** To see things of all workspaces. */
    public static Scope readAny() {
        return read("");
    }

    /** To call a reducer: one of the engine's own is administration, and a question is reading. */
    public static Scope call(String workspace, Reducer<?> reducer) {
        if (reducer.name().startsWith(Definition.RESERVED_PREFIX)) return admin(workspace);
        return reducer.query() ? read(workspace) : new Scope(Kind.CALL, workspace, reducer.name());
    }

    /** To tell others something that is no call: a signal, a state of presence. */
    public static Scope tell(String workspace) {
        return new Scope(Kind.CALL, workspace, "");
    }

    public static Scope admin(String workspace) {
        return new Scope(Kind.ADMIN, workspace, "");
    }

    /** To administer all workspaces, and the user's own tokens. */
    public static Scope adminAny() {
        return admin("");
    }

    /** Reads one of the words above; empty: it is none. */
    static Optional<Scope> parse(String word) {
        String[] parts = word.split(":", -1);
        if (parts.length < 2 || parts.length > MOST_PARTS) return Optional.empty();
        String workspace = parts.length > 2 ? parts[2] : "";
        String reducer = parts.length > 3 ? parts[3] : "";
        for (Kind kind : Kind.values()) {
            if (kind.word.equals(parts[0] + ":" + parts[1])) {
                boolean workspaceFits = parts.length == 2 || Engine.isWorkspaceId(workspace);
                boolean reducerFits = parts.length < MOST_PARTS || (kind == Kind.CALL && isName(reducer));
                return workspaceFits && reducerFits
                        ? Optional.of(new Scope(kind, workspace, reducer))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean isName(String text) {
        return text.length() <= MAX_NAME && text.matches("[A-Za-z0-9_]+");
    }

    boolean covers(Scope needed) {
        return kind == needed.kind
                && (workspace.isEmpty() || workspace.equals(needed.workspace))
                && (reducer.isEmpty() || reducer.equals(needed.reducer));
    }

    @Override
    public String toString() {
        return kind.word + (workspace.isEmpty() ? "" : ":" + workspace) + (reducer.isEmpty() ? "" : ":" + reducer);
    }
}

package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.MEMBER;
import static io.skein.modules.studio.StudioTables.MEMBERS;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static io.skein.modules.studio.StudioTables.WORKSPACES;

import io.skein.engine.module.Tx;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.Member;
import io.skein.modules.studio.StudioTables.Workflow;
import io.skein.modules.studio.StudioTables.Workspace;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What reducers ask before they do anything: whether things are there, whether the sender is a member, whether texts have a fitting size. */
final class Guards {
    static final int MAX_ID = 256;
    static final int MAX_NAME = 200;
    static final int MAX_TITLE = 500;
    static final int MAX_COMMENT = 10_000;
    /** Characters of one JSON column. */
    static final int MAX_JSON = 1 << 20;

    private static final int MAX_TIME = 64;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Guards() {}

    /** The transaction's time, {@code 2026-01-01T00:00:00.000Z}. */
    static String now(Tx tx) {
        return TIME.format(tx.time());
    }

    // ---- what is there, for members only

    /** The workspace, of which the sender is a member. */
    static Workspace workspace(Tx tx, String id) {
        Workspace workspace = tx.in(WORKSPACES)
                .find(id)
                .orElseThrow(() -> tx.reject("workspace_missing", "there is no workspace " + id));
        membership(tx, id);
        return workspace;
    }

    static Member membership(Tx tx, String workspaceId) {
        return tx.in(MEMBERS).where(MEMBER, List.of(workspaceId, tx.sender())).stream()
                .findFirst()
                .orElseThrow(() -> tx.reject("not_a_member", "you are no member of workspace " + workspaceId));
    }

    /** The workflow, of whose workspace the sender is a member. */
    static Workflow workflow(Tx tx, String id) {
        Workflow workflow = tx.in(WORKFLOWS)
                .find(id)
                .orElseThrow(() -> tx.reject("workflow_missing", "there is no workflow " + id));
        workspace(tx, workflow.workspaceId());
        return workflow;
    }

    /** The document, deleted or not, of whose workspace the sender is a member. */
    static BrainDoc doc(Tx tx, String id) {
        BrainDoc doc = tx.in(DOCS).find(id).orElseThrow(() -> tx.reject("doc_missing", "there is no document " + id));
        workspace(tx, doc.workspaceId());
        return doc;
    }

    // ---- sizes

    static void requireId(Tx tx, String what, String id) {
        tx.require(
                !id.isBlank() && id.length() <= MAX_ID,
                "invalid_id",
                "%s: an id has 1 to %d characters".formatted(what, MAX_ID));
    }

    static void requireName(Tx tx, String name) {
        tx.require(
                !name.isBlank() && name.length() <= MAX_NAME,
                "invalid_name",
                "a name has 1 to " + MAX_NAME + " characters");
    }

    /** Of people; empty where a client knows none. */
    static void requireDisplayName(Tx tx, String name) {
        requireShort(tx, "display_name", name, MAX_NAME, "invalid_display_name");
    }

    static void requireTime(Tx tx, String what, String time) {
        requireShort(tx, what, time, MAX_TIME, "invalid_time");
    }

    static void requireShort(Tx tx, String what, String text, int max, String reason) {
        tx.require(text.length() <= max, reason, "%s has at most %d characters".formatted(what, max));
    }

    static void requireJson(Tx tx, String what, String text) {
        requireShort(tx, what, text, MAX_JSON, "json_too_long");
        JsonTexts.require(tx, what, text);
    }
}

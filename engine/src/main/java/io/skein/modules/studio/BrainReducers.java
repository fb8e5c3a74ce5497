package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.FEEDBACK;
import static io.skein.modules.studio.StudioTables.VERSION;
import static io.skein.modules.studio.StudioTables.VERSIONS;

import io.skein.engine.module.Tx;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.BrainDocVersion;
import io.skein.modules.studio.StudioTables.BrainFeedback;
import java.util.List;
import java.util.Optional;

/** Documents of a workspace, with versions and what readers say of them. */
public final class BrainReducers {
    public record SaveBrainDoc(
            String id, String workspaceId, String title, String contentJson, Optional<String> versionId) {}

    public record DeleteBrainDoc(String docId) {}

    public record RecordBrainView(String docId) {}

    public record AddBrainFeedback(String docId, String type, String comment) {}

    public record RestoreBrainDocVersion(String docId, String versionId, String snapshotVersionId) {}

    private static final int MAX_TYPE = 100;

    private BrainReducers() {}

    /** Creates the document, or replaces its content; what it was becomes a version if that is given an id. */
    static void save(Tx tx, SaveBrainDoc in) {
        Guards.workspace(tx, in.workspaceId());
        String now = Guards.now(tx);
        Optional<BrainDoc> old = tx.in(DOCS).find(in.id());
        if (old.isEmpty()) {
            add(tx, new BrainDoc(in.id(), in.workspaceId(), in.title(), in.contentJson(), now, now, Optional.empty()));
            return;
        }
        tx.require(
                old.get().workspaceId().equals(in.workspaceId()),
                "doc_exists",
                "there is a document " + in.id() + " in another workspace");
        in.versionId().ifPresent(version -> keep(tx, old.get(), version));
        write(tx, old.get(), in.title(), in.contentJson());
    }

    static void add(Tx tx, BrainDoc doc) {
        Guards.requireId(tx, "id", doc.id());
        requireContent(tx, doc.title(), doc.contentJson());
        tx.in(DOCS).insert(doc);
    }

    private static void requireContent(Tx tx, String title, String contentJson) {
        Guards.requireShort(tx, "title", title, Guards.MAX_TITLE, "invalid_title");
        Guards.requireJson(tx, "content_json", contentJson);
    }

    /** Also brings back a deleted one. */
    private static void write(Tx tx, BrainDoc old, String title, String contentJson) {
        requireContent(tx, title, contentJson);
        tx.in(DOCS)
                .update(new BrainDoc(
                        old.id(),
                        old.workspaceId(),
                        title,
                        contentJson,
                        old.createdAt(),
                        Guards.now(tx),
                        Optional.empty()));
    }

    private static void keep(Tx tx, BrainDoc doc, String versionId) {
        Guards.requireId(tx, "version_id", versionId);
        tx.require(
                version(tx, doc.id(), versionId).isEmpty(),
                "version_exists",
                "the document has a version " + versionId + " already");
        tx.in(VERSIONS).insert(new BrainDocVersion(doc.id(), versionId, doc.contentJson(), Guards.now(tx)));
    }

    private static Optional<BrainDocVersion> version(Tx tx, String docId, String versionId) {
        return tx.in(VERSIONS).where(VERSION, List.of(docId, versionId)).stream()
                .findFirst();
    }

    /** Marks it; saving brings it back. */
    static void delete(Tx tx, DeleteBrainDoc in) {
        BrainDoc doc = Guards.doc(tx, in.docId());
        if (doc.deletedAt().isEmpty()) {
            tx.in(DOCS)
                    .update(new BrainDoc(
                            doc.id(),
                            doc.workspaceId(),
                            doc.title(),
                            doc.contentJson(),
                            doc.createdAt(),
                            doc.updatedAt(),
                            Optional.of(Guards.now(tx))));
        }
    }

    /** A look is no change: the document's time stays. */
    static void recordView(Tx tx, RecordBrainView in) {
        BrainDoc doc = Guards.doc(tx, in.docId());
        tx.in(DOCS)
                .update(new BrainDoc(
                        doc.id(),
                        doc.workspaceId(),
                        doc.title(),
                        JsonTexts.withOneViewMore(tx, doc.contentJson()),
                        doc.createdAt(),
                        doc.updatedAt(),
                        doc.deletedAt()));
    }

    static void addFeedback(Tx tx, AddBrainFeedback in) {
        Guards.doc(tx, in.docId());
        Guards.requireShort(tx, "type", in.type(), MAX_TYPE, "invalid_type");
        Guards.requireShort(tx, "comment", in.comment(), Guards.MAX_COMMENT, "comment_too_long");
        tx.in(FEEDBACK).insert(new BrainFeedback(in.docId(), tx.sender(), in.type(), in.comment(), Guards.now(tx)));
    }

    static void restoreVersion(Tx tx, RestoreBrainDocVersion in) {
        BrainDoc doc = Guards.doc(tx, in.docId());
        BrainDocVersion version = version(tx, doc.id(), in.versionId())
                .orElseThrow(() -> tx.reject("version_missing", "the document has no version " + in.versionId()));
        keep(tx, doc, in.snapshotVersionId());
        write(tx, doc, doc.title(), version.contentJson());
    }
}

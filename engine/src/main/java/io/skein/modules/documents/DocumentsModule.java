package io.skein.modules.documents;

import io.skein.engine.module.Access;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Documents that are saved whole: one JSON value each, such as an editor's blocks. A document is its owner's, who is whoever the token says;
 * nobody else sees or changes it, whatever their role. Who must not overwrite unseen says with the call which version it was made from (rule V2).
 *
 * <p>What a document was before stays as a revision. An editor that saves itself makes one every few seconds: of more than
 * {@link #MAX_REVISIONS} those go first that are closest in time to another one, so that the rest reach back far and tell recent changes apart.
 */
public final class DocumentsModule implements Module {
    /**
     * A document.
     *
     * @param owner whoever saved it first
     * @param revision counts its values from 1
     */
    public record Document(
            @Key Identity owner, @Key String id, Json value, int revision, Instant createdAt, Instant updatedAt) {}

    /** What a document was, until another value was saved or it was deleted. */
    public record Revision(
            @Key Identity owner, @Key String id, @Key int revision, Json value, Instant savedAt) {}

    public record SaveDocument(String id, Json value) {}

    public record DeleteDocument(String id) {}

    /** Makes an earlier value the present one again; also that of a deleted document. */
    public record RestoreDocument(String id, int revision) {}

    /** Removes a document with all that is kept of it. */
    public record PurgeDocument(String id) {}

    public static final Table<Document> DOCUMENTS = Table.of("document", Document.class);
    public static final Table<Revision> REVISIONS = Table.of("document_revision", Revision.class);
    private static final Index<Document, Identity> OF_OWNER = DOCUMENTS.index("owner", Identity.class);
    private static final Index<Revision, Identity> REVISIONS_OF_OWNER = REVISIONS.index("owner", Identity.class);
    private static final Index<Revision, List<Object>> OF_DOCUMENT = REVISIONS.index(List.of("owner", "id"));

    static final int MAX_DOCUMENTS = 1_000;
    static final int MAX_REVISIONS = 50;
    /** Of the texts of a document's revisions together; what is older than these goes. */
    static final int MAX_REVISIONS_CHARS = 4_000_000;

    /** Of deleted documents, for each owner; what was saved longest ago goes. */
    static final int MAX_DELETED_REVISIONS = 1_000;

    private static final int MAX_ID = 200;

    @Override
    public void define(Definition module) {
        module.name("documents").version(1).access(Access.PUBLIC_WRITE);
        module.table(DOCUMENTS)
                .visibleWhen((viewer, document, _) -> document.owner().equals(viewer.identity()));
        module.table(REVISIONS)
                .visibleWhen((viewer, revision, _) -> revision.owner().equals(viewer.identity()));
        module.reducer("save_document", SaveDocument.class, Role.EDITOR, DocumentsModule::save);
        module.reducer("delete_document", DeleteDocument.class, Role.EDITOR, DocumentsModule::delete);
        module.reducer("restore_document", RestoreDocument.class, Role.EDITOR, DocumentsModule::restore);
        module.reducer("purge_document", PurgeDocument.class, Role.EDITOR, DocumentsModule::purge);
    }

    private static void save(Tx tx, SaveDocument in) {
        write(tx, in.id(), in.value());
    }

    private static void delete(Tx tx, DeleteDocument in) {
        Document document = find(tx, in.id()).orElseThrow(() -> missing(tx, in.id()));
        keep(tx, document);
        tx.in(DOCUMENTS).delete(List.of(document.owner(), document.id()));
        List<Revision> ofDeleted = tx.in(REVISIONS).where(REVISIONS_OF_OWNER, tx.sender()).stream()
                .filter(revision -> find(tx, revision.id()).isEmpty())
                .sorted(Comparator.comparing(Revision::savedAt))
                .toList();
        ofDeleted.stream()
                .limit(Math.max(0, ofDeleted.size() - MAX_DELETED_REVISIONS))
                .forEach(revision -> drop(tx, revision));
    }

    private static void restore(Tx tx, RestoreDocument in) {
        Revision revision = tx.in(REVISIONS)
                .find(List.of(tx.sender(), in.id(), in.revision()))
                .orElseThrow(() -> tx.reject(
                        "revision_missing",
                        "document " + in.id() + " has no revision " + in.revision() + " to go back to"));
        write(tx, in.id(), revision.value());
    }

    private static void purge(Tx tx, PurgeDocument in) {
        List<Revision> revisions = revisions(tx, in.id());
        boolean was = tx.in(DOCUMENTS).delete(List.of(tx.sender(), in.id()));
        if (!was && revisions.isEmpty()) {
            throw missing(tx, in.id());
        }
        revisions.forEach(revision -> drop(tx, revision));
    }

    private static RuntimeException missing(Tx tx, String id) {
        return tx.reject("document_missing", "you have no document " + id);
    }

    private static Optional<Document> find(Tx tx, String id) {
        return tx.in(DOCUMENTS).find(List.of(tx.sender(), id));
    }

    /** The same value again is a new version of the row, which the next save is made from, and no revision. */
    private static void write(Tx tx, String id, Json value) {
        tx.require(
                !id.isBlank() && id.length() <= MAX_ID,
                "invalid_id",
                "an id is a text of 1 to " + MAX_ID + " characters");
        Optional<Document> before = find(tx, id);
        if (before.isEmpty()) {
            tx.require(
                    tx.in(DOCUMENTS).where(OF_OWNER, tx.sender()).size() < MAX_DOCUMENTS,
                    "too_many_documents",
                    "you have " + MAX_DOCUMENTS + " documents, the most there may be");
            int revision = revisions(tx, id).stream()
                            .mapToInt(Revision::revision)
                            .max()
                            .orElse(0)
                    + 1;
            tx.in(DOCUMENTS).insert(new Document(tx.sender(), id, value, revision, tx.time(), tx.time()));
            return;
        }
        Document old = before.get();
        boolean differs = !old.value().equals(value);
        if (differs) {
            keep(tx, old);
        }
        tx.in(DOCUMENTS)
                .update(new Document(
                        old.owner(), id, value, old.revision() + (differs ? 1 : 0), old.createdAt(), tx.time()));
    }

    // ---- revisions

    private static List<Revision> revisions(Tx tx, String id) {
        return tx.in(REVISIONS).where(OF_DOCUMENT, List.of(tx.sender(), id));
    }

    private static void keep(Tx tx, Document document) {
        var one = new Revision(
                document.owner(), document.id(), document.revision(), document.value(), document.updatedAt());
        tx.in(REVISIONS).insert(one);
        var kept = new ArrayList<>(revisions(tx, document.id()));
        kept.sort(Comparator.comparingInt(Revision::revision));
        if (kept.size() > MAX_REVISIONS) {
            drop(tx, kept.remove(closest(kept)));
        }
        long chars = kept.stream()
                .mapToLong(revision -> revision.value().text().length())
                .sum();
        while (chars > MAX_REVISIONS_CHARS && kept.size() > 1) {
            Revision oldest = kept.removeFirst();
            chars -= oldest.value().text().length();
            drop(tx, oldest);
        }
    }

    /** Index of the one that was saved soonest after the one before it; neither the first nor the last. */
    private static int closest(List<Revision> inOrder) {
        int closest = 1;
        Duration least =
                Duration.between(inOrder.get(0).savedAt(), inOrder.get(1).savedAt());
        for (int i = 2; i < inOrder.size() - 1; i++) {
            Duration pause = Duration.between(
                    inOrder.get(i - 1).savedAt(), inOrder.get(i).savedAt());
            if (pause.compareTo(least) < 0) {
                least = pause;
                closest = i;
            }
        }
        return closest;
    }

    private static void drop(Tx tx, Revision revision) {
        tx.in(REVISIONS).delete(List.of(revision.owner(), revision.id(), revision.revision()));
    }
}

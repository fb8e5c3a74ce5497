package io.skein.modules.documents;

import static io.skein.modules.documents.DocumentsModule.DOCUMENTS;
import static io.skein.modules.documents.DocumentsModule.MAX_REVISIONS;
import static io.skein.modules.documents.DocumentsModule.REVISIONS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Expectation;
import io.skein.engine.schema.Json;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.documents.DocumentsModule.DeleteDocument;
import io.skein.modules.documents.DocumentsModule.Document;
import io.skein.modules.documents.DocumentsModule.PurgeDocument;
import io.skein.modules.documents.DocumentsModule.RestoreDocument;
import io.skein.modules.documents.DocumentsModule.Revision;
import io.skein.modules.documents.DocumentsModule.SaveDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentsModuleTest {
    private final TestWorkspace workspace = TestWorkspace.of(new DocumentsModule());
    private final TestCaller ada = workspace.as("ada");
    private final TestCaller bob = workspace.as("bob");

    private static SaveDocument save(String id, int n) {
        return new SaveDocument(id, value(n));
    }

    private static Json value(int n) {
        return Json.parse("{\"blocks\":[" + n + "]}");
    }

    private List<Revision> revisions(TestCaller owner, String id) {
        return workspace.rows(REVISIONS).stream()
                .filter(one -> one.owner().equals(owner.identity()) && one.id().equals(id))
                .sorted(Comparator.comparingInt(Revision::revision))
                .toList();
    }

    private Document document(TestCaller owner, String id) {
        return workspace.find(DOCUMENTS, List.of(owner.identity(), id)).orElseThrow();
    }

    @Test
    void aDocumentIsWhoeverSavesItsOwn() {
        ada.accepted("save_document", save("plan", 1));
        bob.accepted("save_document", save("plan", 2));
        assertEquals(value(1), document(ada, "plan").value());
        assertEquals(value(2), document(bob, "plan").value());
        bob.accepted("delete_document", new DeleteDocument("plan"));
        assertEquals(value(1), document(ada, "plan").value());
        assertEquals(
                "document_missing",
                bob.refused("delete_document", new DeleteDocument("plan")).reason());
    }

    @Test
    void V1_nobodySeesTheDocumentsOfOthersWhateverTheirRole() {
        ada.accepted("save_document", save("plan", 1));
        ada.accepted("save_document", save("plan", 2));
        for (Role role : List.of(Role.VIEWER, Role.EDITOR, Role.ADMIN, Role.OWNER)) {
            assertEquals(List.of(), workspace.seenBy(role, DOCUMENTS), role::toString);
            assertEquals(List.of(), workspace.seenBy(role, REVISIONS), role::toString);
        }
    }

    @Test
    void V2_aDocumentThatWasSavedMeanwhileIsNotOverwrittenUnseen() {
        var key = List.of(ada.identity(), "plan");
        TestCaller first = ada.expecting(new Expectation.RowVersion("document", key, 0));
        first.accepted("save_document", save("plan", 1));
        assertEquals(
                ErrorCode.CONFLICT,
                first.refused("save_document", save("plan", 2)).code());
        long version = workspace.history().getLast().seq();
        TestCaller second = ada.expecting(new Expectation.RowVersion("document", key, version));
        second.accepted("save_document", save("plan", 3));
        assertEquals(
                ErrorCode.CONFLICT,
                second.refused("save_document", save("plan", 4)).code());
        assertEquals(value(3), document(ada, "plan").value());
    }

    @Test
    void whatADocumentWasStaysAndComesBack() {
        Instant saved = workspace.time();
        ada.accepted("save_document", save("plan", 1));
        workspace.advance(Duration.ofSeconds(5));
        ada.accepted("save_document", save("plan", 2));
        ada.accepted("save_document", save("plan", 2));
        assertEquals(List.of(new Revision(ada.identity(), "plan", 1, value(1), saved)), revisions(ada, "plan"));
        assertEquals(2, document(ada, "plan").revision());

        ada.accepted("restore_document", new RestoreDocument("plan", 1));
        assertEquals(value(1), document(ada, "plan").value());
        assertEquals(3, document(ada, "plan").revision());
        assertEquals(saved, document(ada, "plan").createdAt());
        assertEquals(
                "revision_missing",
                ada.refused("restore_document", new RestoreDocument("plan", 3)).reason());
        assertEquals(
                "revision_missing",
                bob.refused("restore_document", new RestoreDocument("plan", 1)).reason());
    }

    @Test
    void aDeletedDocumentComesBackUntilItIsPurged() {
        ada.accepted("save_document", save("plan", 1));
        ada.accepted("delete_document", new DeleteDocument("plan"));
        assertEquals(List.of(), workspace.rows(DOCUMENTS));
        ada.accepted("restore_document", new RestoreDocument("plan", 1));
        assertEquals(value(1), document(ada, "plan").value());
        assertEquals(2, document(ada, "plan").revision());
        ada.accepted("purge_document", new PurgeDocument("plan"));
        assertEquals(List.of(), workspace.rows(DOCUMENTS));
        assertEquals(List.of(), workspace.rows(REVISIONS));
        assertEquals(
                "document_missing",
                ada.refused("purge_document", new PurgeDocument("plan")).reason());
    }

    @Test
    void whereThereAreTooManyRevisionsThoseCloseToOthersGo() {
        ada.accepted("save_document", save("plan", 0));
        // A minute between two of them, but for a burst of four at one of them.
        for (int n = 1; n <= MAX_REVISIONS; n++) {
            workspace.advance(n > 20 && n < 25 ? Duration.ofSeconds(2) : Duration.ofMinutes(1));
            ada.accepted("save_document", save("plan", n));
        }
        assertEquals(MAX_REVISIONS, revisions(ada, "plan").size());
        for (int n = MAX_REVISIONS + 1; n <= MAX_REVISIONS + 4; n++) {
            workspace.advance(Duration.ofMinutes(1));
            ada.accepted("save_document", save("plan", n));
        }
        List<Integer> kept =
                revisions(ada, "plan").stream().map(Revision::revision).toList();
        assertEquals(MAX_REVISIONS, kept.size());
        assertTrue(kept.containsAll(List.of(1, 2, 20, 21, 26, MAX_REVISIONS + 4)), kept::toString);
        assertEquals(List.of(), kept.stream().filter(n -> n > 21 && n < 26).toList());
    }

    @Test
    void revisionsHaveABoundInSizeToo() {
        String half = "x".repeat(DocumentsModule.MAX_REVISIONS_CHARS / 2);
        for (int n = 0; n < 4; n++) {
            ada.accepted("save_document", new SaveDocument("plan", Json.parse("\"" + n + half + "\"")));
        }
        assertEquals(
                List.of(3),
                revisions(ada, "plan").stream().map(Revision::revision).toList());
    }

    @Test
    void ofDeletedDocumentsNoMoreThanABoundIsKept() {
        int many = DocumentsModule.MAX_DELETED_REVISIONS + 5;
        for (int n = 0; n < many; n++) {
            workspace.advance(Duration.ofSeconds(1));
            ada.accepted("save_document", save("d" + n, n));
            ada.accepted("delete_document", new DeleteDocument("d" + n));
        }
        assertEquals(
                DocumentsModule.MAX_DELETED_REVISIONS, workspace.rows(REVISIONS).size());
        assertEquals(List.of(), revisions(ada, "d4"));
        assertEquals(1, revisions(ada, "d5").size());
    }

    @Test
    void badInputIsRefused() {
        for (String id : List.of("", " ", "x".repeat(201))) {
            assertEquals("invalid_id", ada.refused("save_document", save(id, 1)).reason());
        }
        for (int n = 0; n < DocumentsModule.MAX_DOCUMENTS; n++) {
            ada.accepted("save_document", save("d" + n, n));
        }
        assertEquals(
                "too_many_documents",
                ada.refused("save_document", save("one more", 1)).reason());
        ada.accepted("save_document", save("d7", 8));
        bob.accepted("save_document", save("d1", 1));
    }
}

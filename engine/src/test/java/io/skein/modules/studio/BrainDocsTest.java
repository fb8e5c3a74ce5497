package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.FEEDBACK;
import static io.skein.modules.studio.StudioTables.VERSIONS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.modules.studio.BrainReducers.AddBrainFeedback;
import io.skein.modules.studio.BrainReducers.DeleteBrainDoc;
import io.skein.modules.studio.BrainReducers.RecordBrainView;
import io.skein.modules.studio.BrainReducers.RestoreBrainDocVersion;
import io.skein.modules.studio.BrainReducers.SaveBrainDoc;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.BrainDocVersion;
import io.skein.modules.studio.StudioTables.BrainFeedback;
import io.skein.modules.studio.WorkspaceReducers.CreateWorkspace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BrainDocsTest {
    private final Studio studio = new Studio();

    private BrainDoc doc() {
        return studio.db.find(DOCS, "d1").orElseThrow();
    }

    private void save(String content) {
        studio.bob.accepted("save_brain_doc", new SaveBrainDoc("d1", "s1", "T", content, Optional.empty()));
    }

    private void save(String content, String version) {
        studio.bob.accepted("save_brain_doc", new SaveBrainDoc("d1", "s1", "T", content, Optional.of(version)));
    }

    @Test
    void save_makesADocumentAndKeepsWhatItWasWhereAVersionIsNamed() {
        String created = studio.now();
        save("{\"n\":1}", "v0");
        assertEquals(new BrainDoc("d1", "s1", "T", "{\"n\":1}", created, created, Optional.empty()), doc());
        assertEquals(List.of(), studio.db.rows(VERSIONS), "nothing was there before");
        save("{\"n\":2}");
        String now = studio.now();
        save("{\"n\":3}", "v1");
        assertEquals(List.of(new BrainDocVersion("d1", "v1", "{\"n\":2}", now)), studio.db.rows(VERSIONS));
        assertEquals(new BrainDoc("d1", "s1", "T", "{\"n\":3}", created, now, Optional.empty()), doc());
    }

    @Test
    void delete_isSoftAndSavingRevives() {
        save("{}");
        String saved = doc().updatedAt();
        String now = studio.now();
        studio.ann.accepted("delete_brain_doc", new DeleteBrainDoc("d1"));
        assertEquals(Optional.of(now), doc().deletedAt());
        assertEquals(saved, doc().updatedAt());
        studio.ann.accepted("delete_brain_doc", new DeleteBrainDoc("d1"));
        assertEquals(Optional.of(now), doc().deletedAt(), "the first time counts");
        save("{}", "v1");
        assertEquals(Optional.empty(), doc().deletedAt());
    }

    @Test
    void restore_keepsWhatIsThereFirst() {
        save("{\"n\":1}");
        save("{\"n\":2}", "v1");
        studio.ann.accepted("delete_brain_doc", new DeleteBrainDoc("d1"));
        String now = studio.now();
        studio.ann.accepted("restore_brain_doc_version", new RestoreBrainDocVersion("d1", "v1", "v2"));
        assertEquals("{\"n\":1}", doc().contentJson());
        assertEquals(now, doc().updatedAt());
        assertEquals(Optional.empty(), doc().deletedAt());
        assertEquals(
                List.of("v1 {\"n\":1}", "v2 {\"n\":2}"),
                studio.db.rows(VERSIONS).stream()
                        .map(version -> version.versionId() + " " + version.contentJson())
                        .toList());
        assertEquals(
                "version_missing", reason("restore_brain_doc_version", new RestoreBrainDocVersion("d1", "v9", "v3")));
        assertEquals(
                "version_exists", reason("restore_brain_doc_version", new RestoreBrainDocVersion("d1", "v1", "v2")));
    }

    private String reason(String reducer, Record args) {
        return studio.ann.refused(reducer, args).reason();
    }

    @Test
    void views_areCountedAndNothingElseMoves() {
        var cases = Map.of(
                "{}", "{\"metrics\":{\"views\":1}}",
                "{\"a\": 1.0}", "{\"metrics\":{\"views\":1},\"a\": 1.0}",
                "{ \"metrics\": {\"views\": 41, \"x\":[{}]}, \"b\":\"\\ud800\"}",
                        "{ \"metrics\": {\"views\": 42, \"x\":[{}]}, \"b\":\"\\ud800\"}",
                "{\"metrics\":{\"x\":[1]}}", "{\"metrics\":{\"views\":1,\"x\":[1]}}",
                "{\"metrics\":{}}", "{\"metrics\":{\"views\":1}}",
                "{\"metrics\":null,\"c\":1}", "{\"metrics\":{\"views\":1},\"c\":1}",
                "{\"metrics\":{\"views\":\"many\" }}", "{\"metrics\":{\"views\":1 }}",
                "{\"metrics\":{\"views\":[1,{}]}}", "{\"metrics\":{\"views\":1}}",
                "{\"metrics\":{\"views\":1e999999999}}", "{\"metrics\":{\"views\":1}}",
                "{\"d\":{\"metrics\":{\"views\":7}}}", "{\"metrics\":{\"views\":1},\"d\":{\"metrics\":{\"views\":7}}}");
        cases.forEach((before, after) -> {
            save(before);
            String saved = doc().updatedAt();
            studio.bob.accepted("record_brain_view", new RecordBrainView("d1"));
            assertEquals(after, doc().contentJson());
            assertEquals(saved, doc().updatedAt());
        });
        save("[]");
        assertEquals("content_not_an_object", reason("record_brain_view", new RecordBrainView("d1")));
    }

    @Test
    void feedback_isAddedEachTime() {
        save("{}");
        String now = studio.now();
        studio.bob.accepted("add_brain_feedback", new AddBrainFeedback("d1", "success", "Good"));
        studio.db.setTime(studio.db.time().minusMillis(1));
        studio.bob.accepted("add_brain_feedback", new AddBrainFeedback("d1", "success", "Good"));
        var row = new BrainFeedback("d1", studio.bob.identity(), "success", "Good", now);
        assertEquals(List.of(row, row), studio.db.rows(FEEDBACK));
        assertEquals("invalid_type", reason("add_brain_feedback", new AddBrainFeedback("d1", "x".repeat(101), "")));
        assertEquals(
                "comment_too_long",
                reason("add_brain_feedback", new AddBrainFeedback("d1", "failure", "x".repeat(10_001))));
    }

    @Test
    void documents_areOfMembersAndOfOneWorkspace() {
        save("{}");
        studio.eve.accepted("create_workspace", new CreateWorkspace("s2", "Eve's", "Eve"));
        Map<String, Record> calls = Map.of(
                "save_brain_doc", new SaveBrainDoc("d1", "s1", "T", "{}", Optional.empty()),
                "delete_brain_doc", new DeleteBrainDoc("d1"),
                "record_brain_view", new RecordBrainView("d1"),
                "add_brain_feedback", new AddBrainFeedback("d1", "neutral", ""),
                "restore_brain_doc_version", new RestoreBrainDocVersion("d1", "v", "w"));
        calls.forEach((reducer, args) ->
                assertEquals("not_a_member", studio.eve.refused(reducer, args).reason(), reducer));
        assertEquals(
                "doc_exists",
                studio.eve
                        .refused("save_brain_doc", new SaveBrainDoc("d1", "s2", "Mine", "{}", Optional.empty()))
                        .reason());
        assertEquals("doc_missing", reason("delete_brain_doc", new DeleteBrainDoc("d9")));
        assertEquals("doc_missing", reason("record_brain_view", new RecordBrainView("d9")));
        assertEquals("doc_missing", reason("add_brain_feedback", new AddBrainFeedback("d9", "neutral", "")));
        assertEquals("doc_missing", reason("restore_brain_doc_version", new RestoreBrainDocVersion("d9", "v", "w")));
    }

    @Test
    void documents_mustFit() {
        assertEquals(
                "workspace_missing",
                reason("save_brain_doc", new SaveBrainDoc("d1", "s9", "T", "{}", Optional.empty())));
        assertEquals("invalid_json", reason("save_brain_doc", new SaveBrainDoc("d1", "s1", "T", "", Optional.empty())));
        assertEquals("invalid_id", reason("save_brain_doc", new SaveBrainDoc("", "s1", "T", "{}", Optional.empty())));
        assertEquals(
                "invalid_title",
                reason("save_brain_doc", new SaveBrainDoc("d1", "s1", "x".repeat(501), "{}", Optional.empty())));
        save("{}");
        save("{}", "v1");
        assertEquals(
                "version_exists", reason("save_brain_doc", new SaveBrainDoc("d1", "s1", "T", "1", Optional.of("v1"))));
        assertEquals("invalid_id", reason("save_brain_doc", new SaveBrainDoc("d1", "s1", "T", "1", Optional.of(" "))));
        assertEquals(
                "invalid_json", reason("save_brain_doc", new SaveBrainDoc("d1", "s1", "T", "nope", Optional.empty())));
        assertEquals("{}", doc().contentJson());
    }
}

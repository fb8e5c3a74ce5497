package io.skein.modules.studio;

import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.studio.BrainReducers.SaveBrainDoc;
import io.skein.modules.studio.WorkflowReducers.ApplyWorkflowOps;
import io.skein.modules.studio.WorkflowReducers.CreateWorkflow;
import io.skein.modules.studio.WorkspaceReducers.CreateInvite;
import io.skein.modules.studio.WorkspaceReducers.CreateWorkspace;
import io.skein.modules.studio.WorkspaceReducers.JoinWorkspace;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A studio in which Ann owns workspace {@code s1}, Bob is in it by invitation, and Eve is signed in and nothing else. */
final class Studio {
    final TestWorkspace db = TestWorkspace.of(new StudioModule());
    final TestCaller ann = db.as("ann");
    final TestCaller bob = db.as("bob");
    final TestCaller eve = db.as("eve");

    Studio() {
        ann.accepted("create_workspace", new CreateWorkspace("s1", "Studio", "Ann"));
        ann.accepted("create_invite", new CreateInvite("s1", "hash-1"));
        bob.accepted("join_workspace", new JoinWorkspace("hash-1", "Bob"));
    }

    /** With a workflow {@code w1} that holds nodes {@code a} and {@code b} and an edge {@code e} between them. */
    static Studio withWorkflow() {
        var studio = new Studio();
        studio.workflow("w1", "s1");
        studio.ops("w1", node("a"), node("b"), edge("e", "a", "b"));
        return studio;
    }

    void workflow(String id, String workspace) {
        ann.accepted("create_workflow", new CreateWorkflow(id, workspace, "Flow " + id, "Ann"));
    }

    void ops(String workflow, String... ops) {
        ann.accepted("apply_workflow_ops", ofOps(workflow, ops));
    }

    void doc(String id, String content) {
        ann.accepted("save_brain_doc", new SaveBrainDoc(id, "s1", "Title", content, Optional.empty()));
    }

    static ApplyWorkflowOps ofOps(String workflow, String... ops) {
        return new ApplyWorkflowOps(workflow, List.of(ops).stream().collect(Collectors.joining(",", "[", "]")), "Ann");
    }

    static String node(String id) {
        return """
            {"op":"upsert_node","nodeId":"%s","type":"agent","positionJson":"{\\"x\\":1}","dataJson":"{}"}\
            """.formatted(id);
    }

    static String edge(String id, String source, String target) {
        return """
            {"op":"upsert_edge","edgeId":"%s","source":"%s","target":"%s"}\
            """.formatted(id, source, target);
    }

    static String delete(String what, String id) {
        return "{\"op\":\"delete_%s\",\"%sId\":\"%s\"}".formatted(what, what, id);
    }

    /** What the next call writes as its time. */
    String now() {
        String text = db.time().toString();
        return text.length() == 20 ? text.replace("Z", ".000Z") : text;
    }
}

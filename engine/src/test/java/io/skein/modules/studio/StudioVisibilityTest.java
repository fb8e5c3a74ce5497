package io.skein.modules.studio;

import static io.skein.modules.studio.Studio.node;
import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.EDGES;
import static io.skein.modules.studio.StudioTables.EVENTS;
import static io.skein.modules.studio.StudioTables.FEEDBACK;
import static io.skein.modules.studio.StudioTables.INVITES;
import static io.skein.modules.studio.StudioTables.MEMBERS;
import static io.skein.modules.studio.StudioTables.NODES;
import static io.skein.modules.studio.StudioTables.PRESENCE;
import static io.skein.modules.studio.StudioTables.UI_STATES;
import static io.skein.modules.studio.StudioTables.VERSIONS;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static io.skein.modules.studio.StudioTables.WORKSPACES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.membership.Membership;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Visibility;
import io.skein.modules.studio.BrainReducers.AddBrainFeedback;
import io.skein.modules.studio.BrainReducers.SaveBrainDoc;
import io.skein.modules.studio.PresenceReducers.UpdatePresence;
import io.skein.modules.studio.WorkflowReducers.UpdateWorkflowUiState;
import io.skein.modules.studio.WorkspaceReducers.CreateWorkspace;
import io.skein.modules.studio.WorkspaceReducers.DeleteWorkspace;
import io.skein.modules.studio.WorkspaceReducers.JoinWorkspace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rules M2 and M3 for all that hangs from a workspace. {@code TestWorkspace} also holds what each was told against what each may see. */
class StudioVisibilityTest {
    private static final List<Table<?>> ALL = List.of(
            WORKSPACES,
            MEMBERS,
            INVITES,
            WORKFLOWS,
            NODES,
            EDGES,
            UI_STATES,
            DOCS,
            VERSIONS,
            FEEDBACK,
            EVENTS,
            PRESENCE);

    private final Studio studio = Studio.withWorkflow();

    StudioVisibilityTest() {
        studio.ann.accepted("update_workflow_ui_state", new UpdateWorkflowUiState("w1", "{\"zoom\":1}"));
        studio.doc("d1", "{\"n\":1}");
        studio.ann.accepted("save_brain_doc", new SaveBrainDoc("d1", "s1", "T", "{\"n\":2}", Optional.of("v1")));
        studio.ann.accepted("add_brain_feedback", new AddBrainFeedback("d1", "success", ""));
        studio.ann.accepted("update_presence", new UpdatePresence("s1", "w1", "Ann", Optional.of("a")));
    }

    private static Map<String, Integer> seen(TestCaller who) {
        var counts = new TreeMap<String, Integer>();
        for (Table<?> table : ALL) {
            counts.put(table.name(), who.sees(table).size());
        }
        return counts;
    }

    private Map<String, Integer> all() {
        var counts = new TreeMap<String, Integer>();
        for (Table<?> table : ALL) {
            counts.put(table.name(), studio.db.rows(table).size());
        }
        return counts;
    }

    @Test
    void M2_whoIsNoMemberSeesNothingOfIt() {
        assertTrue(all().values().stream().allMatch(count -> count > 0), all().toString());
        assertEquals(all(), seen(studio.ann));
        assertEquals(all(), seen(studio.bob));
        assertTrue(seen(studio.eve).values().stream().allMatch(count -> count == 0));
        studio.eve.accepted("create_workspace", new CreateWorkspace("s2", "Eve's", "Eve"));
        assertEquals(1, studio.eve.sees(WORKSPACES).size());
        assertEquals(0, studio.eve.sees(NODES).size());
        assertEquals(1, studio.bob.sees(WORKSPACES).size());
    }

    @Test
    void M3_whoJoinsSeesItFromThatTransactionOn() {
        studio.eve.accepted("join_workspace", new JoinWorkspace("hash-1", "Eve"));
        assertEquals(all(), seen(studio.eve));
        Committed joined = studio.db.history().getLast();
        assertEquals(all().values().stream().mapToInt(Integer::intValue).sum(), told(joined, studio.eve));
        assertEquals(1, told(joined, studio.bob), "others are told of the new member alone");
        studio.ops("w1", node("c"));
        assertEquals(3, told(studio.db.history().getLast(), studio.eve));
    }

    /** Operations that a member is told of one transaction. */
    private int told(Committed committed, TestCaller who) {
        var schema = studio.db.state().schema();
        return Visibility.strict(schema)
                .ops(committed, Audience.of(schema, who.identity(), Role.EDITOR))
                .size();
    }

    @Test
    void M3_whatIsRemovedGoesForEverybody() {
        studio.ann.accepted("delete_workspace", new DeleteWorkspace("s1"));
        assertTrue(all().values().stream().allMatch(count -> count == 0), all().toString());
        assertTrue(seen(studio.ann).values().stream().allMatch(count -> count == 0));
        assertTrue(studio.db.runScheduled(studio.db.time()).isEmpty(), "all in one transaction");
    }

    /** A transaction has bounds; what is left goes by transactions that follow, and members see what is left till then. */
    @Test
    void removal_ofMoreThanATransactionHolds_goesOnByItself() {
        String large = "\"" + "x".repeat(1_000_000) + "\"";
        studio.doc("d2", large);
        studio.doc("d3", large);
        for (String version : List.of("v1", "v2", "v3")) {
            studio.ann.accepted("save_brain_doc", new SaveBrainDoc("d2", "s1", "T", large, Optional.of(version)));
        }
        studio.workflow("w2", "s1");
        for (int part = 0; part < 3; part++) {
            int first = part * GraphOps.MAX_OPS;
            studio.ops(
                    "w2",
                    IntStream.range(first, first + GraphOps.MAX_OPS)
                            .mapToObj(i -> node("n" + i))
                            .toArray(String[]::new));
        }
        studio.ann.accepted("delete_workspace", new DeleteWorkspace("s1"));
        assertEquals(
                "workspace_missing",
                studio.ann
                        .refused("apply_workflow_ops", Studio.ofOps("w2", node("x")))
                        .reason());
        assertEquals(
                "invite_invalid",
                studio.eve
                        .refused("join_workspace", new JoinWorkspace("hash-1", "Eve"))
                        .reason());
        assertEquals(
                "workspace_being_removed",
                studio.eve
                        .refused("create_workspace", new CreateWorkspace("s1", "Mine", "Eve"))
                        .reason());
        assertTrue(studio.bob.sees(NODES).size() > 0);
        var outcomes = studio.db.runScheduled(studio.db.time().plusSeconds(1));
        assertTrue(outcomes.size() > 2, outcomes.toString());
        assertTrue(all().values().stream().allMatch(count -> count == 0), all().toString());
        studio.eve.accepted("create_workspace", new CreateWorkspace("s1", "Mine", "Eve"));
    }

    @Test
    void reducers_needTheAccessThatTheDatabaseGives() {
        studio.db.accepted("skein_set_access", new Membership.SetAccess(Access.PRIVATE));
        assertEquals(
                ErrorCode.FORBIDDEN,
                studio.eve
                        .refused("create_workspace", new CreateWorkspace("s2", "A", "Eve"))
                        .code());
        assertEquals(
                "not_a_member",
                studio.db
                        .owner()
                        .refused("apply_workflow_ops", Studio.ofOps("w1", node("x")))
                        .reason(),
                "the database's owner is no member of what is in it");
    }

    @Test
    void studio_isTheSameAfterARestart() {
        var before = all();
        studio.db.restart();
        assertEquals(before, all());
        studio.ops("w1", node("c"), Studio.delete("node", "a"));
        studio.db.restart();
        assertEquals(2, studio.db.rows(NODES).size());
    }
}

package io.skein.engine.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.everything.EverythingModule;
import io.skein.engine.everything.EverythingModule.Audit;
import io.skein.engine.everything.EverythingModule.Batch;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.membership.Membership.CreateInvite;
import io.skein.engine.membership.Membership.Join;
import io.skein.engine.membership.Membership.RemoveMember;
import io.skein.engine.membership.Membership.Rename;
import io.skein.engine.membership.Membership.RevokeInvite;
import io.skein.engine.membership.Membership.SetAccess;
import io.skein.engine.membership.Membership.SetRole;
import io.skein.engine.membership.SystemTables.Invite;
import io.skein.engine.membership.SystemTables.Member;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules M1 and M4, and the reducers that every workspace has. */
class MembershipTest {
    private static final String TOKEN = "q7Hs0wJ2mXv9Tz4LkB1nRa";
    private static final Bytes HASH = Membership.tokenHash(TOKEN);

    private final TestWorkspace workspace = TestWorkspace.of(new EverythingModule());
    private final TestCaller owner = workspace.owner();
    private final TestCaller ann = workspace.as("ann");

    private static CreateInvite invite(Role role, int uses) {
        return new CreateInvite(HASH, role, Optional.empty(), uses);
    }

    private static Join join(String token) {
        return new Join(token, "Ann");
    }

    // ---- M1

    @Test
    void M1_roleCountsAsOfTheCommit() {
        var batch = new Batch(List.of());
        assertEquals(ErrorCode.FORBIDDEN, ann.refused("batch", batch).code());
        workspace.member("ann", Role.VIEWER);
        ann.accepted("batch", batch);
        assertEquals(
                ErrorCode.FORBIDDEN,
                ann.refused(Membership.RENAME, new Rename("x")).code());
        owner.accepted(Membership.SET_ROLE, new SetRole(ann.identity(), Role.ADMIN));
        ann.accepted(Membership.RENAME, new Rename("x"));
        owner.accepted(Membership.REMOVE_MEMBER, new RemoveMember(ann.identity()));
        assertEquals(ErrorCode.FORBIDDEN, ann.refused("batch", batch).code());
        assertEquals(Role.NONE, ann.role());
    }

    @ParameterizedTest
    @CsvSource({"PRIVATE, NONE", "PUBLIC_READ, VIEWER", "PUBLIC_WRITE, EDITOR"})
    void M1_accessPolicyGivesStrangersARole(Access access, Role role) {
        owner.accepted(Membership.SET_ACCESS, new SetAccess(access));
        assertEquals(role, ann.role());
        workspace.member("vic", Role.VIEWER);
        assertEquals(Role.VIEWER, workspace.as("vic").role(), "a member's role is its own");
    }

    /** A hook is the engine's call and the session's doing. */
    @Test
    void M1_hooksSeeTheRoleOfTheOneWhoConnects() {
        workspace.member("ann", Role.VIEWER);
        ann.connect();
        assertEquals(
                new Audit(-2, ann.identity() + " as VIEWER"),
                workspace.find(EverythingModule.AUDITS, -2L).orElseThrow());
        ann.disconnect();
        assertTrue(workspace.find(EverythingModule.AUDITS, -2L).isEmpty());
    }

    @Test
    void M1_onlyOwnersMakeOrChangeAdminsAndOwners() {
        TestCaller admin = workspace.member("ada", Role.ADMIN);
        TestCaller other = workspace.member("abe", Role.ADMIN);
        workspace.member("ann", Role.VIEWER);
        admin.accepted(Membership.SET_ROLE, new SetRole(ann.identity(), Role.EDITOR));
        for (Role high : List.of(Role.ADMIN, Role.OWNER)) {
            var raise = new SetRole(ann.identity(), high);
            assertEquals(
                    "role_too_high", admin.refused(Membership.SET_ROLE, raise).reason());
            assertEquals(
                    "role_too_high",
                    admin.refused(Membership.CREATE_INVITE, invite(high, 1)).reason());
        }
        for (TestCaller high : List.of(owner, other)) {
            var lower = new SetRole(high.identity(), Role.VIEWER);
            assertEquals(
                    "role_too_high", admin.refused(Membership.SET_ROLE, lower).reason());
            var remove = new RemoveMember(high.identity());
            assertEquals(
                    "role_too_high",
                    admin.refused(Membership.REMOVE_MEMBER, remove).reason());
        }
        admin.accepted(Membership.SET_ROLE, new SetRole(admin.identity(), Role.VIEWER));
        owner.accepted(Membership.SET_ROLE, new SetRole(ann.identity(), Role.OWNER));
        assertEquals(Role.OWNER, ann.role());
    }

    @Test
    void M1_oneOwnerRemains() {
        workspace.member("ann", Role.EDITOR);
        assertEquals("last_owner", owner.refused(Membership.LEAVE).reason());
        var step = new SetRole(owner.identity(), Role.ADMIN);
        assertEquals("last_owner", owner.refused(Membership.SET_ROLE, step).reason());
        var remove = new RemoveMember(owner.identity());
        assertEquals(
                "last_owner", owner.refused(Membership.REMOVE_MEMBER, remove).reason());
        owner.accepted(Membership.SET_ROLE, new SetRole(ann.identity(), Role.OWNER));
        owner.accepted(Membership.LEAVE);
        assertEquals(Role.NONE, owner.role());
        assertEquals("last_owner", ann.refused(Membership.LEAVE).reason());
    }

    @Test
    void M1_noRoleAtAllIsNoRole() {
        workspace.member("ann", Role.EDITOR);
        assertEquals(
                "invalid_role",
                owner.refused(Membership.SET_ROLE, new SetRole(ann.identity(), Role.NONE))
                        .reason());
        assertEquals(
                "invalid_role",
                owner.refused(Membership.CREATE_INVITE, invite(Role.NONE, 1)).reason());
    }

    // ---- M4

    @Test
    void M4_tokensAreStoredOnlyAsHashes() {
        owner.withKey("k1").accepted(Membership.CREATE_INVITE, invite(Role.EDITOR, 2));
        ann.withKey("k2").accepted(Membership.JOIN, join(TOKEN));
        workspace.as("bob").withKey("k3").refused(Membership.JOIN, join(TOKEN + "x"));
        byte[] token = TOKEN.getBytes(StandardCharsets.US_ASCII);
        workspace
                .history()
                .forEach(each -> assertFalse(contains(each.canonical(), token), "transaction " + each.seq()));
        workspace.journal().forEach(group -> assertFalse(contains(GroupCodec.encode(group), token), "journal"));
        assertFalse(contains(SnapshotCodec.encode(workspace.state()), token), "snapshot");
        byte[] hash = HASH.toArray();
        assertTrue(contains(SnapshotCodec.encode(workspace.state()), hash), "the search finds what is there");
    }

    private static boolean contains(byte[] bytes, byte[] part) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    @Test
    void M4_invitationsGiveTheirRoleAsOftenAsTheySay() {
        owner.accepted(Membership.CREATE_INVITE, invite(Role.VIEWER, 2));
        for (String name : List.of("ann", "bob")) {
            workspace.as(name).accepted(Membership.JOIN, join(TOKEN));
            assertEquals(Role.VIEWER, workspace.as(name).role());
        }
        assertEquals(
                "invite_invalid",
                workspace.as("cat").refused(Membership.JOIN, join(TOKEN)).reason());
    }

    @Test
    void M4_joiningTwiceTakesOneUse() {
        owner.accepted(Membership.CREATE_INVITE, invite(Role.VIEWER, 2));
        ann.accepted(Membership.JOIN, join(TOKEN));
        ann.accepted(Membership.JOIN, join(TOKEN));
        assertEquals(1, workspace.find(SystemTables.INVITE, HASH).orElseThrow().usesLeft());
    }

    @Test
    void M4_invitationsExpire() {
        var end = workspace.time().plus(Duration.ofHours(1));
        owner.accepted(Membership.CREATE_INVITE, new CreateInvite(HASH, Role.VIEWER, Optional.of(end), 5));
        workspace.setTime(end.minusNanos(1_000));
        ann.accepted(Membership.JOIN, join(TOKEN));
        workspace.setTime(end);
        assertEquals(
                "invite_invalid",
                workspace.as("bob").refused(Membership.JOIN, join(TOKEN)).reason());
    }

    @Test
    void M4_invitationsAreRevoked() {
        owner.accepted(Membership.CREATE_INVITE, invite(Role.VIEWER, 5));
        owner.accepted(Membership.REVOKE_INVITE, new RevokeInvite(HASH));
        owner.accepted(Membership.REVOKE_INVITE, new RevokeInvite(HASH));
        assertEquals("invite_invalid", ann.refused(Membership.JOIN, join(TOKEN)).reason());
        assertEquals(
                "invite_missing",
                owner.refused(Membership.REVOKE_INVITE, new RevokeInvite(Bytes.of(new byte[32])))
                        .reason());
    }

    /** One answer for all that is wrong: nobody learns which tokens exist. */
    @Test
    void M4_unknownTokens_areRefusedLikeSpentOnes() {
        var unknown = ann.refused(Membership.JOIN, join("nothing"));
        owner.accepted(Membership.CREATE_INVITE, invite(Role.VIEWER, 5));
        owner.accepted(Membership.REVOKE_INVITE, new RevokeInvite(HASH));
        assertEquals(unknown, ann.refused(Membership.JOIN, join(TOKEN)));
    }

    @Test
    void M4_invitationsAreForAdminsToMakeAndSee() {
        owner.accepted(Membership.CREATE_INVITE, invite(Role.EDITOR, 5));
        ann.accepted(Membership.JOIN, join(TOKEN));
        assertEquals(
                ErrorCode.FORBIDDEN,
                ann.refused(Membership.CREATE_INVITE, invite(Role.VIEWER, 1)).code());
        assertEquals(List.of(), ann.sees(SystemTables.INVITE));
        assertEquals(1, owner.sees(SystemTables.INVITE).size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001})
    void M4_usesAreBounded(int uses) {
        assertEquals(
                "invalid_uses",
                owner.refused(Membership.CREATE_INVITE, invite(Role.VIEWER, uses))
                        .reason());
    }

    @Test
    void M4_hashesHaveTheirLength() {
        var invite = new CreateInvite(Bytes.of(new byte[31]), Role.VIEWER, Optional.empty(), 1);
        assertEquals(
                "invalid_token_hash",
                owner.refused(Membership.CREATE_INVITE, invite).reason());
    }

    @Test
    void L1_invitationsAreBounded_deadOnesMakeRoom() {
        for (int i = 0; i < Membership.MAX_INVITES; i++) {
            owner.accepted(
                    Membership.CREATE_INVITE,
                    new CreateInvite(Membership.tokenHash("t" + i), Role.VIEWER, Optional.empty(), 1));
        }
        assertEquals(
                "too_many_invites",
                owner.refused(Membership.CREATE_INVITE, invite(Role.VIEWER, 1)).reason());
        owner.accepted(Membership.REVOKE_INVITE, new RevokeInvite(Membership.tokenHash("t0")));
        ann.accepted(Membership.JOIN, join("t1"));
        owner.accepted(Membership.CREATE_INVITE, invite(Role.VIEWER, 1));
        List<Invite> left = workspace.rows(SystemTables.INVITE);
        assertEquals(Membership.MAX_INVITES - 1, left.size());
        assertEquals(HASH, left.getLast().tokenHash());
    }

    // ---- life

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n"})
    void names_mustSaySomething(String name) {
        assertEquals(
                "invalid_name",
                owner.refused(Membership.RENAME, new Rename(name)).reason());
        assertEquals(
                "invalid_name",
                owner.refused(Membership.RENAME, new Rename("x".repeat(201))).reason());
    }

    @Test
    void deletedWorkspaces_areGoneForAll() {
        workspace.member("ann", Role.EDITOR);
        owner.accepted(Membership.DELETE);
        assertEquals(
                ErrorCode.NOT_FOUND,
                owner.refused("batch", new Batch(List.of())).code());
        assertEquals(ErrorCode.NOT_FOUND, ann.refused(Membership.LEAVE).code());
        for (TestCaller each : List.of(owner, ann)) {
            assertEquals(Role.NONE, each.role());
        }
        assertEquals(List.of(), workspace.rows(SystemTables.MEMBER));
    }

    /** However many members there are: otherwise a large workspace could never be deleted. */
    @Test
    void deletion_hasNoLimitOfRows() {
        var limits = new DecideLimits(3, 500, 1 << 20, Duration.ofHours(1));
        var small = TestWorkspace.of(new EverythingModule(), limits, 10);
        for (int i = 0; i < 8; i++) {
            small.member("member-" + i, Role.VIEWER);
        }
        small.owner().accepted(Membership.DELETE);
        assertEquals(List.of(), small.rows(SystemTables.MEMBER));
    }

    @ParameterizedTest
    @EnumSource(names = {"VIEWER", "EDITOR", "ADMIN"})
    void deletion_isForOwners(Role role) {
        assertEquals(
                ErrorCode.FORBIDDEN,
                workspace.member("ann", role).refused(Membership.DELETE).code());
    }

    @Test
    void creation_makesTheFirstOwnerAndRunsTheHook() {
        Committed created = workspace.history().getFirst();
        assertEquals(1, created.seq());
        assertEquals(
                List.of(new Member(owner.identity(), "owner", Role.OWNER, TestWorkspace.BEGINNING)),
                workspace.rows(SystemTables.MEMBER));
        assertEquals(List.of(new Audit(-1, "created")), workspace.rows(EverythingModule.AUDITS));
    }
}

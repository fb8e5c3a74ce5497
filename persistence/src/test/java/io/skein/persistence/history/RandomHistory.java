package io.skein.persistence.history;

import io.skein.engine.membership.Membership;
import io.skein.engine.module.Role;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.board.BoardModule;
import io.skein.persistence.RoomsModule;
import java.util.Random;

/** Some hundred transactions of a workspace, the same for the same seed: every kind of operation, and refusals that are remembered. */
final class RandomHistory {
    private static final String[] ROOMS = {"hall", "attic", "cellar"};

    private RandomHistory() {}

    /** A module whose rules look at rows. */
    static TestWorkspace rooms(long seed, int calls) {
        var workspace = TestWorkspace.of(new RoomsModule());
        var random = new Random(seed);
        TestCaller ann = workspace.member("ann", Role.EDITOR);
        TestCaller bob = workspace.member("bob", Role.EDITOR);
        for (int i = 0; i < calls; i++) {
            TestCaller caller = random.nextBoolean() ? ann : bob;
            String room = ROOMS[random.nextInt(ROOMS.length)];
            String id = "n" + random.nextInt(8);
            TestCaller keyed = random.nextInt(4) == 0 ? caller.withKey("key-" + i) : caller;
            switch (random.nextInt(8)) {
                case 0 -> keyed.call("sit", new RoomsModule.Sit("s" + random.nextInt(4), room, caller.identity()));
                case 1 -> keyed.call("stand", new RoomsModule.Stand("s" + random.nextInt(4)));
                case 2, 3 -> keyed.call("write", new RoomsModule.Write(id, room, "text " + i));
                case 4 -> keyed.call("erase", new RoomsModule.Erase(id));
                case 5 -> keyed.call("add_mark", new RoomsModule.AddMark(room));
                case 6 -> keyed.call("drop_mark", new RoomsModule.DropMark(room));
                default -> workspace.call("hide", new RoomsModule.Hide(id, "hidden " + i));
            }
        }
        return workspace;
    }

    /** A module where roles decide alone. */
    static TestWorkspace board(long seed, int calls) {
        var workspace = TestWorkspace.of(new BoardModule());
        var random = new Random(seed);
        TestCaller ann = workspace.member("ann", Role.EDITOR);
        for (int i = 0; i < calls; i++) {
            String id = "c" + random.nextInt(10);
            TestCaller keyed = random.nextInt(4) == 0 ? ann.withKey("key-" + i) : ann;
            switch (random.nextInt(6)) {
                case 0, 1 -> keyed.call("add_card", new BoardModule.AddCard(id, "card " + i, i % 3, i));
                case 2 -> keyed.call("move_card", new BoardModule.MoveCard(id, i % 5, i));
                case 3 -> keyed.call("remove_card", new BoardModule.RemoveCard(id));
                case 4 -> keyed.call("add_remark", new BoardModule.AddRemark(id, "remark"));
                default -> keyed.call("nudge_card", new BoardModule.NudgeCard(id));
            }
            if (random.nextInt(20) == 0) {
                workspace.call(Membership.RENAME, new Membership.Rename("Test " + i));
            }
        }
        return workspace;
    }
}

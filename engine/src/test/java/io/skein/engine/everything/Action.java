package io.skein.engine.everything;

import io.skein.engine.everything.EverythingModule.Batch;
import io.skein.engine.everything.EverythingModule.Kind;
import io.skein.engine.everything.EverythingModule.Step;
import io.skein.engine.membership.Membership;
import io.skein.engine.module.Access;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Something that happens in a random history of an {@link EverythingModule}. Any of it may be refused. */
sealed interface Action {
    /** Who takes part; the first is the owner, the last never joins by invitation. */
    List<Identity> PEOPLE = List.of(
            TestWorkspace.person("owner"),
            TestWorkspace.person("ann"),
            TestWorkspace.person("bob"),
            TestWorkspace.person("cat"),
            TestWorkspace.person("stranger"));

    record DoBatch(Identity who, Optional<String> key, List<Step> steps) implements Action {}

    record SetRole(Identity who, Identity member, Role role) implements Action {}

    record Join(Identity who, Role role) implements Action {}

    record Remove(Identity who, Identity member) implements Action {}

    record Leave(Identity who) implements Action {}

    record SetAccess(Access access) implements Action {}

    record ConnectAndGo(Identity who) implements Action {}

    record PassTime(int seconds) implements Action {}

    /** Does it. */
    default void in(TestWorkspace workspace) {
        switch (this) {
            case DoBatch(var who, var key, var steps) -> {
                TestCaller caller = workspace.as(who);
                key.map(caller::withKey).orElse(caller).call("batch", new Batch(steps));
            }
            case SetRole(var who, var member, var role) ->
                workspace.as(who).call(Membership.SET_ROLE, new Membership.SetRole(member, role));
            case Join(var who, var role) -> {
                String token = "token " + workspace.state().seq();
                workspace.call(
                        Membership.CREATE_INVITE,
                        new Membership.CreateInvite(Membership.tokenHash(token), role, Optional.empty(), 1));
                workspace.as(who).call(Membership.JOIN, new Membership.Join(token, "name"));
            }
            case Remove(var who, var member) ->
                workspace.as(who).call(Membership.REMOVE_MEMBER, new Membership.RemoveMember(member));
            case Leave(var who) -> workspace.as(who).call(Membership.LEAVE);
            case SetAccess(var access) -> workspace.call(Membership.SET_ACCESS, new Membership.SetAccess(access));
            case ConnectAndGo(var who) -> {
                workspace.as(who).connect();
                workspace.as(who).disconnect();
            }
            case PassTime(var seconds) ->
                workspace.runScheduled(workspace.time().plus(Duration.ofSeconds(seconds)));
        }
    }

    /** A workspace in which everybody looks on, and these things have happened. */
    static TestWorkspace play(TestWorkspace workspace, List<Action> actions) {
        PEOPLE.forEach(workspace::as);
        actions.forEach(action -> action.in(workspace));
        return workspace;
    }

    static Arbitrary<Identity> people() {
        return Arbitraries.of(PEOPLE);
    }

    /** What refuses a whole batch is rare, so that most batches commit. */
    static Arbitrary<Step> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                Tuple.of(
                        10,
                        Arbitraries.of(
                                EnumSet.complementOf(EnumSet.of(Kind.INSERT_THING, Kind.UPDATE_THING, Kind.REJECT)))),
                Tuple.of(1, Arbitraries.of(Kind.INSERT_THING, Kind.UPDATE_THING, Kind.REJECT)));
        return Combinators.combine(kinds, numbers(0, 3), numbers(-3, 8), people())
                .as(Step::new);
    }

    private static Arbitrary<Integer> numbers(int min, int max) {
        return Arbitraries.integers().between(min, max).withDistribution(RandomDistribution.uniform());
    }

    /** Histories of some 20 actions, of which most are batches of a few steps. */
    static Arbitrary<List<Action>> histories() {
        Arbitrary<Role> roles = Arbitraries.of(Role.class);
        Arbitrary<Optional<String>> keys =
                Arbitraries.of("k1", "k2", "k3", "k4").optional(0.4);
        Arbitrary<Identity> callers = Arbitraries.frequency(
                Tuple.of(6, PEOPLE.get(0)),
                Tuple.of(2, PEOPLE.get(1)),
                Tuple.of(1, PEOPLE.get(2)),
                Tuple.of(1, PEOPLE.get(4)));
        Arbitrary<List<Step>> steps =
                steps().list().ofMinSize(1).ofMaxSize(10).withSizeDistribution(RandomDistribution.uniform());
        Arbitrary<Action> batch = Combinators.combine(callers, keys, steps).as(DoBatch::new);
        Arbitrary<Action> setRole =
                Combinators.combine(callers, people(), roles).as(SetRole::new);
        Arbitrary<Action> join =
                Combinators.combine(Arbitraries.of(PEOPLE.subList(1, 4)), roles).as(Join::new);
        Arbitrary<Action> remove = Combinators.combine(callers, people()).as(Remove::new);
        Arbitrary<Action> leave = people().map(Leave::new);
        Arbitrary<Action> setAccess = Arbitraries.of(Access.class).map(SetAccess::new);
        Arbitrary<Action> connect = people().map(ConnectAndGo::new);
        Arbitrary<Action> passTime = numbers(0, 5).map(PassTime::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(14, batch),
                        Tuple.of(3, join),
                        Tuple.of(4, setRole),
                        Tuple.of(1, remove),
                        Tuple.of(1, leave),
                        Tuple.of(1, setAccess),
                        Tuple.of(1, connect),
                        Tuple.of(2, passTime))
                .list()
                .ofMinSize(5)
                .ofMaxSize(35)
                .withSizeDistribution(RandomDistribution.uniform())
                .withoutEdgeCases();
    }
}

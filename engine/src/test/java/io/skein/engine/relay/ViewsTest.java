package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ViewsTest {
    private static final String EPOCH = "e";
    private static final long HEAD = 5;
    private static final Identity WHO = Identity.of("test", "who");
    private static final Audience AUDIENCE = new Audience(Role.VIEWER, Optional.empty());
    private static final List<Subscription> CARDS = List.of(Subscription.of(1, Map.of("card", new Filter.All())));

    private final FakePort port = new FakePort();
    private final LoopGroup group =
            new LoopGroup(port.eventLoop(), new RelayCounters(new io.skein.engine.meters.Meters()));
    private int questions;
    private final Views views = new Views(
            "w",
            StreamRig.SCHEMA,
            StreamRig.settings(100),
            new RelayCounters(new io.skein.engine.meters.Meters()),
            HEAD,
            _ -> questions++);

    /** A client that returns with what it heard last at {@code seq}. */
    private Member returning(FakePort to, long session, long seq) {
        return returning(to, session, seq, CARDS);
    }

    private Member returning(FakePort to, long session, long seq, List<Subscription> subscriptions) {
        String view = new View(AUDIENCE, subscriptions).fingerprint(WHO, StreamRig.SCHEMA);
        var cursor = Optional.of(new Relay.Resume(EPOCH, seq, view));
        group.join(to);
        group.allow(HEAD);
        return new Member(new Relay.Open(session, "s", 0, to, WHO, subscriptions, true, cursor), group);
    }

    /** The owner fixes a snapshot and sends its rows. */
    private void answer(long request) {
        views.fixed(request);
        views.deliver(request, new EncodedRows(new byte[0]));
    }

    /** Remarks on cards that have a title, in a wire where nobody starts over. */
    private Member joined(FakePort to) {
        var titled = new Filter.Compare("title", Filter.Operator.NOT_EQUAL, "");
        var remarks = Subscription.of(1, Map.of("remark", new Filter.Semijoin("card_id", "card", "id", titled)));
        group.join(to);
        group.allow(HEAD);
        var member = new Member(new Relay.Open(1, "s", 0, to, WHO, List.of(), false, Optional.empty()), group);
        views.entered(member, AUDIENCE, 0, EPOCH);
        views.enqueue(member, new Member.Change.Add(1, List.of(remarks)));
        views.fixed(1);
        views.deliver(1, new EncodedRows(new byte[0]));
        group.wakeIfChanged();
        return member;
    }

    private static FakePort closing() {
        return new FakePort(new Outbox(new StreamRig.Closing(), StreamRig.FORMAT, 1 << 10));
    }

    @Test
    void M3_who_looks_through_a_join_is_sent_away_when_their_role_changes() {
        FakePort to = closing();
        Member member = joined(to);
        var change = new Downstream.RoleChange(
                WHO, Role.ADMIN, Optional.of(new Audience(Role.ADMIN, Optional.empty())), List.of());
        views.roleChanged(
                member, StreamRig.header(HEAD + 1), change, change.audience().orElseThrow());
        group.wakeIfChanged();
        assertEquals(List.of("welcome", "subscribed " + HEAD, "bye"), to.said);
    }

    @Test
    void O2_who_looks_through_a_join_that_the_owner_does_not_follow_is_sent_away() {
        FakePort to = closing();
        Member member = joined(to);
        var unfollowed = new Downstream.Tx(StreamRig.header(HEAD + 1), Map.of(AUDIENCE, List.of()), List.of(), 100);
        assertEquals(true, views.append(unfollowed));
        views.endUnwritten(List.of(member));
        group.wakeIfChanged();
        assertEquals(List.of("welcome", "subscribed " + HEAD, "bye"), to.said);
    }

    @Test
    void L1_a_join_whose_client_left_before_its_rows_came_is_given_back() {
        FakePort to = closing();
        var titled = new Filter.Compare("title", Filter.Operator.NOT_EQUAL, "");
        var remarks = Subscription.of(1, Map.of("remark", new Filter.Semijoin("card_id", "card", "id", titled)));
        group.join(to);
        var member = new Member(new Relay.Open(1, "s", 0, to, WHO, List.of(), false, Optional.empty()), group);
        views.entered(member, AUDIENCE, 0, EPOCH);
        views.enqueue(member, new Member.Change.Add(1, List.of(remarks)));
        assertEquals(1, views.watched().size());
        views.leave(member);
        views.trim();
        assertEquals(0, views.watched().size());
    }

    /** Remarks on cards of one title. */
    private static Subscription remarksOn(long number, String title) {
        var titled = new Filter.Compare("title", Filter.Operator.EQUAL, title);
        return Subscription.of(number, Map.of("remark", new Filter.Semijoin("card_id", "card", "id", titled)));
    }

    private static List<Subscription> remarksOnCards(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> remarksOn(i, "t" + i)).toList();
    }

    /** Says why it was refused. */
    private static final class Refusals implements SessionFormat {
        @Override
        public List<byte[]> encode(ServerMessage message) {
            return message instanceof ServerMessage.Failed(var id, var refusal)
                    ? List.of(("refused " + id + " " + refusal.code() + " later " + (refusal.retryAfterMillis() > 0))
                            .getBytes(StandardCharsets.US_ASCII))
                    : StreamRig.FORMAT.encode(message);
        }
    }

    private Member in(FakePort to, long session) {
        group.join(to);
        group.allow(HEAD);
        var member = new Member(new Relay.Open(session, "s", 0, to, WHO, List.of(), false, Optional.empty()), group);
        views.entered(member, AUDIENCE, 0, EPOCH);
        return member;
    }

    @Test
    void L1_one_join_more_than_a_relay_may_have_followed_is_refused_and_all_else_goes_on() {
        FakePort first = closing();
        var second = new FakePort(new Outbox(new StreamRig.Closing(), new Refusals(), 1 << 10));
        Member full = in(first, 1);
        Member late = in(second, 2);
        views.enqueue(full, new Member.Change.Add(1, remarksOnCards(0, 998)));
        answer(1);
        views.enqueue(late, new Member.Change.Add(2, remarksOnCards(998, 1_001))); // three where there is room for two
        views.enqueue(late, new Member.Change.Add(3, remarksOnCards(998, 1_000)));
        answer(2);
        assertEquals(1_000, views.watched().size());
        views.enqueue(late, new Member.Change.Add(4, remarksOnCards(1_000, 1_001)));
        assertEquals(1_000, views.watched().size());
        views.enqueue(late, new Member.Change.Add(5, remarksOnCards(0, 1))); // which is followed already
        answer(3);
        views.enqueue(
                late, new Member.Change.Add(6, List.of(Subscription.of(9_999, Map.of("card", new Filter.All())))));
        answer(4);
        group.wake();
        String refused = " OVERLOADED later true";
        String subscribed = "subscribed " + HEAD;
        assertEquals(List.of("welcome", subscribed), first.said);
        assertEquals(
                List.of("welcome", "refused 2" + refused, subscribed, "refused 4" + refused, subscribed, subscribed),
                second.said);

        views.leave(full);
        views.trim();
        assertEquals(3, views.watched().size(), "two of its own, and the one that both had");
        views.enqueue(late, new Member.Change.Add(7, remarksOnCards(1_000, 1_001)));
        answer(5);
        group.wake();
        assertEquals(subscribed, second.said.getLast());
        assertEquals(7, second.said.size());
    }

    /** Something was committed that nobody here sees. */
    private void commitUnseen() {
        views.append(new Downstream.Tx(StreamRig.header(HEAD + 1), Map.of(), List.of(), 100));
    }

    @Test
    void R1_who_waits_for_the_history_of_an_owner_that_is_lost_asks_the_next_one() {
        Member member = returning(port, 1, 3);
        views.entered(member, AUDIENCE, 0, EPOCH);
        assertEquals(1, questions);
        views.reconnect(HEAD);
        views.entered(member, AUDIENCE, 0, EPOCH);
        assertEquals(2, questions);
        views.history(
                AUDIENCE, 2, List.of(StreamRig.entry(3, true), StreamRig.entry(4, true), StreamRig.entry(5, true)));
        group.wake();
        assertEquals(List.of("welcome", "resumed 3", "tx 4", "tx 5"), port.said);
    }

    @Test
    void R1_the_owner_is_asked_once_for_all_who_wait_and_again_for_a_view_that_comes_later() {
        var past = List.of(StreamRig.entry(3, true), StreamRig.entry(4, true), StreamRig.entry(5, true));
        var remarks = List.of(Subscription.of(1, Map.of("remark", new Filter.All())));
        var ports = List.of(new FakePort(), new FakePort(), new FakePort(), new FakePort());
        views.entered(returning(ports.get(0), 1, 3), AUDIENCE, 0, EPOCH);
        views.entered(returning(ports.get(1), 2, 3, remarks), AUDIENCE, 0, EPOCH);
        assertEquals(1, questions);
        views.history(AUDIENCE, 2, past);
        views.entered(returning(ports.get(2), 3, 4), AUDIENCE, 0, EPOCH);
        assertEquals(1, questions, "the view's own log reaches back as far");
        var both = List.of(CARDS.getFirst(), Subscription.of(2, Map.of("remark", new Filter.All())));
        views.entered(returning(ports.get(3), 4, 3, both), AUDIENCE, 0, EPOCH);
        assertEquals(2, questions);
        views.history(AUDIENCE, 2, past);
        group.wake();
        assertEquals(List.of("welcome", "resumed 3", "tx 4", "tx 5"), ports.get(0).said);
        assertEquals(List.of("welcome", "resumed 4", "tx 5"), ports.get(2).said);
        assertEquals(List.of("welcome", "resumed 3", "tx 4", "tx 5"), ports.get(3).said);
    }

    /** The owner was lost, and with it what the session stood on: it asks for a snapshot, and is let in again after that. */
    @Test
    void R1_who_is_let_in_again_while_it_waits_for_a_snapshot_gets_it_once() {
        Member member = returning(port, 1, HEAD);
        views.entered(member, AUDIENCE, 0, EPOCH);
        views.reconnect(HEAD + 3);
        views.restart(member, "lagging");
        views.entered(member, AUDIENCE, 0, EPOCH);
        assertEquals(1, questions, "both wait for the same rows");
        answer(1);
        group.allow(HEAD + 3);
        group.wake();
        assertEquals(List.of("welcome", "snapshot 8"), port.said);
    }

    /**
     * The owner was lost, the session asked the next one for a snapshot as who it was, and is somebody else by now: those rows are not
     * for it.
     */
    @Test
    void M2_who_is_let_in_as_another_while_it_waits_for_a_snapshot_asks_again_as_who_it_is() {
        Member member = returning(port, 1, HEAD);
        views.entered(member, AUDIENCE, 0, EPOCH);
        views.reconnect(HEAD + 3);
        views.restart(member, "lagging");
        assertEquals(1, questions);
        views.entered(member, new Audience(Role.EDITOR, Optional.empty()), HEAD + 2, EPOCH);
        assertEquals(2, questions, "the rows of another audience are other rows");
        answer(1);
        group.allow(HEAD + 3);
        group.wake();
        assertEquals(List.of("welcome", "resumed 5"), port.said);
        answer(2);
        group.wake();
        assertEquals(List.of("welcome", "resumed 5", "role 8", "snapshot 8"), port.said);
    }

    @Test
    void M3_what_was_to_be_heard_in_the_old_role_is_said_before_the_new_one() {
        Member member = returning(port, 1, 3);
        views.entered(member, AUDIENCE, 0, EPOCH);
        views.history(
                AUDIENCE, 2, List.of(StreamRig.entry(3, true), StreamRig.entry(4, true), StreamRig.entry(5, true)));
        views.reconnect(HEAD);
        views.entered(member, new Audience(Role.EDITOR, Optional.empty()), HEAD, EPOCH);
        group.wake();
        answer(1);
        group.wake();
        assertEquals(List.of("welcome", "resumed 3", "tx 4", "tx 5", "role 5", "snapshot 5"), port.said);
    }

    @Test
    void R3_a_thousand_who_return_before_the_rows_are_here_cost_the_owner_one_snapshot() {
        var ports = new ArrayList<FakePort>();
        for (int i = 0; i < 1_000; i++) {
            ports.add(new FakePort());
            views.entered(returning(ports.getLast(), i, HEAD + 1), AUDIENCE, 0, EPOCH);
        }
        answer(1);
        group.wake();
        assertEquals(1, questions);
        ports.forEach(each -> assertEquals(List.of("welcome", "snapshot 5"), each.said));
    }

    /** Between the owner's taking the relay in and its hearing of the session, something was committed that reached nobody here. */
    @Test
    void O2_who_missed_a_commit_while_the_relay_came_back_starts_over() {
        Member member = returning(port, 1, HEAD + 1);
        views.entered(member, AUDIENCE, 0, EPOCH);
        answer(1);
        views.reconnect(HEAD);
        commitUnseen();
        views.entered(member, AUDIENCE, 0, EPOCH);
        answer(2);
        group.allow(HEAD + 1);
        group.wake();
        assertEquals(List.of("welcome", "snapshot 6"), port.said);
    }

    /** The log that the rows were to lead into is gone with whoever asked for them. */
    @Test
    void O2_who_comes_after_the_one_who_asked_has_left_asks_anew() {
        Member gone = returning(port, 1, HEAD + 1);
        views.entered(gone, AUDIENCE, 0, EPOCH);
        views.fixed(1);
        views.leave(gone);
        commitUnseen();
        var next = new FakePort();
        views.entered(returning(next, 2, HEAD + 2), AUDIENCE, 0, EPOCH);
        assertEquals(2, questions);
        views.deliver(1, new EncodedRows(new byte[0]));
        answer(2);
        group.allow(HEAD + 1);
        group.wake();
        assertEquals(List.of("welcome", "snapshot 6"), next.said);
    }

    @Test
    void R2_who_was_let_in_again_after_the_cursor_gets_a_snapshot() {
        views.entered(returning(port, 1, HEAD - 1), AUDIENCE, HEAD, EPOCH);
        answer(1);
        group.wake();
        assertEquals(List.of("welcome", "snapshot 5"), port.said);
    }
}

package io.skein.load.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PictureTest {
    private final List<String> heard = new ArrayList<>();
    private final Picture picture = new Picture(watcher(heard));

    @Test
    void aListReplacesAndTellsTheDifference() {
        picture.everyone(set(1, 2), null);
        picture.everyone(set(2, 3), null);
        assertEquals(List.of("+1", "+2", "-1", "+3"), heard);
        assertNull(fault(2, 3));
    }

    @Test
    void findsGhostsAndWhoIsMissing() {
        picture.everyone(set(1, 2), null);
        assertEquals("shows {2}, who have left", fault(1));
        assertEquals("does not show {3}", fault(1, 2, 3));
    }

    @Test
    void findsCountsThatAreWrong() {
        picture.everyone(set(1, 2), count(5, 2, 3, "list"));
        assertEquals("2 users, 3 sessions, and 2 are here", fault(1, 2));
    }

    @Test
    void findsAGapBetweenChanges() {
        picture.everyone(set(1), count(5, 1, 1, "list"));
        assertNull(picture.change(change(6, 2, 2)));
        assertEquals("change 8 after 6", picture.change(change(8, 3, 3)));
    }

    @Test
    void aPartIsEnoughWhereOnlyTheActiveAreShown() {
        picture.everyone(set(1), count(5, 2, 2, "active"));
        assertNull(fault(1, 2));
        var other = new Picture(watcher(new ArrayList<>()));
        other.everyone(set(2), count(5, 2, 2, "active"));
        assertNotNull(picture.fault(set(1, 2), other));
    }

    @Test
    void remembersTheFewestUsersItHasShown() {
        picture.everyone(set(1, 2, 3), null);
        picture.takeFewest();
        picture.change(News.Change.gone(2));
        picture.change(News.Change.here(4));
        assertEquals(2, picture.takeFewest());
        assertEquals(3, picture.takeFewest());
        assertTrue(picture.changedNanos() != 0);
    }

    private static Picture.Watcher watcher(List<String> heard) {
        return new Picture.Watcher() {
            @Override
            public void appeared(int person) {
                heard.add("+" + person);
            }

            @Override
            public void vanished(int person) {
                heard.add("-" + person);
            }
        };
    }

    private @Nullable String fault(int... truth) {
        return picture.fault(set(truth), picture);
    }

    private static News.Change change(long n, int users, int person) {
        return new News.Change(List.of(person), List.of(), new News.Count(n, users, users, "", 0));
    }

    private static News.Count count(long n, int users, int sessions, String mode) {
        return new News.Count(n, users, sessions, mode, 50);
    }

    private static BitSet set(int... members) {
        var set = new BitSet();
        for (int member : members) {
            set.set(member);
        }
        return set;
    }
}

package io.skein.load.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A random room, its members hearing at different speeds; then the same with one fault somewhere. */
class RoomCheckPropertyTest {
    private record Update(long seq, int author, long number) {}

    @Property(tries = 300)
    void findsNothingInAFaultlessRun(
            @ForAll @IntRange(min = 1, max = 6) int members,
            @ForAll @IntRange(min = 1, max = 200) int updates,
            @ForAll long seed) {
        Room room = new Room(members, updates, new Random(seed));
        room.play();
        assertEquals(0, room.violations.total(), room.violations::toString);
    }

    @Property(tries = 300)
    void findsADrop(
            @ForAll @IntRange(min = 2, max = 6) int members,
            @ForAll @IntRange(min = 1, max = 200) int updates,
            @ForAll long seed) {
        Room room = new Room(members, updates, new Random(seed));
        List<Update> stream = room.anyStream();
        stream.remove(room.random.nextInt(stream.size()));
        room.play();
        assertEquals(1, room.violations.count(Fault.LOST), room.violations::toString);
    }

    @Property(tries = 300)
    void findsADuplicate(
            @ForAll @IntRange(min = 2, max = 6) int members,
            @ForAll @IntRange(min = 1, max = 200) int updates,
            @ForAll long seed) {
        Room room = new Room(members, updates, new Random(seed));
        List<Update> stream = room.anyStream();
        int at = room.random.nextInt(stream.size());
        stream.add(at + room.random.nextInt(stream.size() - at) + 1, stream.get(at));
        room.play();
        assertEquals(1, room.violations.count(Fault.DUPLICATE), room.violations::toString);
    }

    @Property(tries = 300)
    void findsASwap(
            @ForAll @IntRange(min = 2, max = 6) int members,
            @ForAll @IntRange(min = 2, max = 200) int updates,
            @ForAll long seed) {
        Room room = new Room(members, updates, new Random(seed));
        List<Update> stream = room.anyStream();
        int at = room.random.nextInt(stream.size() - 1);
        Collections.swap(stream, at, at + 1);
        room.play();
        assertTrue(room.violations.count(Fault.SEQ_BACKWARDS) > 0, room.violations::toString);
    }

    /** What each member will hear, in order; the tests damage one of the streams before it is played. */
    private static final class Room {
        private final Random random;
        private final Violations violations = new Violations();
        private final RoomCheck check;
        private final List<Update> history = new ArrayList<>();
        private final List<List<Update>> streams = new ArrayList<>();

        Room(int members, int updates, Random random) {
            this.random = random;
            check = new RoomCheck("room", members, members, RoomCheck.Order.SEQ, 0, violations);
            long seq = 0;
            for (int i = 0; i < updates; i++) {
                seq += 1 + random.nextInt(2);
                int author = random.nextInt(members);
                history.add(new Update(seq, author, check.sending(author)));
            }
            for (int member = 0; member < members; member++) {
                streams.add(new ArrayList<>(history));
            }
        }

        List<Update> anyStream() {
            return streams.get(random.nextInt(streams.size()));
        }

        void play() {
            int[] heard = new int[streams.size()];
            long left = streams.stream().mapToInt(List::size).sum();
            while (left > 0) {
                int member = random.nextInt(streams.size());
                List<Update> stream = streams.get(member);
                if (heard[member] < stream.size()) {
                    Update update = stream.get(heard[member]++);
                    check.heard(member, update.seq(), update.author(), update.number());
                    left--;
                }
            }
            history.forEach(update -> check.acknowledged(update.author(), update.number(), update.seq()));
            check.finish();
        }
    }
}

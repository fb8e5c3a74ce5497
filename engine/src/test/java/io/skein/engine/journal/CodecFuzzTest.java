package io.skein.engine.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.everything.SampleHistory;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever bytes a decoder is given, it reads them or says {@link CorruptException}, soon and in little room. */
class CodecFuzzTest {
    private static final int ROUNDS = 24;
    private static final long MAX_ALLOCATED_BYTES = 4 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final TestWorkspace WORKSPACE = SampleHistory.play();

    @Property(tries = 100)
    void transactions(@ForAll long seed) {
        for (Committed valid : WORKSPACE.history()) {
            fuzz(seed, valid.canonical(), bytes -> {
                var transaction = TransactionCodec.decode(bytes, valid.before());
                requireOneForm(bytes, TransactionCodec.encode(valid.before().schema(), transaction));
            });
        }
    }

    @Property(tries = 100)
    void groups(@ForAll long seed) {
        for (Group valid : WORKSPACE.journal()) {
            fuzz(seed, GroupCodec.encode(valid), bytes -> {
                Group group = GroupCodec.decode(bytes);
                requireOneForm(bytes, GroupCodec.encode(group));
            });
        }
    }

    /** The hash is right and the content is not: as if a faulty version had written it. */
    @Property(tries = 100)
    void replayedTransactions(@ForAll long seed) {
        for (Committed valid : WORKSPACE.history()) {
            WorkspaceState before = valid.before();
            fuzz(seed, valid.canonical(), bytes -> {
                var hash = Bytes.of(HashChain.next(before.hash(), bytes));
                var group = new Group("everything", 1, before.seq() + 1, List.of(bytes), hash, List.of());
                GroupCodec.replay(before, group, _ -> {});
            });
        }
    }

    @Property(tries = 100)
    void snapshots(@ForAll long seed) {
        WorkspaceState valid = WORKSPACE.state();
        fuzz(seed, SnapshotCodec.encode(valid), bytes -> {
            WorkspaceState state = SnapshotCodec.decode(bytes, CodecFuzzTest::module, 100);
            int again = SnapshotCodec.encode(state).length;
            assertTrue(bytes.length <= again, bytes.length + " bytes, then " + again);
        });
    }

    /** What was read is written again as it was; longer if a row lacked a column that has a fallback. */
    private static void requireOneForm(byte[] bytes, byte[] again) {
        if (again.length <= bytes.length) {
            assertArrayEquals(bytes, again, "another form");
        }
    }

    private static @Nullable ModuleSchema module(String name) {
        return name.equals("everything") ? WORKSPACE.state().schema() : null;
    }

    private static void fuzz(long seed, byte[] valid, Consumer<byte[]> decode) {
        decode.accept(valid);
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = round % 8 == 0 ? randomBytes(random) : mutated(valid, random);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                decode.accept(bytes);
            } catch (CorruptException expected) {
                assertTrue(String.valueOf(expected.getMessage()).length() < 10_000, "a message that floods the log");
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MAX_ALLOCATED_BYTES, allocated + " bytes allocated for " + bytes.length);
        }
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        bytes[0] = 1; // past the version
        return bytes;
    }

    /** Some bytes changed, cut out, doubled or put in. */
    private static byte[] mutated(byte[] valid, Random random) {
        byte[] bytes = valid;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length - 1);
            int length = Math.min(bytes.length - 1 - at, 1 + random.nextInt(12));
            bytes = switch (random.nextInt(6)) {
                case 0 -> spliced(bytes, at, length, new byte[0]);
                case 1 -> spliced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
                case 2 -> spliced(bytes, at, 1, new byte[] {-1, -1, -1, -1, 0x7f});
                case 3 -> spliced(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
                case 4 -> spliced(bytes, at, 1, new byte[] {(byte) random.nextInt(14)});
                default -> spliced(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
            };
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int at, int cut, byte[] put) {
        byte[] result = new byte[bytes.length - cut + put.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(put, 0, result, at, put.length);
        System.arraycopy(bytes, at + cut, result, at + put.length, bytes.length - at - cut);
        return result;
    }
}

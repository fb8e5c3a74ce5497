package io.skein.engine.state;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.state.RecentCalls.Answer;
import io.skein.engine.state.RecentCalls.Caller;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembered calls one behind the other as they came, and a table of where each begins. {@link Calls} are what some state knows of it: all up to a
 * place, which never changes again. Bytes and not objects, because a busy workspace remembers a hundred thousand: as objects in a tree they cost a
 * miss of the processor's cache for each level, and every collection a copy.
 *
 * <p>One thread appends. Others may read what came before the place that was handed to them.
 *
 * <pre>
 * entry    u16 bytes of the key, more than 0 | i32 its hash | 4 × i64 sender | 2 × i64 digest | i64 seq | i64 time
 *          | i32 what was said: 0 nothing, or its number | key in UTF-8
 * </pre>
 */
final class CallLog {
    private static final int HEAD_BYTES = 2 + 4 + Identity.BYTES + CallKey.DIGEST_BYTES + 8 + 8 + 4;
    private static final int FIRST_CHUNK_BYTES = 512;
    private static final int LAST_CHUNK_BITS = 15;
    private static final int FIRST_SLOTS = 8;

    /** Places are the number of a chunk and an offset in it. Chunks are never moved, so that others can read while one is appended. */
    private volatile ByteBuffer[] chunks = {};
    /** Open addressing with linear probing: 0, or hash and place + 1 of an entry. */
    private volatile long[] slots = {};
    /** A {@link Refusal} or {@link Json} of each entry that has one, from 1. */
    private volatile Object[] said = {};

    private int lastChunk = -1;
    private int entries;
    private int saidCount;
    private int end;

    /** The place behind the last entry. */
    int end() {
        return end;
    }

    /** Adds a call that is not there, or a later answer to one that is. */
    void append(Identity sender, String key, Answer answer) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        int hash = hash(sender, key);
        ByteBuffer chunk = room(HEAD_BYTES + text.length);
        int place = end;
        chunk.putShort((short) text.length)
                .putInt(hash)
                .putLong(sender.word0())
                .putLong(sender.word1())
                .putLong(sender.word2())
                .putLong(sender.word3())
                .putLong(answer.digestHigh())
                .putLong(answer.digestLow())
                .putLong(answer.seq())
                .putLong(answer.timeMicros())
                .putInt(say(answer))
                .put(text);
        end = (lastChunk << LAST_CHUNK_BITS) + chunk.position();
        entries++;
        index(hash, place);
    }

    private ByteBuffer room(int bytes) {
        if (lastChunk >= 0 && chunks[lastChunk].remaining() >= bytes) {
            return chunks[lastChunk];
        }
        lastChunk++;
        ByteBuffer[] known = chunks;
        if (lastChunk == known.length) {
            known = Arrays.copyOf(known, Math.max(4, 2 * lastChunk));
        }
        // The last byte of a chunk is not used: the place behind its last entry is still one of it.
        int usual = Math.min(1 << LAST_CHUNK_BITS, FIRST_CHUNK_BYTES << Math.min(lastChunk, 8));
        known[lastChunk] = ByteBuffer.allocate(Math.max(usual, bytes + 1)).limit(Math.max(usual, bytes + 1) - 1);
        chunks = known;
        end = lastChunk << LAST_CHUNK_BITS;
        return known[lastChunk];
    }

    private int say(Answer answer) {
        Object what = answer.refused() != null ? answer.refused() : answer.answered();
        if (what == null) {
            return 0;
        }
        Object[] known = said;
        if (saidCount == known.length) {
            known = Arrays.copyOf(known, Math.max(4, 2 * saidCount));
        }
        known[saidCount++] = what;
        said = known;
        return saidCount;
    }

    private void index(int hash, int place) {
        if (3 * entries > 2 * slots.length) {
            long[] old = slots;
            var grown = new long[Math.max(FIRST_SLOTS, 2 * old.length)];
            for (long slot : old) {
                if (slot != 0) {
                    put(grown, slot);
                }
            }
            slots = grown;
        }
        put(slots, ((long) hash << 32) | (place + 1));
    }

    private static void put(long[] slots, long slot) {
        int at = (int) (slot >>> 32) & (slots.length - 1);
        while (slots[at] != 0) {
            at = (at + 1) & (slots.length - 1);
        }
        slots[at] = slot;
    }

    /** What came of this call, if it is among the entries before {@code limit}. */
    @Nullable
    Answer find(Identity sender, String key, int limit) {
        long[] known = slots;
        if (limit == 0 || known.length == 0) {
            return null;
        }
        int hash = hash(sender, key);
        int at = hash & (known.length - 1);
        for (long slot = known[at]; slot != 0; slot = known[at]) {
            int place = (int) slot - 1;
            if ((int) (slot >>> 32) == hash && place < limit) {
                ByteBuffer entry = entry(place);
                if (caller(entry).equals(new Caller(sender, key))) {
                    return answer(entry);
                }
            }
            at = (at + 1) & (known.length - 1);
        }
        return null;
    }

    /** Visits the entries before {@code limit} in the order in which they came. */
    void forEach(int limit, BiConsumer<Caller, Answer> action) {
        for (int chunk = 0; chunk << LAST_CHUNK_BITS < limit; chunk++) {
            int place = chunk << LAST_CHUNK_BITS;
            ByteBuffer content = chunks[chunk];
            for (int at = 0; place + at < limit && at + HEAD_BYTES < content.limit() && content.getShort(at) != 0; ) {
                ByteBuffer entry = entry(place + at);
                action.accept(caller(entry), answer(entry));
                at += HEAD_BYTES + entry.getShort(0);
            }
        }
    }

    private ByteBuffer entry(int place) {
        ByteBuffer chunk = chunks[place >>> LAST_CHUNK_BITS];
        int at = place & ((1 << LAST_CHUNK_BITS) - 1);
        return chunk.slice(at, HEAD_BYTES + chunk.getShort(at));
    }

    private static Caller caller(ByteBuffer entry) {
        var sender = new Identity(entry.getLong(6), entry.getLong(14), entry.getLong(22), entry.getLong(30));
        byte[] text = new byte[entry.getShort(0)];
        entry.get(HEAD_BYTES, text);
        return new Caller(sender, new String(text, StandardCharsets.UTF_8));
    }

    private Answer answer(ByteBuffer entry) {
        int number = entry.getInt(70);
        Object what = number == 0 ? null : said[number - 1];
        return new Answer(
                entry.getLong(38),
                entry.getLong(46),
                entry.getLong(54),
                what instanceof Refusal refusal ? refusal : null,
                what instanceof Json json ? json : null,
                entry.getLong(62));
    }

    /** Spread over all bits (the finalizer of MurmurHash3), because keys that are counted up differ in their last ones alone. */
    private static int hash(Identity sender, String key) {
        int hash = sender.hashCode() * 31 + key.hashCode();
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return hash ^ (hash >>> 16);
    }
}

package io.skein.edge.api;

import io.skein.edge.json.Json;
import io.skein.engine.state.Stored;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Documents that are written while they are sent, a piece at a time: however large a workspace is, an answer holds references to its
 * immutable rows and a few kilobytes of text. Between pieces there are newlines, so a piece never ends within a JSON token.
 */
final class Pieces implements Iterator<byte[]>, AutoCloseable {
    private final Deque<Iterator<byte[]>> parts = new ArrayDeque<>();
    private Runnable whenClosed = () -> {};

    /** What to do when the document is sent, or is not wanted any more. */
    Pieces whenClosed(Runnable action) {
        whenClosed = action;
        return this;
    }

    @Override
    public void close() {
        parts.clear();
        whenClosed.run();
    }

    Pieces add(Iterator<byte[]> part) {
        parts.addLast(part);
        return this;
    }

    Pieces add(String text) {
        return add(List.of(text.getBytes(StandardCharsets.UTF_8)).iterator());
    }

    /** An object that stays open behind the beginning of one member more, whose value comes next. */
    Pieces open(Json.Writer object, String member) {
        byte[] whole = Json.DEFAULT.write(object);
        byte[] name = (",\"" + member + "\":").getBytes(StandardCharsets.UTF_8);
        byte[] open = Arrays.copyOf(whole, whole.length - 1 + name.length);
        System.arraycopy(name, 0, open, whole.length - 1, name.length);
        return add(List.of(open).iterator());
    }

    /** An array with one piece for each element. */
    Pieces array(Iterator<byte[]> elements) {
        return add("[").add(new Separated(elements)).add("]");
    }

    /** An array of {@code count} elements. */
    Pieces array(int count, IntFunction<Json.Writer> element) {
        return array(IntStream.range(0, count)
                .mapToObj(i -> Json.DEFAULT.write(element.apply(i)))
                .iterator());
    }

    @Override
    public boolean hasNext() {
        while (!parts.isEmpty() && !parts.getFirst().hasNext()) {
            parts.removeFirst();
        }
        return !parts.isEmpty();
    }

    @Override
    public byte[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return parts.getFirst().next();
    }

    /** Puts a comma in front of each element but the first. */
    private static final class Separated implements Iterator<byte[]> {
        private final Iterator<byte[]> elements;
        private boolean begun;

        Separated(Iterator<byte[]> elements) {
            this.elements = elements;
        }

        @Override
        public boolean hasNext() {
            return elements.hasNext();
        }

        @Override
        public byte[] next() {
            byte[] element = elements.next();
            if (!begun) {
                begun = true;
                return element;
            }
            var separated = new byte[element.length + 1];
            separated[0] = ',';
            System.arraycopy(element, 0, separated, 1, element.length);
            return separated;
        }
    }

    /** Each row of a table, a multiset's as often as there are copies. */
    static final class Rows implements Iterator<byte[]> {
        private final Iterator<Stored<?>> rows;
        private final Function<Object, byte[]> encode;
        private byte[] row = {};
        private int copiesLeft;

        Rows(List<Stored<?>> rows, Function<Object, byte[]> encode) {
            this.rows = rows.iterator();
            this.encode = encode;
        }

        @Override
        public boolean hasNext() {
            return copiesLeft > 0 || rows.hasNext();
        }

        @Override
        public byte[] next() {
            if (copiesLeft == 0) {
                Stored<?> stored = rows.next();
                row = encode.apply(stored.row());
                copiesLeft = stored.copies();
            }
            copiesLeft--;
            return row;
        }
    }
}

package io.skein.modules.rooms.yjs;

import io.skein.engine.schema.Bytes;
import org.jspecify.annotations.Nullable;

/** A run of what one client did, numbered by its clock. */
sealed interface Struct {
    int GC = 0;
    int SKIP = 10;
    int KIND = 0x1f;
    int KEYED = 0x20;
    int RIGHT = 0x40;
    int LEFT = 0x80;

    /** The number of its first. */
    long clock();

    long length();

    /** The number behind its last. */
    default long end() {
        return clock() + length();
    }

    /** The same from this clock on, which is within it. */
    Struct from(long client, long clock);

    void write(Lib0Writer out);

    /** What was there and is forgotten. */
    record Gone(long clock, long length) implements Struct {
        @Override
        public Struct from(long client, long from) {
            return new Gone(from, end() - from);
        }

        @Override
        public void write(Lib0Writer out) {
            out.u8(GC).number(length);
        }
    }

    /** A hole: the clocks are taken, what they stand for is in another update. */
    record Skip(long clock, long length) implements Struct {
        @Override
        public Struct from(long client, long from) {
            return new Skip(from, end() - from);
        }

        @Override
        public void write(Lib0Writer out) {
            out.u8(SKIP).number(length);
        }
    }

    /** One of what clients did. */
    record Id(long client, long clock) {
        static Id read(Lib0Reader in) throws MalformedException {
            return new Id(in.number(), in.number());
        }

        void write(Lib0Writer out) {
            out.number(client).number(clock);
        }
    }

    /**
     * Something that was put in.
     *
     * @param left what stood in front of it then
     * @param right what stood behind it
     * @param parent what it is in, as it was written, with its key there; nothing if there is a left or a right to tell
     * @param keyed whether it is known to be a value of a map
     */
    record Item(long clock, @Nullable Id left, @Nullable Id right, Bytes parent, boolean keyed, Content content)
            implements Struct {
        @Override
        public long length() {
            return content.length();
        }

        @Override
        public Struct from(long client, long from) {
            return new Item(from, new Id(client, from - 1), right, Bytes.EMPTY, keyed, content.after(from - clock));
        }

        @Override
        public void write(Lib0Writer out) {
            out.u8(content.kind() | (left == null ? 0 : LEFT) | (right == null ? 0 : RIGHT) | (keyed ? KEYED : 0));
            if (left != null) {
                left.write(out);
            }
            if (right != null) {
                right.write(out);
            }
            content.write(out.raw(parent));
        }

        /**
         * Whether {@code next} says nothing that would not be said by its content standing at the end of this one's: Yjs takes an item apart into
         * exactly these two where something comes between them ({@code splitItem}).
         */
        boolean isContinuedBy(long client, Item next) {
            return !keyed
                    && !next.keyed
                    && new Id(client, end() - 1).equals(next.left)
                    && (right == null ? next.right == null : right.equals(next.right))
                    && content.joins(next.content);
        }

        static Item read(int info, long clock, Lib0Reader in) throws MalformedException {
            Id left = (info & LEFT) != 0 ? Id.read(in) : null;
            Id right = (info & RIGHT) != 0 ? Id.read(in) : null;
            boolean keyed = (info & KEYED) != 0;
            Bytes parent = left == null && right == null ? parent(keyed, in) : Bytes.EMPTY;
            return new Item(clock, left, right, parent, keyed, Content.read(info & KIND, in));
        }

        private static Bytes parent(boolean keyed, Lib0Reader in) throws MalformedException {
            int from = in.position();
            if (in.number() == 1) {
                in.string();
            } else {
                Id.read(in);
            }
            if (keyed) {
                in.string();
            }
            return in.since(from);
        }
    }

    static Struct read(long clock, Lib0Reader in) throws MalformedException {
        int info = in.u8();
        Struct struct = switch (info & KIND) {
            case GC -> new Gone(clock, in.number());
            case SKIP -> new Skip(clock, in.number());
            default -> Item.read(info, clock, in);
        };
        if (struct.length() < 1 || struct.length() > Lib0Reader.MAX_NUMBER - clock) {
            throw new MalformedException("something is of length " + struct.length());
        }
        return struct;
    }
}

package io.skein.edge.spacetime;

import java.util.Arrays;

/** Rows of one table as the wire has them: a hint about their sizes, and behind it their bytes. */
final class RowList {
    private static final int MAX_FIXED_BYTES = 0xffff;

    private final Bsatn type;
    private final BsatnWriter rows;
    private long[] offsets;
    private int count;

    /**
     * @param expected how many rows will come, about
     */
    RowList(Bsatn type, int expected) {
        this.type = type;
        this.rows = new BsatnWriter(Math.max(16, expected * (type.isFixed() ? type.minBytes() : type.minBytes() + 32)));
        this.offsets = new long[isFixed() ? 0 : expected];
    }

    private boolean isFixed() {
        return type.isFixed() && type.minBytes() > 0 && type.minBytes() <= MAX_FIXED_BYTES;
    }

    void add(Object row) {
        if (!isFixed()) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, Math.max(8, count * 2));
            }
            offsets[count] = rows.size();
        }
        count++;
        type.write(rows, row);
    }

    /** Appends {@code FixedSize} and the size, or {@code RowOffsets} and where each row begins; then the rows. */
    void writeTo(BsatnWriter out) {
        if (isFixed()) {
            out.u8(0).u16(type.minBytes());
        } else {
            out.u8(1).u32(count);
            for (int i = 0; i < count; i++) {
                out.u64(offsets[i]);
            }
        }
        out.u32(rows.size()).raw(rows);
    }
}

package io.skein.edge.spacetime;

import java.util.List;

/** What a client of this wire says: {@code ClientMessage} of the protocol. Numbers are unsigned 32 bits, chosen by the client. */
sealed interface Request {
    long id();

    /** Queries whose rows come and go together. */
    record QuerySet(long number, List<String> queries) {}

    record Subscribe(long id, QuerySet set) implements Request {}

    /** Several sets at one place of the stream. */
    record SubscribeBatch(long id, List<QuerySet> sets) implements Request {}

    /** @param rows whether the client wants to be told what the set held */
    record Unsubscribe(long id, long set, boolean rows) implements Request {}

    record OneOffQuery(long id, String query) implements Request {}

    /** @param args the product of the reducer's arguments */
    record CallReducer(long id, String reducer, BsatnReader args) implements Request {}

    record CallProcedure(long id, String procedure) implements Request {}

    /**
     * Reads the next message.
     *
     * @throws BsatnException if there is none
     */
    static Request read(BsatnReader in) throws BsatnException {
        int kind = in.variant(6);
        long id = in.u32();
        return switch (kind) {
            case 0 -> new Subscribe(id, querySet(in));
            case 1 -> new Unsubscribe(id, in.u32(), in.variant(2) == 1);
            case 2 -> new OneOffQuery(id, in.string());
            case 3 -> {
                in.u8(); // flags, of which there are none
                yield new CallReducer(id, in.string(), in.part());
            }
            case 4 -> {
                in.u8();
                String procedure = in.string();
                in.part();
                yield new CallProcedure(id, procedure);
            }
            case 5 -> {
                var sets = new QuerySet[in.count(8)];
                for (int i = 0; i < sets.length; i++) {
                    sets[i] = querySet(in);
                }
                yield new SubscribeBatch(id, List.of(sets));
            }
            default -> throw new IllegalStateException("a variant without a reader: " + kind);
        };
    }

    private static QuerySet querySet(BsatnReader in) throws BsatnException {
        long number = in.u32();
        var queries = new String[in.count(4)];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = in.string();
        }
        return new QuerySet(number, List.of(queries));
    }
}

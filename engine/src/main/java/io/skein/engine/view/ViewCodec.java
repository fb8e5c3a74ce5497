package io.skein.engine.view;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Views, as nodes send them to one another. Values in filters stay {@link Encoded} at the other end, until {@link View#decoded}.
 *
 * <pre>
 * audience      string role, flag member?, (32 identity), flag join?, (string table, filter)
 * subscription  varint number, varint n, then for each table: string name, filter
 * filter        0 all  |  1, string column, string operator, flag value?, (bytes)  |  2 and, varint n, filters  |  3 or, the same  |
 *               4 not, filter  |  5 two columns, string, string operator, string  |  6 semijoin, string column, string table, string column, filter
 * </pre>
 */
public final class ViewCodec {
    private ViewCodec() {}

    public static void writeRole(ByteWriter out, Role role) {
        out.string(role.wire());
    }

    public static Role readRole(ByteReader in) {
        return Role.ofWire(in.string());
    }

    public static void write(ByteWriter out, Audience audience) {
        writeRole(out, audience.role());
        out.flag(audience.member().isPresent());
        audience.member().ifPresent(member -> ValueCodec.writeIdentity(out, member));
        out.flag(audience.join().isPresent());
        audience.join().ifPresent(join -> write(out.string(join.table()), join.filter()));
    }

    public static Audience readAudience(ByteReader in) {
        return new Audience(
                readRole(in),
                in.flag() ? Optional.of(ValueCodec.readIdentity(in)) : Optional.empty(),
                in.flag() ? Optional.of(new Audience.Join(in.string(), readFilter(in))) : Optional.empty());
    }

    public static void write(ByteWriter out, List<Subscription> subscriptions) {
        out.varint(subscriptions.size());
        for (Subscription subscription : subscriptions) {
            out.varint(subscription.number()).varint(subscription.tables().size());
            subscription.tables().forEach((table, filter) -> write(out.string(table), filter));
        }
    }

    public static List<Subscription> readSubscriptions(ByteReader in) {
        int count = in.count();
        var subscriptions = new ArrayList<Subscription>(count);
        for (int i = 0; i < count; i++) {
            long number = in.varint();
            var tables = new TreeMap<String, Filter>();
            for (int table = in.count(); table > 0; table--) {
                tables.put(in.string(), readFilter(in));
            }
            subscriptions.add(new Subscription(number, tables));
        }
        return List.copyOf(subscriptions);
    }

    private static void write(ByteWriter out, Filter filter) {
        switch (filter) {
            case Filter.All _ -> out.u8(0);
            case Filter.Compare(var column, var operator, var value) -> {
                out.u8(1).string(column).string(operator.sign()).flag(value != null);
                if (value != null) {
                    out.bytes(bytes(value));
                }
            }
            case Filter.And(var all) -> write(out.u8(2), all, all.size());
            case Filter.Or(var any) -> write(out.u8(3), any, any.size());
            case Filter.Not(var inner) -> write(out.u8(4), inner);
            case Filter.CompareColumns(var column, var operator, var other) ->
                out.u8(5).string(column).string(operator.sign()).string(other);
            case Filter.Semijoin(var column, var table, var tableColumn, var there) ->
                write(out.u8(6).string(column).string(table).string(tableColumn), there);
        }
    }

    private static void write(ByteWriter out, List<Filter> filters, int count) {
        out.varint(count);
        filters.forEach(filter -> write(out, filter));
    }

    private static byte[] bytes(Object value) {
        return value instanceof Encoded(var bytes)
                ? bytes.toArray()
                : ByteWriter.collect(out -> ValueCodec.writeValue(out, value));
    }

    private static Filter readFilter(ByteReader in) {
        int kind = in.u8();
        return switch (kind) {
            case 0 -> new Filter.All();
            case 1 -> {
                String column = in.string();
                Filter.Operator operator = readOperator(in);
                @Nullable Object value = in.flag() ? new Encoded(Bytes.of(in.bytes())) : null;
                yield new Filter.Compare(column, operator, value);
            }
            case 2 -> new Filter.And(readFilters(in));
            case 3 -> new Filter.Or(readFilters(in));
            case 4 -> new Filter.Not(readFilter(in));
            case 5 -> new Filter.CompareColumns(in.string(), readOperator(in), in.string());
            case 6 -> new Filter.Semijoin(in.string(), in.string(), in.string(), readFilter(in));
            default -> throw new CorruptException("filter " + kind);
        };
    }

    private static Filter.Operator readOperator(ByteReader in) {
        String sign = in.string();
        return Filter.Operator.ofSign(sign).orElseThrow(() -> new CorruptException("operator " + sign));
    }

    private static List<Filter> readFilters(ByteReader in) {
        int count = in.count();
        var filters = new ArrayList<Filter>(count);
        for (int i = 0; i < count; i++) {
            filters.add(readFilter(in));
        }
        return List.copyOf(filters);
    }
}

package io.skein.engine.workspace;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.reducer.CallCodec;
import io.skein.engine.view.View;
import io.skein.engine.view.ViewCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * What relays tell owners on other nodes.
 *
 * <pre>
 * varint n, for each: u8 kind, then
 *   1 enter          varint session, 32 identity, flag again
 *   2 exit           varint session
 *   3 request        varint number, call
 *   4 emit           signal
 *   5 take snapshot  varint request, audience, varint n, subscriptions
 *   6 take history   audience
 *   7 watch          audience
 *   8 unwatch        audience
 *   9 traced request varint number, string traceparent, call; only where every node of the cluster reads it
 * </pre>
 */
final class UpstreamCodec {
    private UpstreamCodec() {}

    static void write(ByteWriter out, List<Upstream> items) {
        out.varint(items.size());
        items.forEach(item -> write(out, item));
    }

    private static void write(ByteWriter out, Upstream item) {
        switch (item) {
            case Upstream.Enter(var session, var identity, var again) -> {
                ValueCodec.writeIdentity(out.u8(1).varint(session), identity);
                out.flag(again);
            }
            case Upstream.Exit(var session) -> out.u8(2).varint(session);
            case Upstream.Request(var number, var call)
            when call.trace().isEmpty() -> CallCodec.write(out.u8(3).varint(number), call);
            case Upstream.Request(var number, var call) ->
                CallCodec.write(out.u8(9).varint(number).string(call.trace()), call);
            case Upstream.Emit(var signal) -> SignalCodec.write(out.u8(4), signal);
            case Upstream.TakeSnapshot(var request, var view) -> {
                ViewCodec.write(out.u8(5).varint(request), view.audience());
                ViewCodec.write(out, view.subscriptions());
            }
            case Upstream.TakeHistory(var audience) -> ViewCodec.write(out.u8(6), audience);
            case Upstream.Watch(var audience) -> ViewCodec.write(out.u8(7), audience);
            case Upstream.Unwatch(var audience) -> ViewCodec.write(out.u8(8), audience);
        }
    }

    static List<Upstream> read(ByteReader in) {
        int count = in.count();
        var items = new ArrayList<Upstream>(count);
        for (int i = 0; i < count; i++) {
            items.add(readItem(in));
        }
        return List.copyOf(items);
    }

    private static Upstream readItem(ByteReader in) {
        int kind = in.u8();
        return switch (kind) {
            case 1 -> new Upstream.Enter(in.varint(), ValueCodec.readIdentity(in), in.flag());
            case 2 -> new Upstream.Exit(in.varint());
            case 3 -> new Upstream.Request(in.varint(), CallCodec.read(in));
            case 4 -> new Upstream.Emit(SignalCodec.read(in));
            case 5 ->
                new Upstream.TakeSnapshot(
                        in.varint(), new View(ViewCodec.readAudience(in), ViewCodec.readSubscriptions(in)));
            case 6 -> new Upstream.TakeHistory(ViewCodec.readAudience(in));
            case 7 -> new Upstream.Watch(ViewCodec.readAudience(in));
            case 8 -> new Upstream.Unwatch(ViewCodec.readAudience(in));
            case 9 -> {
                long number = in.varint();
                String trace = in.string();
                yield new Upstream.Request(number, CallCodec.read(in).withTrace(trace));
            }
            default -> throw new CorruptException("item " + kind + ": written by a newer Skein?");
        };
    }
}

package io.skein.engine.workspace;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.view.ViewCodec;

/** A {@link Signal} as nodes send it to one another: 32 from, string name, string payload, then 0 | 1 role | 2 32 identity. */
final class SignalCodec {
    private SignalCodec() {}

    static void write(ByteWriter out, Signal signal) {
        ValueCodec.writeIdentity(out, signal.from());
        out.string(signal.name()).string(signal.payload().text());
        switch (signal.to()) {
            case Signal.Target.Everyone _ -> out.u8(0);
            case Signal.Target.AtLeast(var role) -> ViewCodec.writeRole(out.u8(1), role);
            case Signal.Target.Only(var identity) -> ValueCodec.writeIdentity(out.u8(2), identity);
        }
    }

    static Signal read(ByteReader in) {
        Identity from = ValueCodec.readIdentity(in);
        String name = in.string();
        var payload = new Json(in.string());
        int kind = in.u8();
        return new Signal(
                from,
                name,
                payload,
                switch (kind) {
                    case 0 -> new Signal.Target.Everyone();
                    case 1 -> new Signal.Target.AtLeast(ViewCodec.readRole(in));
                    case 2 -> new Signal.Target.Only(ValueCodec.readIdentity(in));
                    default -> throw new CorruptException("target " + kind);
                });
    }
}

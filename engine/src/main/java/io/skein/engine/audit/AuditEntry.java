package io.skein.engine.audit;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.schema.Identity;
import java.util.Base64;

/**
 * One change, made by a transaction of a workspace.
 *
 * @param seq of the transaction
 * @param timeMicros the transaction's, microseconds since 1970
 * @param actor whose transaction it was
 * @param subject on whom or what: an identity's hex digits, an invitation's id, or empty
 * @param details a JSON object of what the kind says; nothing that people wrote, no token
 */
public record AuditEntry(
        long seq, long timeMicros, AuditKind kind, Identity actor, String subject, String details, Origin origin) {
    private static final String MARK = "audit:";

    /**
     * As a mark of the group in the journal: marks are all that Pekko's journals let through beside an event's bytes. The journal writes it into the
     * audit log in the group's own database transaction, and not among the tags.
     */
    public String mark() {
        byte[] bytes = ByteWriter.collect(out -> {
            out.varint(seq).zigzag(timeMicros).string(kind.wire());
            ValueCodec.writeIdentity(out, actor);
            out.string(subject).string(details);
            origin.write(out);
        });
        return MARK + Base64.getEncoder().encodeToString(bytes);
    }

    /** Whether a mark is an entry, and not a tag. */
    public static boolean isMark(String mark) {
        return mark.startsWith(MARK);
    }

    /** The entry that {@link #mark} wrote. */
    public static AuditEntry ofMark(String mark) {
        var in = new ByteReader(Base64.getDecoder().decode(mark.substring(MARK.length())));
        return new AuditEntry(
                in.varint(),
                in.zigzag(),
                AuditKind.ofWire(in.string()),
                ValueCodec.readIdentity(in),
                in.string(),
                in.string(),
                Origin.read(in));
    }
}

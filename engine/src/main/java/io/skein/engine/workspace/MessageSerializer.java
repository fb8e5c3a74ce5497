package io.skein.engine.workspace;

import io.skein.engine.audit.Origin;
import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.TransactionCodec;
import io.skein.engine.membership.Imports;
import io.skein.engine.module.Access;
import io.skein.engine.module.Role;
import io.skein.engine.presence.PresenceAnswer;
import io.skein.engine.reducer.CallCodec;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Audience;
import io.skein.engine.view.ViewCodec;
import java.io.NotSerializableException;
import java.util.LinkedHashSet;
import java.util.Optional;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Everything that nodes say to each other, by name: what has no manifest here is not sent, and what comes under another manifest is not read. A
 * manifest names the message and the version of its bytes; a release reads what the one before it writes, and writes what that one
 * reads until a cluster has no such node any more.
 */
public final class MessageSerializer extends SerializerWithStringManifest {
    /** Names this serializer between nodes; never to be used for anything else. */
    public static final int IDENTIFIER = 5_302;

    private static final String ASK = "ask.1";
    /** An {@link #ASK} behind a {@code traceparent}; only where every node of the cluster reads it. */
    private static final String TRACED_ASK = "traced-ask.1";

    private static final String CREATE = "create.1";
    private static final String READ = "read.1";
    private static final String IDENTIFY = "identify.1";
    private static final String ENLIST = "enlist.1";
    private static final String FROM_RELAY = "from-relay.1";
    private static final String CHECK = "check.1";
    private static final String FIND_BOARD = "find-board.1";
    private static final String WHO_IS_HERE = "who-is-here.1";
    private static final String SHOW_INVITE = "show-invite.1";
    private static final String INVITE = "invite.1";
    private static final String NO_INVITE = "no-invite.1";
    private static final String WAKE = "wake.1";
    private static final String OUTCOME = "outcome.1";
    private static final String MODULE = "module.1";
    private static final String NO_MODULE = "no-module.1";
    private static final String WOKEN = "woken.1";
    private static final String PART = "part.1";
    private static final String OWNER_CHECK = "owner-check.1";
    private static final String REFUSED = "refused.1";
    private static final String LOST = "lost.1";

    private final ExtendedActorSystem system;

    /** Called by Pekko. */
    public MessageSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return switch (message) {
            case Workspace.Ask(var call, var _) -> call.trace().isEmpty() ? ASK : TRACED_ASK;
            case Workspace.Create _ -> CREATE;
            case Workspace.Read _ -> READ;
            case Workspace.Identify _ -> IDENTIFY;
            case Workspace.Enlist _ -> ENLIST;
            case Workspace.FromRelay _ -> FROM_RELAY;
            case Workspace.Check _ -> CHECK;
            case Workspace.FindBoard _ -> FIND_BOARD;
            case Workspace.WhoIsHere _ -> WHO_IS_HERE;
            case Workspace.ShowInvite _ -> SHOW_INVITE;
            case InviteAnswer.Open _ -> INVITE;
            case InviteAnswer.Refused _ -> NO_INVITE;
            case Workspace.Wake _ -> WAKE;
            case Outcome _ -> OUTCOME;
            case Workspace.IdentifyAnswer.Is _ -> MODULE;
            case Workspace.IdentifyAnswer.Refused _ -> NO_MODULE;
            case Workspace.Woken _ -> WOKEN;
            case FromOwner.Part _ -> PART;
            case FromOwner.Check _ -> OWNER_CHECK;
            case FromOwner.Refused _ -> REFUSED;
            case FromOwner.Lost _ -> LOST;
            default -> throw notForOthers(message);
        };
    }

    private static IllegalArgumentException notForOthers(Object message) {
        return new IllegalArgumentException("not for other nodes: " + message.getClass());
    }

    @Override
    public byte[] toBinary(Object message) {
        return ByteWriter.collect(out -> write(out, message));
    }

    private void write(ByteWriter out, Object message) {
        switch (message) {
            case Workspace.Ask(var call, var replyTo) -> {
                if (!call.trace().isEmpty()) {
                    out.string(call.trace());
                }
                CallCodec.write(out.string(name(replyTo)), call);
            }
            case Workspace.Create create -> write(out, create);
            case Workspace.Read(var viewer, var subscriptions, var reader, var link) -> {
                ValueCodec.writeIdentity(out.string(name(reader)).varint(link), viewer);
                ViewCodec.write(out, subscriptions);
            }
            case Workspace.Identify(var replyTo) -> out.string(name(replyTo));
            case Workspace.Enlist(var relay, var link, var knows) -> {
                out.string(name(relay)).varint(link).flag(knows.isPresent());
                knows.ifPresent(known -> {
                    out.string(known.epoch())
                            .varint(known.seq())
                            .varint(known.audiences().size());
                    known.audiences().forEach(audience -> ViewCodec.write(out, audience));
                });
            }
            case Workspace.FromRelay(var relay, var link, var batch, var items) ->
                UpstreamCodec.write(out.string(name(relay)).varint(link).varint(batch), items);
            case Workspace.Check(var other, var link, var sent, var seen) ->
                out.string(name(other)).varint(link).varint(sent).varint(seen);
            case Workspace.FindBoard(var relay) -> out.string(name(relay));
            case Workspace.WhoIsHere(var viewer, var replyTo) ->
                ValueCodec.writeIdentity(out.string(name(replyTo)), viewer);
            case Workspace.ShowInvite(var token, var replyTo) ->
                out.string(name(replyTo)).string(token);
            case InviteAnswer.Open open -> write(out, open);
            case InviteAnswer.Refused(var refusal) -> CallCodec.writeRefusal(out, refusal);
            case Workspace.Wake(var replyTo) -> out.string(name(replyTo));
            case Outcome outcome -> CallCodec.writeOutcome(out, outcome);
            case Workspace.IdentifyAnswer.Is(var module) -> out.string(module);
            case Workspace.IdentifyAnswer.Refused(var refusal) -> CallCodec.writeRefusal(out, refusal);
            case Workspace.Woken(var firstDue) -> {
                out.flag(firstDue.isPresent());
                firstDue.ifPresent(due -> out.zigzag(ValueCodec.toMicros(due)));
            }
            case FromOwner.Part(var link, var number, var last, var bytes) ->
                out.varint(link).varint(number).flag(last).bytes(bytes);
            case FromOwner.Check(var link, var sent, var heard) ->
                out.varint(link).varint(sent).varint(heard);
            case FromOwner.Refused(var link, var refusal) -> CallCodec.writeRefusal(out.varint(link), refusal);
            case FromOwner.Lost(var link) -> out.varint(link);
            default -> throw notForOthers(message);
        }
    }

    private static void write(ByteWriter out, InviteAnswer.Open open) {
        out.string(open.name())
                .string(open.module())
                .string(open.role().wire())
                .flag(open.expiresAt().isPresent());
        open.expiresAt().ifPresent(end -> out.zigzag(ValueCodec.toMicros(end)));
        out.varint(open.usesLeft());
    }

    private static InviteAnswer.Open readInvite(ByteReader in) {
        return new InviteAnswer.Open(
                in.string(),
                in.string(),
                Role.ofWire(in.string()),
                in.flag() ? Optional.of(ValueCodec.fromMicros(in.zigzag())) : Optional.empty(),
                in.varint31());
    }

    private void write(ByteWriter out, Workspace.Create create) {
        ValueCodec.writeIdentity(out.string(name(create.replyTo())), create.sender());
        out.string(create.name())
                .string(create.module())
                .string(create.access().wire())
                .string(create.displayName())
                .flag(create.key().isPresent());
        create.key().ifPresent(key -> out.string(key.text()).raw(key.digest()));
        out.flag(create.importing().isPresent());
        create.importing().ifPresent(begin -> out.string(begin.id()).varint(begin.moduleVersion()));
        create.origin().write(out);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        var in = new ByteReader(bytes);
        try {
            Object message = read(in, manifest);
            in.requireEnd();
            return message;
        } catch (CorruptException | IllegalArgumentException e) {
            var failure = new NotSerializableException(manifest + ": " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    private Object read(ByteReader in, String manifest) throws NotSerializableException {
        return switch (manifest) {
            case ASK -> {
                ActorRef<Outcome> replyTo = actor(in);
                yield new Workspace.Ask(CallCodec.read(in), replyTo);
            }
            case TRACED_ASK -> {
                String trace = in.string();
                ActorRef<Outcome> replyTo = actor(in);
                yield new Workspace.Ask(CallCodec.read(in).withTrace(trace), replyTo);
            }
            case CREATE -> readCreate(in);
            case READ -> {
                ActorRef<FromOwner> reader = actor(in);
                long link = in.varint();
                yield new Workspace.Read(ValueCodec.readIdentity(in), ViewCodec.readSubscriptions(in), reader, link);
            }
            case IDENTIFY -> new Workspace.Identify(actor(in));
            case ENLIST ->
                new Workspace.Enlist(actor(in), in.varint(), in.flag() ? Optional.of(readKnown(in)) : Optional.empty());
            case FROM_RELAY -> new Workspace.FromRelay(actor(in), in.varint(), in.varint(), UpstreamCodec.read(in));
            case CHECK -> new Workspace.Check(actor(in), in.varint(), in.varint(), in.varint());
            case FIND_BOARD -> new Workspace.FindBoard(actor(in));
            case WHO_IS_HERE -> {
                ActorRef<PresenceAnswer> replyTo = actor(in);
                yield new Workspace.WhoIsHere(ValueCodec.readIdentity(in), replyTo);
            }
            case SHOW_INVITE -> {
                ActorRef<InviteAnswer> replyTo = actor(in);
                yield new Workspace.ShowInvite(in.string(), replyTo);
            }
            case INVITE -> readInvite(in);
            case NO_INVITE -> new InviteAnswer.Refused(CallCodec.readRefusal(in));
            case WAKE -> new Workspace.Wake(actor(in));
            case OUTCOME -> CallCodec.readOutcome(in);
            case MODULE -> new Workspace.IdentifyAnswer.Is(in.string());
            case NO_MODULE -> new Workspace.IdentifyAnswer.Refused(CallCodec.readRefusal(in));
            case WOKEN ->
                new Workspace.Woken(in.flag() ? Optional.of(ValueCodec.fromMicros(in.zigzag())) : Optional.empty());
            case PART -> new FromOwner.Part(in.varint(), in.varint(), in.flag(), Bytes.of(in.bytes()));
            case OWNER_CHECK -> new FromOwner.Check(in.varint(), in.varint(), in.varint());
            case REFUSED -> new FromOwner.Refused(in.varint(), CallCodec.readRefusal(in));
            case LOST -> new FromOwner.Lost(in.varint());
            default -> throw new NotSerializableException("manifest " + manifest + ": sent by a newer Skein?");
        };
    }

    private static Workspace.Known readKnown(ByteReader in) {
        String epoch = in.string();
        long seq = in.varint();
        var audiences = new LinkedHashSet<Audience>();
        for (int count = in.count(); count > 0; count--) {
            audiences.add(ViewCodec.readAudience(in));
        }
        return new Workspace.Known(epoch, seq, audiences);
    }

    private Workspace.Create readCreate(ByteReader in) {
        ActorRef<Outcome> replyTo = actor(in);
        Identity sender = ValueCodec.readIdentity(in);
        return new Workspace.Create(
                sender,
                in.string(),
                in.string(),
                Access.ofWire(in.string()),
                in.string(),
                in.flag() ? Optional.of(TransactionCodec.readKey(in)) : Optional.empty(),
                in.flag() ? Optional.of(new Imports.Begin(in.string(), in.varint31())) : Optional.empty(),
                Origin.read(in),
                replyTo);
    }

    private String name(ActorRef<?> actor) {
        return ActorRefResolver.get(Adapter.toTyped(system)).toSerializationFormat(actor);
    }

    private <T> ActorRef<T> actor(ByteReader in) {
        return ActorRefResolver.get(Adapter.toTyped(system)).resolveActorRef(in.string());
    }
}

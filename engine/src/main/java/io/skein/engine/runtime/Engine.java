package io.skein.engine.runtime;

import io.skein.engine.Modules;
import io.skein.engine.audit.Origin;
import io.skein.engine.membership.Imports;
import io.skein.engine.meters.Meters;
import io.skein.engine.meters.Timing;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.presence.PresenceAnswer;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.Relay;
import io.skein.engine.relay.RelayCounters;
import io.skein.engine.relay.RelaySettings;
import io.skein.engine.relay.Relays;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import io.skein.engine.trace.Tracing;
import io.skein.engine.view.Subscription;
import io.skein.engine.watch.ClusterReport;
import io.skein.engine.watch.Watch;
import io.skein.engine.workspace.InviteAnswer;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.engine.workspace.Reader;
import io.skein.engine.workspace.SnapshotPruner;
import io.skein.engine.workspace.WarmUp;
import io.skein.engine.workspace.Workspace;
import io.skein.engine.workspace.WorkspaceCounters;
import io.skein.engine.workspace.WorkspaceSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/** A node's engine: the door through which an edge reaches workspaces, wherever they are, and this node's relays. */
public final class Engine {
    /** What workspaces are called in the cluster. */
    public static final EntityTypeKey<Workspace.Command> WORKSPACES =
            EntityTypeKey.create(Workspace.Command.class, "workspace");

    /** An owner that is there answers within a group commit or two; one that is not is looked for again. */
    private static final Duration ATTEMPT = Duration.ofSeconds(2);

    /** Rows take longer than an outcome, and asking twice costs the owner twice. */
    private static final Duration READ_ATTEMPT = Duration.ofSeconds(10);

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");

    private final ActorSystem<?> system;
    private final Modules modules;
    private final ClusterSharding sharding;
    private final ActorRef<Relays.Command> relays;
    private final ActorRef<Watch.Command> watch;
    private final Meters meters;
    private final RelayCounters relayCounters;
    private final Tracing tracing;
    private final Timing answers;
    private final CompletionStage<?> warm;
    private final Duration askTimeout;
    private final AtomicLong readers = new AtomicLong();
    private final AtomicLong keys = new AtomicLong();
    private final String keyPrefix = Long.toString(new SecureRandom().nextLong(), 36) + ":";
    private final Patience patience;

    private Engine(
            ActorSystem<?> system,
            Modules modules,
            ClusterSharding sharding,
            ActorRef<Relays.Command> relays,
            ActorRef<Watch.Command> watch,
            Meters meters,
            RelayCounters relayCounters,
            Tracing tracing,
            CompletionStage<?> warm,
            Duration askTimeout) {
        this.system = system;
        this.modules = modules;
        this.sharding = sharding;
        this.relays = relays;
        this.watch = watch;
        this.meters = meters;
        this.relayCounters = relayCounters;
        this.tracing = tracing;
        this.answers = RelayCounters.answers(meters, "http");
        this.warm = warm;
        this.askTimeout = askTimeout;
        this.patience = new Patience(askTimeout, ATTEMPT);
    }

    /**
     * Starts the engine on a node of a cluster.
     *
     * @param maxRelays workspaces of which this node has sessions at once
     * @param askTimeout how long {@link #call}, {@link #create}, {@link #read} and {@link #identify} wait for an answer
     */
    public static Engine start(
            ActorSystem<?> system,
            Modules modules,
            WorkspaceSettings workspaceSettings,
            RelaySettings relaySettings,
            PresenceSettings presenceSettings,
            int maxRelays,
            Duration askTimeout,
            SnapshotPruner pruner,
            Tracing tracing) {
        ClusterSharding sharding = ClusterSharding.get(system);
        var meters = new Meters();
        var workspaceCounters = new WorkspaceCounters(meters);
        var shared =
                new Workspace.Shared(modules, workspaceSettings, presenceSettings, pruner, workspaceCounters, tracing);
        var nodes = new Leaving.Nodes(system);
        ActorRef<Leaving.Command> leaving = system.systemActorOf(
                Leaving.create(WORKSPACES, nodes, () -> shared.leaving().set(true)), "skein-leaving", Props.empty());
        sharding.init(Entity.of(
                        WORKSPACES,
                        entity -> Workspace.create(
                                entity.getEntityId(),
                                shared,
                                self -> entity.getShard().tell(new ClusterSharding.Passivate<>(self))))
                .withStopMessage(new Workspace.Stop())
                .withAllocationStrategy(new Spread(nodes)));
        var relayCounters = new RelayCounters(meters);
        ActorRef<Relays.Command> relays = system.systemActorOf(
                Relays.create(
                        modules,
                        relaySettings,
                        presenceSettings,
                        relayCounters,
                        tracing,
                        maxRelays,
                        (id, command) -> sharding.entityRefFor(WORKSPACES, id).tell(command)),
                "skein-relays",
                Props.empty());
        stopInOrder(system, relays, leaving);
        ActorRef<Watch.Command> watch = system.systemActorOf(
                Watch.create(WORKSPACES.name(), relayCounters, workspaceCounters), "skein-watch", Props.empty());
        return new Engine(
                system,
                modules,
                sharding,
                relays,
                watch,
                meters,
                relayCounters,
                tracing,
                warmUp(system, shared),
                askTimeout);
    }

    /** Workspaces go to other nodes while this one is a full member yet. */
    private static void stopInOrder(
            ActorSystem<?> system, ActorRef<Relays.Command> relays, ActorRef<Leaving.Command> leaving) {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        String phase = CoordinatedShutdown.PhaseBeforeClusterShutdown();
        shutdown.addActorTerminationTask(
                phase, "stop-skein-relays", Adapter.toClassic(relays), Optional.of(new Relays.Stop()));
        shutdown.addTask(phase, "hand-workspaces-over", () -> {
            var done = new CompletableFuture<Done>();
            leaving.tell(new Leaving.Leave(done));
            return done;
        });
    }

    private static CompletionStage<?> warmUp(ActorSystem<?> system, Workspace.Shared shared) {
        var warm = new CompletableFuture<Void>();
        system.systemActorOf(WarmUp.create(shared, () -> warm.complete(null)), "skein-warm-up", Props.empty());
        return warm;
    }

    /** Completes when a workspace can be opened here as fast as ever, or the journal cannot be read at all. */
    public CompletionStage<?> warm() {
        return warm;
    }

    /** Whether a workspace may be called so: 1 to 128 letters, digits, hyphens and underscores, the first no hyphen or underscore. */
    public static boolean isWorkspaceId(String id) {
        return ID.matcher(id).matches();
    }

    /** What this node's relays have done. */
    public RelayCounters relayCounters() {
        return relayCounters;
    }

    /** What this node counts and measures. */
    public Meters meters() {
        return meters;
    }

    /** What makes the spans of calls. */
    public Tracing tracing() {
        return tracing;
    }

    /** What all nodes of the cluster do; of those that do not answer in a second nothing is said but that they are there. */
    public CompletionStage<ClusterReport> cluster() {
        return AskPattern.ask(watch, Watch.Ask::new, Watch.PATIENCE.multipliedBy(3), system.scheduler());
    }

    public Modules modules() {
        return modules;
    }

    public ActorSystem<?> system() {
        return system;
    }

    /**
     * Completes when the outcome is durable. A call without a key gets one, so that an owner that moves or is lost can be asked again.
     *
     * @return fails with {@link java.util.concurrent.TimeoutException} if there is no outcome in time
     */
    public CompletionStage<Outcome> call(String workspace, Call call) {
        Call keyed = call.key().isPresent() ? call : call.withKey(freshKey());
        long takenNanos = System.nanoTime();
        CompletionStage<Outcome> outcome =
                ask(workspace, replyTo -> new Workspace.Ask(readable(keyed), replyTo), Engine::laterThan);
        outcome.thenRun(() -> answers.record(System.nanoTime() - takenNanos));
        return outcome;
    }

    /** As whoever is the owner can read it. */
    private Call readable(Call call) {
        return call.trace().isEmpty() ? call : call.withTrace(tracing.carried(call.trace()));
    }

    private CallKey freshKey() {
        return CallKey.internal(keyPrefix + Long.toString(keys.incrementAndGet(), 36));
    }

    /** Makes a workspace; see {@link #call}. */
    public CompletionStage<Outcome> create(
            String workspace,
            Identity sender,
            String name,
            String module,
            Access access,
            String displayName,
            Optional<CallKey> key) {
        return create(workspace, sender, name, module, access, displayName, key, Origin.NONE);
    }

    /** The same, with what the audit log is to say of how it was asked for. */
    public CompletionStage<Outcome> create(
            String workspace,
            Identity sender,
            String name,
            String module,
            Access access,
            String displayName,
            Optional<CallKey> key,
            Origin origin) {
        Optional<CallKey> keyed = Optional.of(key.orElseGet(this::freshKey));
        return ask(
                workspace,
                replyTo -> new Workspace.Create(
                        sender, name, module, access, displayName, keyed, Optional.empty(), origin, replyTo),
                Engine::laterThan);
    }

    /** Makes a workspace to import rows into; see {@link Imports}. */
    public CompletionStage<Outcome> createForImport(
            String workspace,
            Identity sender,
            String name,
            String module,
            Access access,
            String displayName,
            Imports.Begin begin,
            Origin origin) {
        return ask(
                workspace,
                replyTo -> new Workspace.Create(
                        sender,
                        name,
                        module,
                        access,
                        displayName,
                        Optional.of(freshKey()),
                        Optional.of(begin),
                        origin,
                        replyTo),
                Engine::laterThan);
    }

    /** A workspace's rows as somebody sees them, after the last durable transaction. */
    public CompletionStage<ReadAnswer> read(String workspace, Identity viewer, List<Subscription> subscriptions) {
        var owner = sharding.entityRefFor(WORKSPACES, workspace);
        return new Patience(askTimeout, READ_ATTEMPT)
                .ask(
                        within -> {
                            var answer = new CompletableFuture<ReadAnswer>();
                            system.systemActorOf(
                                    Reader.create(
                                            viewer, subscriptions, modules, owner::tell, within, answer::complete),
                                    "skein-reader-" + readers.incrementAndGet(),
                                    Props.empty());
                            return answer;
                        },
                        answer ->
                                answer instanceof ReadAnswer.Refused(var refusal) ? laterThan(refusal) : Duration.ZERO);
    }

    /** Who is in a workspace, as far as the viewer may know. */
    public CompletionStage<PresenceAnswer> presence(String workspace, Identity viewer) {
        return ask(
                workspace,
                replyTo -> new Workspace.WhoIsHere(viewer, replyTo),
                answer -> answer instanceof PresenceAnswer.Refused(var refusal) ? laterThan(refusal) : Duration.ZERO);
    }

    /** What the invitation with this token is to. */
    public CompletionStage<InviteAnswer> invite(String workspace, String token) {
        return ask(
                workspace,
                replyTo -> new Workspace.ShowInvite(token, replyTo),
                answer -> answer instanceof InviteAnswer.Refused(var refusal) ? laterThan(refusal) : Duration.ZERO);
    }

    /** Of which module a workspace is; it stays so as long as the workspace exists. */
    public CompletionStage<Workspace.IdentifyAnswer> identify(String workspace) {
        return ask(
                workspace,
                Workspace.Identify::new,
                answer -> answer instanceof Workspace.IdentifyAnswer.Refused(var refusal)
                        ? laterThan(refusal)
                        : Duration.ZERO);
    }

    /** This node's relay of a workspace. */
    public CompletionStage<Relays.Found> relay(String workspace) {
        return AskPattern.ask(relays, replyTo -> new Relays.Find(workspace, replyTo), askTimeout, system.scheduler());
    }

    /** What a relay's workspace is, once it is known. */
    public CompletionStage<Relay.Description> describe(ActorRef<Relay.Command> relay) {
        return AskPattern.ask(relay, Relay.Describe::new, askTimeout, system.scheduler());
    }

    private <A> CompletionStage<A> ask(
            String workspace,
            org.apache.pekko.japi.function.Function<ActorRef<A>, Workspace.Command> message,
            Patience.Later<A> later) {
        var owner = sharding.entityRefFor(WORKSPACES, workspace);
        return patience.ask(within -> AskPattern.ask(owner, message, within, system.scheduler()), later);
    }

    private static Duration laterThan(Outcome outcome) {
        return outcome instanceof Outcome.Refused(var refusal, var _) ? laterThan(refusal) : Duration.ZERO;
    }

    /** An owner that stops, or has lost its journal, is another or itself again in a moment. */
    private static Duration laterThan(Refusal refusal) {
        return refusal.code() == ErrorCode.UNAVAILABLE
                ? Duration.ofMillis(Math.max(1, refusal.retryAfterMillis()))
                : Duration.ZERO;
    }
}

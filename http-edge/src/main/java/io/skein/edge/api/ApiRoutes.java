package io.skein.edge.api;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Auth;
import io.skein.edge.auth.Authenticator;
import io.skein.edge.auth.SigningKey;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.engine.runtime.Engine;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.catalog.Catalog;
import io.skein.persistence.history.History;
import java.time.InstantSource;

/** The whole HTTP API of a node. */
public final class ApiRoutes {
    private final ModuleRoutes modules;
    private final WorkspaceRoutes workspaces;
    private final CallRoutes calls;
    private final QueryRoutes queries;
    private final SnapshotRoutes snapshots;
    private final PresenceRoutes presence;
    private final MemberRoutes members;
    private final InviteRoutes invites;
    private final ListRoutes lists;
    private final HistoryRoutes histories;
    private final DiffRoutes diffs;
    private final ExportRoutes exports;
    private final ImportRoutes imports;
    private final DatabaseRoutes databases;
    private final ClusterRoutes cluster;
    private final TokenRoutes tokens;
    private final AuditRoutes audits;

    /**
     * @param json reads request bodies, with the limits of this node
     */
    public ApiRoutes(
            SkeinSettings settings,
            Engine engine,
            Catalog catalog,
            History history,
            AuditLog audit,
            Auth auth,
            Guard guard,
            SigningKey key,
            Json json) {
        Authenticator authenticator = auth.authenticator();
        var door = new Door(engine, authenticator, guard);
        var bodies = new Bodies(json);
        var commands = new Commands(door, bodies);
        modules = new ModuleRoutes(engine.modules());
        workspaces = new WorkspaceRoutes(door, bodies, commands);
        calls = new CallRoutes(commands, bodies);
        queries = new QueryRoutes(door, bodies);
        var past = new Past(settings.history().pastStates(), settings.history().retryAfter());
        snapshots = new SnapshotRoutes(door, bodies, settings.session().maxFilterTerms(), history, past);
        diffs = new DiffRoutes(door, history, past, snapshots);
        histories = new HistoryRoutes(door, history, settings.history().pageTransactions());
        presence = new PresenceRoutes(door);
        members = new MemberRoutes(door, bodies, commands);
        exports = new ExportRoutes(door);
        imports = new ImportRoutes(door, bodies, settings);
        databases = new DatabaseRoutes(
                door, bodies, authenticator, auth.issuer(), settings.session().maxFilterTerms());
        cluster = new ClusterRoutes(engine, authenticator);
        tokens = new TokenRoutes(door, bodies, auth, InstantSource.system());
        audits = new AuditRoutes(door, audit, settings.audit());
        lists = new ListRoutes(door, catalog);
        invites = new InviteRoutes(door, bodies, commands, new InviteTokens(key), InstantSource.system());
    }

    public void addTo(Router.Builder router) {
        modules.addTo(router);
        workspaces.addTo(router);
        calls.addTo(router);
        queries.addTo(router);
        snapshots.addTo(router);
        presence.addTo(router);
        members.addTo(router);
        invites.addTo(router);
        lists.addTo(router);
        histories.addTo(router);
        diffs.addTo(router);
        exports.addTo(router);
        imports.addTo(router);
        databases.addTo(router);
        cluster.addTo(router);
        tokens.addTo(router);
        audits.addTo(router);
        new DescriptionRoute().addTo(router);
    }
}

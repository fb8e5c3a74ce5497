package io.skein.edge.api;

import io.skein.edge.auth.Authenticator;
import io.skein.edge.http.Router;
import io.skein.engine.runtime.Engine;

/** The whole HTTP API of a node. */
public final class ApiRoutes {
    private final WorkspaceRoutes workspaces;
    private final CallRoutes calls;
    private final ModuleRoutes modules;

    public ApiRoutes(Engine engine, Authenticator authenticator) {
        var door = new Door(engine, authenticator);
        this.workspaces = new WorkspaceRoutes(door);
        this.calls = new CallRoutes(door);
        this.modules = new ModuleRoutes(engine.modules());
    }

    public void addTo(Router.Builder router) {
        modules.addTo(router);
        workspaces.addTo(router);
        calls.addTo(router);
    }
}

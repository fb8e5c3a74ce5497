package io.skein.engine.workspace;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.view.TableRows;
import java.util.List;

/** What came of reading a workspace's rows. */
public sealed interface ReadAnswer {
    /**
     * @param about the workspace's own row
     * @param role of the viewer
     */
    record Found(SystemTables.Workspace about, Role role, long seq, Bytes hash, List<TableRows> rows)
            implements ReadAnswer {}

    record Refused(Refusal refusal) implements ReadAnswer {}
}

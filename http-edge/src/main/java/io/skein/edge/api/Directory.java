package io.skein.edge.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which workspace is of which module: the last ones that were asked for. An id never changes its module, so nothing here grows old. */
final class Directory {
    private static final int MAX_ENTRIES = 100_000;

    private final Map<String, String> modules = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX_ENTRIES;
        }
    };

    @Nullable
    synchronized String module(String workspace) {
        return modules.get(workspace);
    }

    /** {@code module} is one of the few names that modules have; the same string is kept for all its workspaces. */
    synchronized void learn(String workspace, String module) {
        modules.put(workspace, module.intern());
    }
}

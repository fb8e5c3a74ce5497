package io.skein.engine;

import io.skein.engine.membership.Membership;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** The modules that a node serves, by name. */
public final class Modules {
    private final Map<String, ModuleSchema> byName = new LinkedHashMap<>();

    /**
     * @throws IllegalArgumentException if a module is ill-defined or two have one name
     */
    public Modules(Collection<? extends Module> modules) {
        for (Module module : modules) {
            ModuleSchema schema = schemaOf(module);
            if (byName.putIfAbsent(schema.name(), schema) != null) {
                throw new IllegalArgumentException("two modules named " + schema.name());
            }
        }
    }

    /** Those that {@link ServiceLoader} finds on the class path. */
    public static Modules installed() {
        List<Module> found = new ArrayList<>();
        ServiceLoader.load(Module.class).forEach(found::add);
        return new Modules(found);
    }

    /** A module's schema, with what every workspace has in front. */
    public static ModuleSchema schemaOf(Module module) {
        var definition = new Definition();
        Membership.define(definition, module);
        module.define(definition);
        return definition.build(module);
    }

    public Optional<ModuleSchema> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Collection<ModuleSchema> all() {
        return byName.values();
    }
}

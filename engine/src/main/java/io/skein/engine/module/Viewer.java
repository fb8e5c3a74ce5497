package io.skein.engine.module;

import io.skein.engine.schema.Identity;

/** Who looks at rows. */
public record Viewer(Identity identity, Role role) {}

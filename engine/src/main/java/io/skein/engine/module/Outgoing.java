package io.skein.engine.module;

import io.skein.engine.schema.Json;

/**
 * What is to leave a workspace for another system.
 *
 * @param id tells it apart in its workspace; whoever receives it twice knows it by that
 * @param kind what policy decides by
 * @param body what the other system is told
 */
public record Outgoing(String id, String kind, Json body) {}

package io.skein.edge.json;

/**
 * How much one document may ask of its reader.
 *
 * @param maxNesting objects and arrays within each other
 * @param maxStringChars characters of one string value
 * @param maxNameChars characters of one member name
 * @param maxNumberChars characters of one number
 */
public record JsonLimits(int maxNesting, int maxStringChars, int maxNameChars, int maxNumberChars) {
    /** The native wire's limits: nesting 64, strings of 1 Mi characters, names of 256 and numbers of 100. */
    public static final JsonLimits DEFAULT = new JsonLimits(64, 1 << 20, 256, 100);

    public JsonLimits withMaxStringChars(int chars) {
        return new JsonLimits(maxNesting, chars, maxNameChars, maxNumberChars);
    }
}

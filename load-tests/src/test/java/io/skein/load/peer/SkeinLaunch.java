package io.skein.load.peer;

/** The server of this build, started for a test. */
public final class SkeinLaunch {
    private SkeinLaunch() {}

    /** As the option {@code --skein} takes it. */
    public static String command() {
        return System.getProperty("java.home") + "/bin/java -XX:TieredStopAtLevel=1 -cp "
                + System.getProperty("java.class.path") + " io.skein.edge.Main serve";
    }
}

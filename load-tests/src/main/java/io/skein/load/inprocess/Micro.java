package io.skein.load.inprocess;

import java.util.concurrent.Callable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The benchmarks of {@link Steps}, by JMH. */
@Command(
        name = "micro",
        mixinStandardHelpOptions = true,
        description = "Steps of a commit that are pure code, each alone, in nanoseconds and allocated bytes (JMH).")
public final class Micro implements Callable<Integer> {
    @Option(names = "--only", defaultValue = ".*", description = "steps whose names match, default ${DEFAULT-VALUE}")
    private String only = ".*";

    @Option(names = "--forks", defaultValue = "2", description = "JVMs, one after the other, default ${DEFAULT-VALUE}")
    private int forks;

    @Option(names = "--seconds", defaultValue = "5", description = "measured in each, default ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--json", defaultValue = "load-tests/target/micro.json", description = "where the result goes")
    private String json = "";

    @Override
    public Integer call() throws RunnerException {
        Options options = new OptionsBuilder()
                .include(Steps.class.getName().replace(".", "\\.") + "\\." + only)
                .forks(forks)
                .warmupIterations(5)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(seconds)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler("gc")
                .verbosity(VerboseMode.NORMAL)
                .resultFormat(ResultFormatType.JSON)
                .result(json)
                .build();
        return new Runner(options).run().isEmpty() ? 1 : 0;
    }
}

package io.skein.load.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PgBenchTest {
    @Test
    void insertsSingleRows() throws Exception {
        Optional<PgBench> pgbench = PgBench.find();
        assumeTrue(pgbench.isPresent(), "no pgbench on this machine");
        PgBench.Step step = pgbench.orElseThrow().insertSingleRows(SharedPostgres.server(), 4, 1);
        assertTrue(step.insertsPerSecond() > 10, step::toString);
        assertTrue(step.meanMillis() > 0, step::toString);
    }
}

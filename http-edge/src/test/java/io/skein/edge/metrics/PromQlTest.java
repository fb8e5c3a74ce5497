package io.skein.edge.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromQlTest {
    @Test
    void names_of_metrics_are_found_and_nothing_else() {
        assertEquals(
                Set.of("a_seconds_bucket", "b_total", "ready"),
                PromQl.metricsOf("histogram_quantile(0.99, sum by (job, le)"
                        + " (rate(a_seconds_bucket{code=\"x\",at=~\"y|z\"}[5m]))) / 2"
                        + " > 0.9 and on (job) ready or -1 * b_total".replace("-1 *", "1 *")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sum(",
                "sum(a))",
                "rate(a)",
                "rate(a[5])",
                "rate(sum(a)[5m])",
                "rte(a[5m])",
                "a{b}",
                "a{b=c}",
                "a{b=\"c\" d=\"e\"}",
                "a b",
                "a > > 1",
                "sum by job (a)",
                "a and on job b",
                "a $ b",
                "Sum(a)"
            })
    void what_is_no_expression_is_refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> PromQl.metricsOf(text));
    }
}

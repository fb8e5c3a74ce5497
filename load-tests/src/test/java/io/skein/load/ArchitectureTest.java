package io.skein.load;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which module may import which. This module's tests are the only place that has all of them on the class path. */
class ArchitectureTest {
    private static final String ENGINE = "io.skein.engine..";
    private static final String MODULES = "io.skein.modules..";
    private static final String PERSISTENCE = "io.skein.persistence..";
    private static final String CLUSTER = "io.skein.cluster..";
    private static final String EDGE = "io.skein.edge..";
    private static final String LOAD = "io.skein.load..";

    private static final JavaClasses SKEIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.skein");

    /** Without this a module missing from the class path would satisfy every rule below. */
    @ParameterizedTest
    @ValueSource(
            strings = {"io.skein.engine", "io.skein.persistence", "io.skein.cluster", "io.skein.edge", "io.skein.load"})
    void everyModuleIsRead(String root) {
        assertTrue(SKEIN.containPackage(root), root);
    }

    @Test
    void engine_knowsNoSibling() {
        forbid(ENGINE, PERSISTENCE, CLUSTER, EDGE, LOAD);
    }

    @Test
    void clusterConfig_knowsNoSibling() {
        forbid(CLUSTER, ENGINE, MODULES, PERSISTENCE, EDGE, LOAD);
    }

    @Test
    void persistence_knowsOnlyTheEngine() {
        forbid(PERSISTENCE, CLUSTER, EDGE, LOAD);
    }

    @Test
    void edge_knowsNoLoadTest() {
        forbid(EDGE, LOAD);
    }

    @Test
    void loadTests_speakOnlyTheWire() {
        noClasses()
                .that()
                .resideInAPackage(LOAD)
                .and()
                .resideOutsideOfPackages("io.skein.load.inprocess..", "io.skein.load.upgrade..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ENGINE, MODULES, PERSISTENCE, CLUSTER, EDGE)
                .check(SKEIN);
    }

    private static void forbid(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .check(SKEIN);
    }
}

package io.skein.edge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package of the edge may know which. */
class EdgeArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.skein.edge");

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.skein.edge.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void json_knows_nothing_else_of_Skein() {
        noClasses()
                .that()
                .resideInAPackage("io.skein.edge.json..")
                .should()
                .dependOnClassesThat(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("io.skein..")
                                .and(com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage(
                                        "io.skein.edge.json..")))
                .check(CLASSES);
    }

    @Test
    void http_knows_no_workspaces_and_no_actors() {
        noClasses()
                .that()
                .resideInAPackage("io.skein.edge.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein.edge.auth..", "io.skein.persistence..", "io.skein.cluster..", "org.apache.pekko..")
                .check(CLASSES);
    }
}

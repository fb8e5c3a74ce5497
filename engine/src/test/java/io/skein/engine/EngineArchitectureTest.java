package io.skein.engine;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.skein.engine.state.PMap;
import org.junit.jupiter.api.Test;

/** The engine's pure half stays testable without an actor, and its packages form no cycle. */
class EngineArchitectureTest {
    private static final String[] PURE = {
        "io.skein.engine.schema..",
        "io.skein.engine.audit..",
        "io.skein.engine.module..",
        "io.skein.engine.state..",
        "io.skein.engine.reducer..",
        "io.skein.engine.membership..",
        "io.skein.engine.journal..",
        "io.skein.engine.view..",
        "io.skein.engine.codec..",
        "io.skein.engine.testing..",
        "io.skein.modules.."
    };

    private static final JavaClasses ENGINE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.skein.engine", "io.skein.modules");

    @Test
    void engineIsOnTheClassPath() {
        assertFalse(ENGINE.isEmpty());
    }

    /** {@link PMap} is the one face of Scala's immutable map; nothing else may know what is behind it. */
    @Test
    void pureParts_importNoActor() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .and()
                .doNotBelongToAnyOf(PMap.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.pekko..")
                .check(ENGINE);
    }

    /** Its immutable map is worth having; its types in our signatures are not. */
    @Test
    void pureParts_keepScalaBehindOneClass() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .and()
                .doNotHaveFullyQualifiedName("io.skein.engine.state.PMap")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("scala..")
                .check(ENGINE);
    }

    /** What an author writes needs nothing of how it is run, and the engine nothing of what an author wrote. */
    @Test
    void modules_knowOnlyThePureParts() {
        noClasses()
                .that()
                .resideInAPackage("io.skein.modules..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.skein.engine..").and(resideOutsideOfPackages(PURE)))
                .check(ENGINE);
        noClasses()
                .that()
                .resideInAPackage("io.skein.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.skein.modules..")
                .check(ENGINE);
    }

    @Test
    void engine_knowsNoSibling() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein.persistence..", "io.skein.cluster..", "io.skein.edge..", "io.skein.load..")
                .check(ENGINE);
    }

    @Test
    void packages_formNoCycle() {
        slices().matching("io.skein.engine.(**)").should().beFreeOfCycles().check(ENGINE);
    }
}

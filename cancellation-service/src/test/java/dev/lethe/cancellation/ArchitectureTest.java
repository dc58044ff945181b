package dev.lethe.cancellation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.lethe.cancellation", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NO_FRAMEWORK = classes()
            .that()
            .resideInAnyPackage("dev.lethe.cancellation.erasure", "dev.lethe.cancellation.plan")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "dev.lethe.messages..",
                    "dev.lethe.files",
                    "dev.lethe.cancellation.erasure",
                    "dev.lethe.cancellation.plan")
            .because(
                    "rules that are values and functions can be tested over every pair; what needs Spring, a database or"
                            + " a broker goes to .erasure.jdbc, .saga or .participant");

    @ArchTest
    static final ArchRule THE_CORE_READS_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage("dev.lethe.cancellation.erasure")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.Clock.class)
            .because("time comes in as a parameter; what is due is for the database to say");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_ONE_DIRECTION = slices().matching("dev.lethe.cancellation.(**)")
            .should()
            .beFreeOfCycles()
            .because("it goes from .participant to .saga to .erasure to .plan, and not back");
}

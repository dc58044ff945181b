package dev.lethe.requests;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.lethe.requests.life.Submissions;
import dev.lethe.requests.life.Transitions;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.RequestDecider;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.jdbc.Requests;
import java.time.Instant;
import java.util.Set;

@AnalyzeClasses(packages = "dev.lethe.requests", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final Set<String> MOVES = Set.of("insert", "move");

    private static final DescribedPredicate<JavaClass> MOVE_REQUESTS =
            describe("move requests", type -> type.getMethodCallsFromSelf().stream()
                    .anyMatch(call ->
                            call.getTargetOwner().isEquivalentTo(Requests.class) && MOVES.contains(call.getName())));

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NO_FRAMEWORK = classes()
            .that()
            .resideInAPackage("dev.lethe.requests.request")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java.lang..",
                    "java.time..",
                    "java.util..",
                    "org.jspecify..",
                    "dev.lethe.messages.request",
                    "dev.lethe.requests.request")
            .because("the transition table is tested over every pair of state and command; what needs Spring or a"
                    + " database goes to .request.jdbc or to a feature");

    @ArchTest
    static final ArchRule NO_STATE_MOVES_PAST_THE_TABLE = classes()
            .that(MOVE_REQUESTS)
            .should()
            .be(Transitions.class)
            .orShould()
            .be(Submissions.class)
            .andShould()
            .callMethod(RequestDecider.class, "decide", RequestState.class, RequestCommand.class)
            .because("RequestDecider says what may happen in which state, and Transitions does what follows from it for"
                    + " others; have it apply your command");

    @ArchTest
    static final ArchRule NOBODY_READS_THE_SYSTEM_CLOCK = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("time stamps come from the Clock bean, and what is due is for the database's now() to say");

    @ArchTest
    static final ArchRule FEATURES_DO_NOT_GO_IN_CIRCLES = slices().matching("dev.lethe.requests.(*)..")
            .should()
            .beFreeOfCycles()
            .because(
                    "it goes from intake, erasure and access to life, and from there to request and deadline, not back");
}

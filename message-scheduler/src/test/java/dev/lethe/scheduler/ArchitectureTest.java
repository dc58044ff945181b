package dev.lethe.scheduler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "dev.lethe.scheduler", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ALL_WRITING_GOES_THROUGH_THE_ENGINE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.springframework.amqp.rabbit.core..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("com.rabbitmq.client.Channel")
            .because("what goes round Outbox and Schedule is neither confirmed nor rolled back with the rest;"
                    + " what they lack belongs into module outbox");

    @ArchTest
    static final ArchRule NO_OTHER_SERVICE_IS_KNOWN = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "jakarta.servlet.http..",
                    "org.slf4j..",
                    "org.springframework..",
                    "com.rabbitmq.client..",
                    "dev.lethe.messages..",
                    "dev.lethe.outbox..",
                    "dev.lethe.scheduler..")
            .because("services know each other by the messages of shared-messages only");

    @ArchTest
    static final ArchRule WHO_REACHES_WHAT_IS_DECIDED_WITHOUT_A_MESSAGE = noClasses()
            .that()
            .resideInAPackage("dev.lethe.scheduler.targets")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lethe.scheduler.intake", "dev.lethe.outbox..", "com.rabbitmq..")
            .because("a rule on three names can be read, and changed, without knowing how they came in");

    @ArchTest
    static final ArchRule THE_DATABASE_SAYS_WHAT_IS_DUE = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because(
                    "a delay is handed to Schedule as it came; for a timestamp that is no decision, take the Clock bean");
}

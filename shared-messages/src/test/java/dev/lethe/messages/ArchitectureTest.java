package dev.lethe.messages;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.lethe.messages");

    @Test
    void theLibraryNeedsNothingButJavaAndJackson() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.lethe.messages..",
                        "java..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation..",
                        "org.jspecify.annotations..")
                .because(
                        "any service may embed the contract; what needs Spring, JDBC or AMQP belongs to outbox or to the starter")
                .check(LIBRARY);
    }

    @Test
    void onlyTheCodecKnowsTheParser() {
        noClasses()
                .that(areNot(MessageJson.class, ExactText.class))
                .should()
                .dependOnClassesThat(resideInAPackage("tools.jackson.."))
                .because(
                        "a record says what a message is; how it is read and written is said once, in MessageJson and ExactText")
                .check(LIBRARY);
    }

    @Test
    void everyBodyIsARecord() {
        assertThat(Messages.all()).allSatisfy(type -> assertThat(type.body()).isRecord());
    }

    @Test
    void theRulesOfFieldsKnowNoMessage() {
        noClasses()
                .that()
                .resideInAPackage("dev.lethe.messages")
                .and(areNot(Messages.class))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.lethe.messages.*"))
                .because(
                        "the catalogue alone lists the messages; a rule that only one message needs belongs into its record")
                .check(LIBRARY);
    }

    @Test
    void kindsOfMessagesDoNotDependOnEachOtherInCircles() {
        slices().matching("dev.lethe.messages.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a reader starts with participant or request; move what both need into dev.lethe.messages")
                .check(LIBRARY);
    }

    @Test
    void aMessageDoesNotReadTheClock() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .because("a time in a message is its sender's; pass it in, from the clock of the service")
                .check(LIBRARY);
    }

    /** The other modules are compiled for a newer Java; a service that embeds this one may run on 17. */
    @Test
    void theByteCodeIsThatOfJava17() throws IOException {
        try (var in = new DataInputStream(MessageJson.class.getResourceAsStream("MessageJson.class"))) {
            in.skipBytes(6);
            assertThat(in.readUnsignedShort()).isEqualTo(61);
        }
    }

    private static DescribedPredicate<JavaClass> areNot(Class<?>... known) {
        return DescribedPredicate.describe(
                "are not " + List.of(known), type -> Stream.of(known).noneMatch(it -> isOrIsIn(type, it)));
    }

    private static boolean isOrIsIn(JavaClass type, Class<?> outer) {
        return type.getName().equals(outer.getName()) || type.getName().startsWith(outer.getName() + "$");
    }
}

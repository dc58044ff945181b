package dev.lethe.cancellation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.cancellation.plan.Participant;
import dev.lethe.files.InvalidFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class PlanConfigurationTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "file:", "classpath:"})
    void readsThePlanFromAFileOrTheClassPath(String prefix) throws IOException {
        Path file = folder.resolve("participants.yaml");
        Files.writeString(file, "participants: { users: { via: amqp, owner: a@example.com } }");
        String location = prefix.equals("classpath:") ? "classpath:plan-of-one.yaml" : prefix + file;

        assertThat(PlanConfiguration.plan(location).participants())
                .extracting(Participant::name)
                .containsExactly("users");
    }

    @Test
    void withoutAPlanTheServiceDoesNotStartAndNamesTheProperty(CapturedOutput output) {
        assertThatThrownBy(() -> start()).isInstanceOf(InvalidConfigurationPropertyValueException.class);
        assertThat(output).contains("lethe.plan").contains("LETHE_PLAN").doesNotContain("\tat ");
    }

    @Test
    void withAPlanThatCannotBeReadItNamesThePropertyAndThePath(CapturedOutput output) {
        assertThatThrownBy(() -> start("--lethe.plan=" + folder.resolve("missing.yaml")))
                .isInstanceOf(InvalidConfigurationPropertyValueException.class);
        assertThat(output).contains("lethe.plan", "missing.yaml", "names a file that cannot be read");
    }

    @Test
    void withAWrongPlanItTellsEverythingThatIsWrongAndNoStackTrace(CapturedOutput output) throws IOException {
        Path file = folder.resolve("participants.yaml");
        Files.writeString(file, "participants:\n  users: { via: amqp }\n  billing: { owner: a@example.com }\n");

        assertThatThrownBy(() -> start("--lethe.plan=" + file)).isInstanceOf(InvalidFile.class);

        assertThat(output)
                .contains(file + ":2: participants.users.owner: is missing")
                .contains(file + ":3: participants.billing.via: is missing")
                .doesNotContain("\tat ");
    }

    /** As it is started in earnest, with neither database nor broker. */
    private static void start(String... arguments) {
        SpringApplication.run(CancellationService.class, arguments).close();
    }
}

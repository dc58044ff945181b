package dev.lethe.demo.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.FileSystemUtils;

/** {@code ./lethe up} that does not come up: it says why, in words that help, and leaves nothing running. */
class UpRefusalsIT {

    private static final String PLAN = """
            participants:
              shop: { via: amqp, owner: shop@example.com }
              post: { via: amqp, owner: post@example.com, after: lunch, delay: 1s }
            """;

    private static Path folder;
    private static Path project;
    private static Path dir;

    @BeforeAll
    static void prepare() throws Exception {
        RunningFleet.assumeNoServersAreGiven();
        folder = RunningFleet.newFolder();
        project = Launched.project(Files.createDirectory(folder.resolve("project")));
        dir = folder.resolve("up");
    }

    @AfterAll
    static void tidy() throws Exception {
        if (folder != null) {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --instance 2                 | '--instance' is not known here; './lethe help' tells what is
            --dir                        | --dir needs a value
            --instances 0                | --instances must be a number from 1 to 16, found '0'
            --instances many             | --instances must be a number from 1 to 16, found 'many'
            --participants no-such-file  | cannot read the file no-such-file
            --sources no-such-file       | cannot read the file no-such-file
            """)
    void wrongWordsAreToldAndNothingIsStarted(String words, String message) throws Exception {
        Path never = folder.resolve("never");
        var options = new ArrayList<Object>(List.of(words.split(" ")));
        options.addAll(0, List.of("--dir", never));

        try (var refused = Launched.up(project, options.toArray())) {
            assertThat(refused.awaitExit()).isEqualTo(2);
            assertThat(refused.said()).startsWith("lethe: ").contains(message).hasLineCount(1);
        }
        assertThat(never).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            participants: [shop]                                  | plan.yaml:1: participants: expected a map
            participants: { Shop: { via: amqp, owner: a@b.com } } | plan.yaml:1: participants.Shop: a name is a lower case letter
            participants: { admin: { via: amqp, owner: a@b.com } }| plan.yaml:1: participants.admin: a participant cannot be called admin
            participants: {                                       | plan.yaml:1: not YAML
            """)
    void aPlanThatCannotBeReadIsToldWithItsLine(String plan, String message) throws Exception {
        Path wrong = Files.createDirectories(folder.resolve("wrong")).resolve("plan.yaml");
        Files.writeString(wrong, plan);

        try (var refused = Launched.up(project, "--dir", dir, "--participants", wrong)) {
            assertThat(refused.awaitExit()).isEqualTo(2);
            assertThat(refused.said()).startsWith("lethe: ").contains(message).hasLineCount(1);
        }
        assertThat(dir.resolve("fleet.json")).doesNotExist();
    }

    @Test
    void aPlanThatAServiceRefusesIsToldWithItsLineAndAllEndsAgain() throws Exception {
        Path wrong = Files.createDirectories(folder.resolve("wrong")).resolve("plan.yaml");
        Files.writeString(wrong, PLAN);

        try (var refused = Launched.up(project, "--dir", folder.resolve("refused"), "--participants", wrong)) {
            refused.awaitLine("postgres ready");
            List<ProcessHandle> begun = refused.processes();
            assertThat(refused.awaitExit()).isEqualTo(1);
            assertThat(refused.said())
                    .contains("lethe: cancellation-service-1 ended while it started")
                    .contains(
                            "plan.yaml:3: participants.post.after: expected 'notice' or a participant, found 'lunch'");
            Launched.awaitEndOf(begun);
        }
        assertThat(folder.resolve("refused/fleet.json")).doesNotExist();
    }

    @Test
    void sigtermInTheMiddleOfTheStartLeavesNothingRunning() throws Exception {
        try (var interrupted = Launched.up(project, "--dir", folder.resolve("interrupted"))) {
            interrupted.awaitLine("postgres ready");
            List<ProcessHandle> begun = interrupted.processes();

            assertThat(interrupted.terminate()).isIn(0, 143);

            Launched.awaitEndOf(begun);
        }
    }
}

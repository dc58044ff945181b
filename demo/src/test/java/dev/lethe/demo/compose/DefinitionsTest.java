package dev.lethe.demo.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.demo.Definitions;
import dev.lethe.files.InvalidFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DefinitionsTest {

    private static final Path PLAN = Project.ROOT.resolve("deploy/participants.yaml");
    private static final Path COMMITTED = Project.ROOT.resolve("deploy/rabbitmq/definitions.json");

    @TempDir
    private Path folder;

    @Test
    void theCommittedDocumentIsThatOfTheExample() throws Exception {
        JsonNode committed = new JsonMapper().readTree(Files.readString(COMMITTED));
        JsonNode generated = new JsonMapper().readTree(Definitions.document(PLAN, Project.EXAMPLE));

        checkAndRemoveHashes(committed);
        checkAndRemoveHashes(generated);
        assertThat(committed)
                .as(
                        "deploy/rabbitmq/definitions.json is stale; make it anew with './lethe definitions"
                                + " --participants deploy/participants.yaml --env .env.example > deploy/rabbitmq/definitions.json'")
                .isEqualTo(generated);
    }

    /** Each with its own salt, so that only the password can be compared. */
    private static void checkAndRemoveHashes(JsonNode document) throws Exception {
        Map<String, String> passwords = Project.example();
        assertThat(document.path("users")).isNotEmpty();
        for (JsonNode user : document.path("users")) {
            byte[] saltAndHash = Base64.getDecoder()
                    .decode(((ObjectNode) user).remove("password_hash").stringValue());
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(saltAndHash, 0, 4);
            String variable = variableOf(user.path("name").stringValue());
            assertThat(sha256.digest(passwords.get(variable).getBytes(StandardCharsets.UTF_8)))
                    .as("the hash of %s", variable)
                    .isEqualTo(Arrays.copyOfRange(saltAndHash, 4, saltAndHash.length));
        }
    }

    private static String variableOf(String user) {
        return "BROKER_PASSWORD_" + user.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    @Test
    void theDemoHasThePasswordOfEveryUserThatIsNoService() throws IOException {
        ComposeFile compose = new ComposeFile(Project.example());
        Stream<String> users = new JsonMapper()
                .readTree(Files.readString(COMMITTED))
                .path("users")
                .valueStream()
                .map(user -> user.path("name").stringValue());

        assertThat(compose.service("demo").environment().keySet())
                .filteredOn(variable -> variable.startsWith("BROKER_PASSWORD_"))
                .containsExactlyInAnyOrderElementsOf(
                        users.filter(user -> !compose.services().containsKey(user))
                                .map(DefinitionsTest::variableOf)
                                .toList());
    }

    @Test
    void aMissingPasswordIsNamedByItsVariable() throws IOException {
        assertThatThrownBy(() -> Definitions.document(PLAN, without("BROKER_PASSWORD_VIEWING_HISTORY")))
                .hasMessageContaining("viewing-history")
                .hasMessageContaining("BROKER_PASSWORD_VIEWING_HISTORY=");
    }

    private Path without(String variable) throws IOException {
        return Files.write(
                folder.resolve("env"),
                Files.readAllLines(Project.EXAMPLE).stream()
                        .filter(line -> !line.startsWith(variable))
                        .toList());
    }

    @Test
    void aPasswordThatOthersWouldReadDifferentlyIsRefusedAndNotShown() throws IOException {
        for (String password : new String[] {"", "\"quoted\"", "a$b", "a b", "abc # comment", "p@ss/word"}) {
            Path env = without("BROKER_PASSWORD_USERS");
            Files.writeString(env, Files.readString(env) + "BROKER_PASSWORD_USERS=" + password + "\n");
            assertThatThrownBy(() -> Definitions.document(PLAN, env))
                    .hasMessageContaining("BROKER_PASSWORD_USERS")
                    .message()
                    .doesNotContain(password.isEmpty() ? "\0" : password);
        }
    }

    @Test
    void aPlanThatIsNoPlanIsRefused() throws IOException {
        Path plan = Files.writeString(folder.resolve("plan.yaml"), "participants: [users]\n");

        assertThatThrownBy(() -> Definitions.document(plan, Project.EXAMPLE)).isInstanceOf(InvalidFile.class);
    }
}

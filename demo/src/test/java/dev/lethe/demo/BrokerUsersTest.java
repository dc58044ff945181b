package dev.lethe.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.messages.Messages;
import dev.lethe.servers.BrokerDefinitions;
import dev.lethe.servers.BrokerUser;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.Yaml;

/** What asyncapi.yaml says that users may do is what the broker's definitions let them do, to the letter. */
class BrokerUsersTest {

    private static final String PARTICIPANT = "billing";
    private static final String NOTIFIER = "emailing";

    @TestFactory
    Stream<DynamicTest> everyUserMayWhatTheContractSays() throws IOException {
        Map<String, Map<String, Object>> described = described();
        List<BrokerUser> users = BrokerDefinitions.of(
                        List.of(PARTICIPANT, NOTIFIER), Set.of(NOTIFIER), user -> "secret")
                .users();
        assertThat(users)
                .extracting(BrokerUser::name)
                .containsAll(described.keySet().stream()
                        .filter(name -> !name.startsWith("{"))
                        .toList());
        return users.stream()
                .map(user -> DynamicTest.dynamicTest(user.name(), () -> {
                    List<Map<String, Object>> roles =
                            rolesOf(user.name()).map(described::get).toList();
                    assertThat(user.tag()).isEqualTo(String.join(",", texts(roles, "tags")));
                    assertThat(user.configure()).isEqualTo(expression(user.name(), texts(roles, "declares")));
                    assertThat(user.write()).isEqualTo(expression(user.name(), texts(roles, "writes")));
                    assertThat(user.read()).isEqualTo(expression(user.name(), texts(roles, "reads")));
                    assertThat(user.topics().keySet())
                            .isEqualTo(roles.stream()
                                    .flatMap(role ->
                                            ((Map<?, ?>) role.getOrDefault("topics", Map.of())).keySet().stream())
                                    .collect(Collectors.toSet()));
                }));
    }

    private static Stream<String> rolesOf(String user) {
        return switch (user) {
            case PARTICIPANT -> Stream.of("{participant}");
            case NOTIFIER -> Stream.of("{participant}", "{notifier}");
            default -> Stream.of(user);
        };
    }

    private static List<String> texts(List<Map<String, Object>> roles, String key) {
        return roles.stream()
                .flatMap(role -> ((List<?>) role.getOrDefault(key, List.of())).stream())
                .map(String::valueOf)
                .toList();
    }

    /** For a participant {@code {participant}} is itself, for everybody else any of them. */
    private static String expression(String user, List<String> resources) {
        boolean participates = Set.of(PARTICIPANT, NOTIFIER).contains(user);
        return resources.stream()
                .map(resource -> resource.replace(".", "\\.")
                        .replace("*", ".*")
                        .replace("{participant}", participates ? user : "[a-z][a-z0-9-]*"))
                .collect(Collectors.joining("|", "^(", ")$"));
    }

    private static Map<String, Map<String, Object>> described() throws IOException {
        try (InputStream file = Messages.class.getResourceAsStream("asyncapi.yaml")) {
            Map<String, Object> asyncapi = new Yaml().load(file);
            @SuppressWarnings("unchecked")
            var users = (Map<String, Map<String, Object>>) asyncapi.get("x-broker-users");
            return users;
        }
    }
}

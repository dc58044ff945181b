package dev.lethe.demo.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What must hold of the Compose file and the Dockerfile whoever runs them. */
class ComposeTest {

    private static Map<String, String> settings;
    private static ComposeFile compose;
    private static Dockerfile dockerfile;

    @BeforeAll
    static void read() throws IOException {
        settings = Project.example();
        compose = new ComposeFile(settings);
        dockerfile = new Dockerfile();
    }

    @Test
    void noImageNamesARegistry() {
        Stream<String> images = compose.services().values().stream().map(service -> service.text("image"));
        assertThat(Stream.concat(images, dockerfile.bases().stream()))
                .allSatisfy(image -> assertThat(image).matches("[a-z-]+(:[a-z0-9.-]+)?"));
    }

    @Test
    void serversAreOfAVersionThatIsNamed() {
        assertThat(compose.services().values())
                .filteredOn(service -> !service.isOurs())
                .allSatisfy(service -> assertThat(service.text("image")).matches("[a-z]+:[0-9][a-z0-9.-]*"));
    }

    @Test
    void everyDependencyExistsAndCanBeMet() {
        for (ComposeService service : compose.services().values()) {
            service.dependencies().forEach((name, condition) -> {
                assertThat(compose.services())
                        .as("needed by %s", service.name())
                        .containsKey(name);
                ComposeService needed = compose.service(name);
                switch (condition) {
                    case "service_healthy" ->
                        assertThat(hasHealthCheck(needed))
                                .as("health check of %s", name)
                                .isTrue();
                    case "service_completed_successfully" ->
                        assertThat(needed.ends()).as("%s ends", name).isTrue();
                    default -> assertThat(condition).isEqualTo("service_started");
                }
            });
        }
    }

    private static boolean hasHealthCheck(ComposeService service) {
        return !service.health().isEmpty()
                || service.isOurs() && !service.content().containsKey("healthcheck");
    }

    @Test
    void whateverStaysHasAHealthCheck() {
        assertThat(compose.services().values())
                .filteredOn(service -> !service.ends())
                .hasSize(8)
                .allMatch(ComposeTest::hasHealthCheck);
        assertThat(dockerfile.healthCheck()).isNotEmpty();
    }

    @Test
    void nothingRunsAsRootOrMayBecomeIt() {
        assertThat(dockerfile.user()).matches("[1-9][0-9]*:[1-9][0-9]*");
        assertThat(compose.services().values()).allSatisfy(service -> {
            if (!service.isOurs()) {
                assertThat(service.text("user")).isNotEmpty().doesNotMatch("(0|root)(:.*)?");
            }
            assertThat(service.list("security_opt")).contains("no-new-privileges:true");
            assertThat(service.list("cap_drop")).contains("ALL");
        });
    }

    @Test
    void ourServicesCannotWriteOutsideTheirVolumes() {
        assertThat(compose.services().values())
                .filteredOn(ComposeService::isOurs)
                .allSatisfy(service -> {
                    assertThat(service.text("read_only")).isEqualTo("true");
                    assertThat(service.list("tmpfs")).containsExactly("/tmp");
                });
    }

    @Test
    void everyMountedFileExistsAndIsReadOnlyAndEveryVolumeIsDeclared() {
        for (ComposeService service : compose.services().values()) {
            assertThat(service.mounts()).allSatisfy(mount -> {
                if (mount.isFile()) {
                    assertThat(Project.ROOT.resolve(mount.source())).isRegularFile();
                    assertThat(mount.readOnly()).isTrue();
                } else {
                    assertThat(compose.volumes()).contains(mount.source());
                }
            });
        }
    }

    @Test
    void theBrokerLoadsTheMountedDefinitions() throws IOException {
        assertThat(Files.readAllLines(Project.ROOT.resolve("deploy/rabbitmq/rabbitmq.conf")))
                .contains("load_definitions = " + targetOf("rabbitmq", "./deploy/rabbitmq/definitions.json"));
    }

    @Test
    void theDatabaseIsMadeWithTheServicesRoles() {
        assertThat(targetOf("postgres", "./deploy/postgres/services.sql"))
                .startsWith("/docker-entrypoint-initdb.d/")
                .endsWith(".sql");
    }

    private static String targetOf(String service, String source) {
        return compose.service(service).mounts().stream()
                .filter(mount -> mount.source().equals(source))
                .map(ComposeService.Mount::target)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingIsPublishedBeyondThisMachine() {
        assertThat(compose.services().values().stream().flatMap(service -> service.ports().stream()))
                .isNotEmpty()
                .allMatch(port -> port.address().equals("127.0.0.1"));
    }

    @Test
    void noPortIsPublishedTwice() {
        Set<String> published = new HashSet<>();
        assertThat(compose.services().values().stream()
                        .flatMap(service -> service.ports().stream())
                        .map(ComposeService.Port::published)
                        .filter(port -> !port.isEmpty()))
                .allMatch(published::add);
    }

    @Test
    void whatNobodyElseShouldReachIsOnTheInnerNetworkAlone() {
        assertThat(ComposeFile.map(compose.networks().get("inside"))).containsEntry("internal", true);
        for (String server : List.of("postgres", "redis", "elasticsearch")) {
            assertThat(compose.service(server).list("networks")).as(server).containsExactly("inside");
            assertThat(compose.service(server).ports()).as(server).isEmpty();
        }
    }

    @Test
    void thePortOfAServiceIsTheOneThatIsPublished() {
        assertThat(compose.services().values())
                .filteredOn(service -> service.isOurs() && !service.ends())
                .allSatisfy(service -> assertThat(service.ports())
                        .singleElement()
                        .extracting(port -> String.valueOf(port.target()))
                        .isEqualTo(service.environment().get("SERVER_PORT")));
    }

    @Test
    void everySettingOfTheExampleIsUsedAndEverySecretIsToBeChanged() {
        assertThat(compose.usedSettings()).isEqualTo(settings.keySet());
        assertThat(settings).allSatisfy((name, value) -> {
            if (name.equals("PSEUDONYM_KEY") || name.equals("REPORT_KEYS")) {
                byte[] key = Base64.getDecoder().decode(value.substring(value.indexOf(':') + 1));
                assertThat(key).hasSize(32).asString(StandardCharsets.US_ASCII).startsWith("change-me");
            } else if (name.contains("PASSWORD") || name.contains("KEY")) {
                assertThat(value).startsWith("change-me").matches("[a-z-]+");
            }
        });
        assertThat(settings.get("KIBANA_ENCRYPTION_KEY")).hasSizeGreaterThanOrEqualTo(32);
    }

    @Test
    void aFileThatNamesAnUnknownSettingIsRefused() {
        var fewer = new HashMap<>(settings);
        fewer.remove("REDIS_PASSWORD");
        assertThatThrownBy(() -> new ComposeFile(fewer)).hasMessageContaining("${REDIS_PASSWORD:?}");
    }

    @Test
    void theBuildSeesTheJarsAndNothingElse() throws IOException {
        List<String> rules = Files.readAllLines(Project.ROOT.resolve(".dockerignore")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(rules).hasSize(2).startsWith("*");
        assertThat(rules.getLast()).startsWith("!");
        var seen = FileSystems.getDefault()
                .getPathMatcher("glob:" + rules.getLast().substring(1));
        assertThat(compose.services().values())
                .filteredOn(ComposeService::isOurs)
                .hasSize(4)
                .allMatch(service ->
                        seen.matches(Path.of("%s/target/%s-app.jar".formatted(service.program(), service.program()))));
        assertThat(seen.matches(Path.of(".env"))).isFalse();
    }
}

package dev.lethe.demo.fleet;

import dev.lethe.servers.LocalServers;
import dev.lethe.servers.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** {@code fleet.json}: addresses, users and processes of a fleet that is ready. It holds passwords and is its owner's only. */
final class FleetFile {

    private static final List<String> USERS_OF_OURS =
            List.of("admin", "requests-manager", "cancellation-service", "message-scheduler", "frontend");

    private FleetFile() {}

    static void write(
            Path dir,
            LocalServers servers,
            List<String> participants,
            Map<Service, List<ServiceProcess>> services,
            String operatorsPassword)
            throws IOException {
        Path temporary = Files.createTempFile(
                dir,
                "fleet",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(
                temporary,
                new JsonMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsBytes(content(servers, participants, services, operatorsPassword)));
        Files.move(temporary, path(dir), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void delete(Path dir) {
        try {
            Files.deleteIfExists(path(dir));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path(dir), e);
        }
    }

    static Path path(Path dir) {
        return dir.resolve("fleet.json");
    }

    private static Map<String, Object> content(
            LocalServers servers,
            List<String> participants,
            Map<Service, List<ServiceProcess>> services,
            String operatorsPassword) {
        var users = new LinkedHashMap<String, Object>();
        Stream.concat(USERS_OF_OURS.stream(), participants.stream())
                .forEach(user ->
                        users.put(user, Map.of("password", servers.rabbit().password(user))));
        var instances = new LinkedHashMap<String, Object>();
        services.forEach((service, processes) -> instances.put(
                service.label(),
                processes.stream()
                        .map(process -> Map.of("url", process.url(), "pid", process.pid()))
                        .toList()));
        var databases = new LinkedHashMap<String, Object>();
        for (Service service : Service.values()) {
            databases.put(
                    service.label(),
                    Map.of(
                            "jdbc_url", servers.postgres().jdbcUrl(service.database()),
                            "user", servers.postgres().user(),
                            "password", servers.postgres().password()));
        }
        var pids = new LinkedHashMap<String, Object>();
        for (Server server : servers.all()) {
            pids.put(server.name(), Map.of("pid", server.pid()));
        }
        var fleet = new LinkedHashMap<String, Object>();
        fleet.put("amqp", Map.of("url", servers.rabbit().amqpUrl(), "users", users));
        fleet.put("services", instances);
        fleet.put("operators", Map.of("user", "operator", "password", operatorsPassword));
        fleet.put("postgres", databases);
        fleet.put("redis", Map.of("url", servers.redis().url()));
        fleet.put("servers", pids);
        return fleet;
    }
}

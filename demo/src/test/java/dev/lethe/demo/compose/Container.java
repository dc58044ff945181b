package dev.lethe.demo.compose;

import dev.lethe.servers.Guard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A service of ours as the engine would run it: out of the layers of its image, by the image's entry point, with the image's
 * and the Compose file's environment and nothing else. Instead of a network it has a loopback address of its own, and names
 * of hosts and folders in its environment stand for what they are here.
 */
final class Container implements AutoCloseable {

    private static final Pattern HOST_AND_PORT = Pattern.compile("(?<=[/@])([a-z][a-z-]*:\\d+)");
    private static final int SECONDS_TO_STOP = 30;
    private static final int SECONDS_OF_A_HEALTH_CHECK = 20;

    private final ComposeService service;
    private final Dockerfile dockerfile;
    private final String address;
    private final Path folder;
    private final Map<String, String> environment;
    private @Nullable Process process;

    /**
     * @param address where it listens, instead of on all of a container's
     * @param hosts {@code host:port} of the Compose file's networks to where that is here
     * @param volumes the folder that stands for all volumes
     */
    Container(
            ComposeService service,
            Dockerfile dockerfile,
            String address,
            Map<String, String> hosts,
            Path volumes,
            Path folder)
            throws IOException {
        this.service = service;
        this.dockerfile = dockerfile;
        this.address = address;
        this.folder = Files.createDirectories(folder);
        this.environment = new LinkedHashMap<>(dockerfile.environment());
        service.environment()
                .forEach((name, value) -> environment.put(name, mappedHosts(mappedPath(value, volumes), hosts)));
        environment.put("SERVER_ADDRESS", address);
    }

    private String mappedPath(String value, Path volumes) {
        if (!value.startsWith("/")) {
            return value;
        }
        ComposeService.Mount mount = service.mounts().stream()
                .filter(each -> value.equals(each.target()) || value.startsWith(each.target() + "/"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "%s is told of %s, where nothing is mounted".formatted(service.name(), value)));
        Path source = mount.isFile() ? Project.ROOT.resolve(mount.source()) : volumes.resolve(mount.source());
        return source.normalize() + value.substring(mount.target().length());
    }

    private String mappedHosts(String value, Map<String, String> hosts) {
        return HOST_AND_PORT.matcher(value).replaceAll(found -> {
            String host = found.group();
            if (!hosts.containsKey(host) && !host.startsWith("localhost:")) {
                throw new IllegalStateException(
                        "%s is told of %s, which no service has".formatted(service.name(), host));
            }
            return Matcher.quoteReplacement(hosts.getOrDefault(host, host));
        });
    }

    void start() throws IOException, InterruptedException {
        Path app = dockerfile.build(service.program(), folder);
        process = Guard.start(process(dockerfile.entrypoint())
                .directory(app.toFile())
                .redirectOutput(log().toFile())
                .redirectErrorStream(true));
    }

    private ProcessBuilder process(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", Dockerfile.javaBin() + ":/usr/bin:/bin");
        builder.environment().putAll(environment);
        if (command.getFirst().equals("java")) {
            // ProcessBuilder looks for programs on the path of this JVM, not on the one that it gives
            var here = new ArrayList<>(command);
            here.set(0, Path.of(Dockerfile.javaBin(), "java").toString());
            builder.command(here);
        }
        return builder;
    }

    /** The image's health check; its exit code is the answer. */
    boolean isHealthy() throws IOException, InterruptedException {
        List<String> command = dockerfile.healthCheck().stream()
                .map(word -> word.replace("127.0.0.1", address))
                .toList();
        Process check = process(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!check.waitFor(SECONDS_OF_A_HEALTH_CHECK, TimeUnit.SECONDS)) {
            check.destroyForcibly().waitFor();
            return false;
        }
        return check.exitValue() == 0;
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    String url(int port) {
        return "http://" + address + ":" + port;
    }

    ComposeService service() {
        return service;
    }

    Map<String, String> environment() {
        return environment;
    }

    Path log() {
        return folder.resolve("log");
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}

package dev.lethe.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The machine's own RabbitMQ: found, or installed by the distribution's package manager where we may. */
final class RabbitInstallation {
    /**
     * Debian's package starts a broker for the whole machine, at once and at every boot. Ours need it only as a program, so
     * {@code policy-rc.d} forbids the first (in the way that Debian has for it, and only for the while, even if we are
     * interrupted) and systemd, where it reigns, is told not to do the second.
     */
    private static final String INSTALL = """
            if [ ! -e /usr/sbin/policy-rc.d ]; then
              trap 'rm -f /usr/sbin/policy-rc.d' EXIT
              trap 'exit 1' HUP INT TERM
              printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
              chmod 755 /usr/sbin/policy-rc.d
            fi
            apt-get -q update
            apt-get -q install -y --no-install-recommends rabbitmq-server || exit
            if [ -d /run/systemd/system ]; then systemctl disable rabbitmq-server.service; fi
            """;

    private RabbitInstallation() {}

    /** The folder with RabbitMQ's scripts that run as any user. */
    static Path scripts(Consumer<String> progress) throws IOException {
        Optional<Path> found = find();
        if (found.isEmpty() && Programs.root() && Programs.find("apt-get").isPresent()) {
            Cache.exclusively(() -> install(progress));
            found = find();
        }
        return found.orElseThrow(
                () -> new IllegalStateException("RabbitMQ is not on this machine. Install it: on Debian and"
                        + " Ubuntu with 'sudo apt-get install rabbitmq-server', on Fedora with 'sudo dnf install rabbitmq-server',"
                        + " with Homebrew by 'brew install rabbitmq'; or put its sbin folder on the PATH"));
    }

    private static void install(Consumer<String> progress) throws IOException {
        if (find().isPresent()) { // another JVM has just done it
            return;
        }
        progress.accept("rabbitmq is not on this machine: installing the package rabbitmq-server with apt-get"
                + " (about a minute; the package's own service stays off)");
        // To a file: if this JVM were killed, a broken pipe would end the package manager half-way.
        Log log = new Log(Files.createTempFile("lethe-apt-get-", ".log"));
        ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", INSTALL)
                .redirectErrorStream(true)
                .redirectOutput(log.file().toFile());
        shell.environment().put("DEBIAN_FRONTEND", "noninteractive");
        Programs.Result result = Programs.run(shell, Duration.ofMinutes(15));
        if (result.exit() != 0) {
            throw new IllegalStateException("'apt-get install rabbitmq-server' ended with exit code " + result.exit()
                    + "; install it by hand." + log.tail(0));
        }
        Files.delete(log.file());
    }

    private static Optional<Path> find() {
        return Stream.concat(packaged(), Programs.find("rabbitmq-server").stream())
                .flatMap(RabbitInstallation::folder)
                .filter(folder -> Files.isExecutable(folder.resolve("rabbitmqctl"))
                        && Files.exists(folder.resolve("rabbitmq-env")))
                .findFirst();
    }

    /** Where packages put it; what they put on the PATH is a wrapper that changes the user. */
    private static Stream<Path> packaged() {
        Path versions = Path.of("/usr/lib/rabbitmq/lib");
        if (!Files.isDirectory(versions)) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.list(versions)) {
            return all
                    .sorted(Comparator.reverseOrder())
                    .map(version -> version.resolve("sbin/rabbitmq-server"))
                    .toList()
                    .stream();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }

    /** The folder in which the script really lies, beside the others. */
    private static Stream<Path> folder(Path script) {
        try {
            return Stream.of(script.toRealPath().getParent());
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }
}

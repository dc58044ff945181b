package dev.lethe.servers;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A JVM to be ended in various ways: starts servers, says so, and waits. */
final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "shared" -> {
                LocalServers.shared().startAll();
                LocalServers.shared().postgres().pause();
            }
            case "folder" -> {
                Path folder = Path.of(arguments[1]);
                LocalServers servers = LocalServers.in(
                        folder, BrokerDefinitions.of(List.of(), Set.of(), LocalServers.passwords(folder)));
                Guard.closeAtExit(() -> System.out.println("closed first, servers up: "
                        + servers.all().stream().filter(Server::isRunning).count()));
                servers.startAll();
            }
            case "redis" -> {
                Path folder = Path.of(arguments[1]);
                LocalServers.in(folder, BrokerDefinitions.of(List.of(), Set.of(), LocalServers.passwords(folder)))
                        .redis()
                        .start();
            }
            case "process" -> Guard.start(new ProcessBuilder("sh", "-c", "sleep 60 & sleep 60 & wait"));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("up");
        Thread.currentThread().join();
    }
}

package dev.lethe.demo.fleet;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;

/** The ports of the services, remembered in the fleet's folder: links that were given out lead there after the next start too. */
final class ServicePorts {

    static final String FILE = "ports.properties";

    /** Below those that outgoing connections get: nobody takes one by chance while its service is down. */
    private static final int FIRST = 15_000;

    private static final int LAST = 32_000;

    private final Path file;
    private final Properties ports = new Properties();

    ServicePorts(Path dir) throws IOException {
        this.file = dir.resolve(FILE);
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                ports.load(reader);
            }
        }
    }

    /** The one that this service had last time, if nobody has taken it since; another otherwise. */
    int of(String service) throws IOException {
        String known = ports.getProperty(service, "0");
        if (!isFree(Integer.parseInt(known))) {
            String picked = pick();
            ports.setProperty(service, picked);
            try (Writer writer = Files.newBufferedWriter(file)) {
                ports.store(writer, null);
            }
            return Integer.parseInt(picked);
        }
        return Integer.parseInt(known);
    }

    private String pick() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (!ports.containsValue(String.valueOf(port)) && isFree(port)) {
                return String.valueOf(port);
            }
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort() == port;
        } catch (IOException taken) {
            return false;
        }
    }
}

package dev.lethe.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;

/**
 * Free ports on the loopback interface. They lie below the range that Linux gives to outgoing connections, so that no
 * connection takes a server's port while the server is down for a moment.
 */
final class Ports {
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;

    private Ports() {}

    static int pick(IntPredicate acceptable) {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (acceptable.test(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "no free port found between " + FIRST + " and " + LAST + "; see which programs hold them (ss -ltn)");
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}

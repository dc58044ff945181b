package dev.lethe.outbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;

/**
 * Opens the sockets of lanes' sessions and keeps hold of them, because the driver does not let one look whether the server has
 * said something unasked, which inside a transaction is that it ends the session. Public for the driver, which makes it by name.
 */
public final class LaneSockets extends SocketFactory {

    private static final Map<String, Socket> OPENED = new ConcurrentHashMap<>();

    private final String name;

    /** @param name under which to {@link #take} the socket */
    public LaneSockets(String name) {
        this.name = name;
    }

    static Socket take(String name) {
        return Objects.requireNonNull(OPENED.remove(name), "the driver opened no socket for " + name);
    }

    static void forget(String name) {
        OPENED.remove(name);
    }

    @Override
    public Socket createSocket() {
        var socket = new Socket();
        OPENED.put(name, socket);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw unused();
    }

    private static IOException unused() {
        return new IOException("the driver connects its sockets itself; this is our bug");
    }
}

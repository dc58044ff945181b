package dev.lethe.scheduler.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A wire between a service and a server, to be cut. A cut is what a firewall does that has forgotten a connection: what goes
 * in that direction vanishes, the end of the connection included, and nobody is told. New connections go through.
 */
final class TcpProxy implements AutoCloseable {

    enum Direction {
        TO_SERVER,
        TO_SERVICE
    }

    private final class Link {
        final Socket service;
        final Socket server;
        private final Set<Direction> lost = ConcurrentHashMap.newKeySet();

        Link(Socket service, Socket server) throws IOException {
            this.service = service;
            this.server = server;
            service.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            links.add(this);
            Thread.ofVirtual().start(() -> pass(Direction.TO_SERVER));
            Thread.ofVirtual().start(() -> pass(Direction.TO_SERVICE));
        }

        private void pass(Direction direction) {
            Socket from = direction == Direction.TO_SERVER ? service : server;
            Socket to = direction == Direction.TO_SERVER ? server : service;
            try {
                var bytes = new byte[1 << 16];
                for (int read = from.getInputStream().read(bytes);
                        read >= 0;
                        read = from.getInputStream().read(bytes)) {
                    if (!lost.contains(direction)) {
                        to.getOutputStream().write(bytes, 0, read);
                    }
                }
                if (!lost.contains(direction)) {
                    to.shutdownOutput();
                }
            } catch (IOException oneSideIsGone) {
                if (!lost.contains(direction)) {
                    reset();
                }
            }
        }

        void reset() {
            links.remove(this);
            for (Socket socket : new Socket[] {service, server}) {
                try {
                    socket.setSoLinger(true, 0);
                    socket.close();
                } catch (IOException alreadyClosed) {
                    continue;
                }
            }
        }
    }

    private final ServerSocket entrance;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();

    TcpProxy(int target) throws IOException {
        this.target = target;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket service = entrance.accept();
                try {
                    new Link(service, new Socket(InetAddress.getLoopbackAddress(), target));
                } catch (IOException nobodyListens) {
                    service.setSoLinger(true, 0);
                    service.close();
                }
            } catch (IOException closed) {
                continue;
            }
        }
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** Whether a connection that the server has from this port is one of ours. */
    boolean isFrom(int port) {
        return links.stream().anyMatch(link -> link.server.getLocalPort() == port);
    }

    void cut(Direction direction) {
        links.forEach(link -> link.lost.add(direction));
    }

    /** Ends all connections as a crashed router or an administrator does: both sides are told at once. */
    void reset() {
        links.forEach(Link::reset);
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        reset();
    }
}

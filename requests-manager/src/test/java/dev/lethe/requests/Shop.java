package dev.lethe.requests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A service that holds orders of people, and that can be broken or be slow to answer. */
final class Shop implements AutoCloseable {

    private final HttpServer server;
    private int calls;
    private int firstHeld = Integer.MAX_VALUE;
    private int lastHeld = Integer.MAX_VALUE;
    private CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger held = new AtomicInteger();
    private volatile boolean broken;

    Shop() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/orders/", this::answer);
        server.start();
    }

    /** As {@code sources.yaml} has it. */
    String source() {
        return "orders: { via: http, url: \"http://127.0.0.1:%d/orders/{subject.id}\", records: /orders, explain: Orders & <returns> }"
                .formatted(server.getAddress().getPort());
    }

    /** What the shop knows of a person, in words that no other person's data have. */
    static String note(String person) {
        return "<script>alert('order of %s')</script>".formatted(person);
    }

    void breakDown() {
        broken = true;
    }

    void repair() {
        broken = false;
    }

    /** How many calls wait for their release. */
    int held() {
        return held.get();
    }

    /** The next so many calls get no answer before they are released; those after them do. */
    synchronized void holdNext(int count) {
        release = new CountDownLatch(1);
        firstHeld = calls + 1;
        lastHeld = calls + count;
    }

    /** So many more calls are answered, those after them get no answer before they are released. */
    synchronized void holdAfter(int count) {
        release = new CountDownLatch(1);
        firstHeld = calls + count + 1;
        lastHeld = Integer.MAX_VALUE;
    }

    synchronized void release() {
        firstHeld = Integer.MAX_VALUE;
        lastHeld = Integer.MAX_VALUE;
        release.countDown();
    }

    private synchronized CountDownLatch nextCall() {
        calls++;
        return calls >= firstHeld && calls <= lastHeld ? release : new CountDownLatch(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            CountDownLatch release = nextCall();
            held.incrementAndGet();
            release.await();
            held.decrementAndGet();
            String path = exchange.getRequestURI().getPath();
            byte[] body = "{ \"orders\": [ { \"number\": 1, \"note\": \"%s\" } ] }"
                    .formatted(note(path.substring("/orders/".length())))
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(broken ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        release();
        server.stop(0);
    }
}

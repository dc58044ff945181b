package dev.lethe.requests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A service that holds orders of people, and that can be broken or be slow to answer. */
public final class Shop implements AutoCloseable {

    private final HttpServer server;
    private final List<CountDownLatch> gates = new ArrayList<>();
    private int calls;
    private int firstHeld = Integer.MAX_VALUE;
    private int lastHeld = Integer.MAX_VALUE;
    private final AtomicInteger held = new AtomicInteger();
    private volatile boolean broken;

    public Shop() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/orders/", this::answer);
        server.start();
    }

    /** As {@code sources.yaml} has it. */
    public String source() {
        return "orders: { via: http, url: \"http://127.0.0.1:%d/orders/{subject.id}\", records: /orders, private: true, explain: Orders & <returns> }"
                .formatted(server.getAddress().getPort());
    }

    /** What the shop knows of a person, in words that no other person's data have. */
    public static String note(String person) {
        return "<script>alert('order of %s')</script>".formatted(person);
    }

    public void breakDown() {
        broken = true;
    }

    public void repair() {
        broken = false;
    }

    /** How many calls wait for their release. */
    public int held() {
        return held.get();
    }

    /** The next so many calls get no answer before what is returned is counted down, or all are released. */
    public synchronized CountDownLatch holdNext(int count) {
        return hold(calls + 1, calls + count);
    }

    /** So many more calls are answered, those after them get no answer before they are released. */
    public synchronized void holdAfter(int count) {
        hold(calls + count + 1, Integer.MAX_VALUE);
    }

    private CountDownLatch hold(int first, int last) {
        firstHeld = first;
        lastHeld = last;
        var gate = new CountDownLatch(1);
        gates.add(gate);
        return gate;
    }

    public synchronized void release() {
        firstHeld = Integer.MAX_VALUE;
        gates.forEach(CountDownLatch::countDown);
        gates.clear();
    }

    private synchronized CountDownLatch gateOfNextCall() {
        calls++;
        return calls >= firstHeld && calls <= lastHeld ? gates.getLast() : new CountDownLatch(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            CountDownLatch gate = gateOfNextCall();
            held.incrementAndGet();
            gate.await();
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

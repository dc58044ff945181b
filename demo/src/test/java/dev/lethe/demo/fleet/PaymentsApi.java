package dev.lethe.demo.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A source of access reports that counts how often it is asked about whom, and at which something can happen in the middle. */
final class PaymentsApi implements AutoCloseable {

    /** Long enough that workers meet each other. */
    private static final long ANSWER_MILLIS = 80;

    private final HttpServer server;
    private final AtomicInteger questions = new AtomicInteger();
    private final Map<String, AtomicInteger> questionsAbout = new ConcurrentHashMap<>();
    private final Map<Integer, Runnable> happenings = new ConcurrentHashMap<>();

    PaymentsApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/users/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:%d/users/{subject.id}"
                .formatted(server.getAddress().getPort());
    }

    /** Lets it happen while the {@code nth} question from now on waits for its answer. */
    void atQuestion(int nth, Runnable happening) {
        happenings.put(questions.get() + nth, happening);
    }

    int questionsAbout(String person) {
        return questionsAbout.getOrDefault(person, new AtomicInteger()).get();
    }

    private void answer(HttpExchange exchange) {
        String person = exchange.getRequestURI().getPath().replaceFirst("/users/", "");
        questionsAbout.computeIfAbsent(person, first -> new AtomicInteger()).incrementAndGet();
        Runnable happening = happenings.remove(questions.incrementAndGet());
        if (happening != null) {
            happening.run();
        }
        CompletableFuture.delayedExecutor(ANSWER_MILLIS, TimeUnit.MILLISECONDS).execute(() -> send(exchange, person));
    }

    private static void send(HttpExchange exchange, String person) {
        byte[] json = "{\"items\": [{\"customer\": \"%s\", \"amount\": 12.50}]}"
                .formatted(person)
                .getBytes(UTF_8);
        try (exchange;
                OutputStream body = exchange.getResponseBody()) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, json.length);
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("who asked is gone", e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

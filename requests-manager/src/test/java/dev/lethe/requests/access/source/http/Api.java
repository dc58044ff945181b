package dev.lethe.requests.access.source.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Somebody's HTTP API: says what it was told to say, one answer after the other and the last again and again, and remembers calls. */
final class Api implements AutoCloseable {

    record Call(String method, String uri, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return String.join(", ", headers.getOrDefault(name, List.of()));
        }
    }

    private final CountDownLatch over = new CountDownLatch(1);
    private final Queue<HttpHandler> answers = new ArrayDeque<>();
    private final List<Call> calls = new ArrayList<>();
    private final HttpServer server;

    Api() {
        this(InetAddress.getLoopbackAddress(), 0);
    }

    Api(InetAddress address, int port) {
        this(bound(HttpServer::create, address, port));
    }

    /** Speaks TLS, with what this store has. */
    Api(Path keys, char[] password) throws IOException, GeneralSecurityException {
        this(secured(keys, password));
    }

    private static HttpServer secured(Path keys, char[] password) throws IOException, GeneralSecurityException {
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(KeyStore.getInstance(keys.toFile(), password), password);
        var tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        var server = (HttpsServer) bound(HttpsServer::create, InetAddress.getLoopbackAddress(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return server;
    }

    @FunctionalInterface
    private interface Maker {
        HttpServer make(InetSocketAddress address, int backlog) throws IOException;
    }

    private static HttpServer bound(Maker maker, InetAddress address, int port) {
        try {
            return maker.make(new InetSocketAddress(address, port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Api(HttpServer server) {
        this.server = server;
        server.createContext("/", exchange -> {
            HttpHandler answer;
            synchronized (this) {
                calls.add(new Call(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        Map.copyOf(exchange.getRequestHeaders()),
                        new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
                answer = answers.size() > 1 ? answers.remove() : answers.element();
            }
            try (exchange) {
                answer.handle(exchange);
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** After those that it was told before. */
    synchronized Api says(HttpHandler answer) {
        answers.add(answer);
        return this;
    }

    /** @param headers names and values in turn */
    Api says(int status, String body, String... headers) {
        return says(status, body.getBytes(UTF_8), headers);
    }

    Api says(int status, byte[] body, String... headers) {
        return says(exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        });
    }

    /** Writes these bytes and nothing more, until the test is over. */
    Api saysAndFallsSilent(String beginning) {
        return says(exchange -> {
            if (!beginning.isEmpty()) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(beginning.getBytes(UTF_8));
                exchange.getResponseBody().flush();
            }
            awaitEnd();
        });
    }

    /** Writes {@code first} and then {@code again} for as long as somebody reads. */
    Api saysWithoutEnd(int status, byte[] first, byte[] again, String... headers) {
        return says(exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write(first);
            while (over.getCount() > 0) {
                exchange.getResponseBody().write(again);
            }
        });
    }

    void awaitEnd() throws IOException {
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    List<String> asked() {
        return calls().stream().map(Call::uri).toList();
    }

    String url(String path) {
        return "http://%s:%d%s"
                .formatted(
                        server.getAddress().getAddress().getHostAddress(),
                        server.getAddress().getPort(),
                        path);
    }

    int port() {
        return server.getAddress().getPort();
    }

    static byte[] gzipped(byte[]... parts) {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            for (byte[] part : Arrays.asList(parts)) {
                gzip.write(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
    }
}

package dev.lethe.requests.access.source.elastic;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** Answers as an Elasticsearch does that has one keyword, "id"; and to searches, and whatever else is said, in its own way. */
final class StubElasticsearch implements AutoCloseable {

    @FunctionalInterface
    interface Answer {
        void to(HttpExchange call) throws IOException, InterruptedException;
    }

    static final String ALL_SHARDS = "{\"total\":2,\"successful\":2,\"skipped\":0,\"failed\":0}";

    /** Method, path and body, in their order. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    final List<String> authorizations = new CopyOnWriteArrayList<>();

    private final CountDownLatch over = new CountDownLatch(1);
    private final Queue<Answer> searches = new ArrayDeque<>();
    private final HttpServer server;
    private Answer opening = json(200, "{\"id\":\"pit-0\",\"_shards\":%s}".formatted(ALL_SHARDS));
    private Answer mapping = json(
            200,
            "{\"web-1\":{\"mappings\":{\"id\":{\"full_name\":\"id\",\"mapping\":{\"id\":{\"type\":\"keyword\"}}}}}}");

    StubElasticsearch() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private StubElasticsearch(HttpServer server) {
        this.server = server;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /** One that speaks TLS. */
    static StubElasticsearch with(SSLContext identity) throws IOException {
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity));
        return new StubElasticsearch(server);
    }

    private void answer(HttpExchange call) throws IOException {
        String path = call.getRequestURI().getPath();
        calls.add("%s %s %s"
                .formatted(
                        call.getRequestMethod(),
                        path,
                        new String(call.getRequestBody().readAllBytes(), UTF_8)));
        authorizations.add(String.valueOf(call.getRequestHeaders().getFirst("Authorization")));
        call.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
        try (call) {
            if (call.getRequestMethod().equals("DELETE")) {
                json(200, "{\"succeeded\":true,\"num_freed\":1}").to(call);
            } else if (path.endsWith("/_pit")) {
                opening.to(call);
            } else if (path.endsWith("/_search")) {
                searches.remove().to(call);
            } else {
                mapping.to(call);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    StubElasticsearch opens(Answer answer) {
        opening = answer;
        return this;
    }

    StubElasticsearch maps(Answer answer) {
        mapping = answer;
        return this;
    }

    /** What it says to the next search of all that nobody has said anything about. */
    StubElasticsearch finds(Answer answer) {
        searches.add(answer);
        return this;
    }

    StubElasticsearch finds(String json) {
        return finds(json(200, json));
    }

    static Answer json(int status, String json) {
        return call -> {
            call.getResponseHeaders().set("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8");
            byte[] bytes = json.getBytes(UTF_8);
            call.sendResponseHeaders(status, bytes.length);
            call.getResponseBody().write(bytes);
        };
    }

    /** A page of documents numbered from, until, of so many; what is more goes before its hits. */
    static String page(int from, int until, int total, String more) {
        var hits = new StringBuilder();
        for (int n = from; n < until; n++) {
            hits.append(n == from ? "" : ",")
                    .append("{\"_index\":\"web-1\",\"_id\":\"%d\",\"_score\":null,\"_source\":{\"n\":%d},\"sort\":[%d]}"
                            .formatted(n, n, n));
        }
        String first = from == 0 ? "\"total\":{\"value\":%d,\"relation\":\"eq\"},".formatted(total) : "";
        return "{\"pit_id\":\"pit-%d\",\"took\":1,%s,\"hits\":{%s\"max_score\":null,\"hits\":[%s]}}"
                .formatted(until, more, first, hits);
    }

    static String page(int from, int until, int total) {
        return page(from, until, total, "\"timed_out\":false,\"_shards\":" + ALL_SHARDS);
    }

    /** Begins an answer that ends with the test. */
    Answer drips(int status) {
        return call -> {
            call.sendResponseHeaders(status, 0);
            call.getResponseBody().write("{ ".getBytes(UTF_8));
            call.getResponseBody().flush();
            over.await();
        };
    }

    Answer saysNothing() {
        return call -> over.await();
    }

    Answer neverEnds() {
        return call -> {
            call.getResponseHeaders().set("Content-Type", "application/json");
            call.sendResponseHeaders(200, 0);
            byte[] spaces = " ".repeat(1 << 20).getBytes(UTF_8);
            while (over.getCount() > 0) {
                call.getResponseBody().write(spaces);
            }
        };
    }

    String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort();
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
    }
}

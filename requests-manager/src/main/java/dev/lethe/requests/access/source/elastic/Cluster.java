package dev.lethe.requests.access.source.elastic;

import co.elastic.clients.elasticsearch.ElasticsearchAsyncClient;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorCause;
import co.elastic.clients.json.jackson.Jackson3JsonpMapper;
import co.elastic.clients.transport.instrumentation.NoopInstrumentation;
import co.elastic.clients.transport.rest_client.RestClientOptions;
import co.elastic.clients.transport.rest_client.RestClientTransport;
import dev.lethe.requests.access.source.SourceFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.http.ContentTooLongException;
import org.apache.http.Header;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.config.Registry;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.DnsResolver;
import org.apache.http.impl.nio.client.HttpAsyncClientBuilder;
import org.apache.http.impl.nio.conn.PoolingNHttpClientConnectionManager;
import org.apache.http.impl.nio.reactor.DefaultConnectingIOReactor;
import org.apache.http.impl.nio.reactor.IOReactorConfig;
import org.apache.http.nio.conn.NoopIOSessionStrategy;
import org.apache.http.nio.conn.SchemeIOSessionStrategy;
import org.apache.http.nio.conn.ssl.SSLIOSessionStrategy;
import org.apache.http.protocol.HttpContext;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Elasticsearch of one source. Every answer is whole within its time and size, from the address that was looked up, or a failure;
 * redirects are not followed, and what goes wrong is told without what was asked or answered.
 */
final class Cluster implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Cluster.class);

    private static final int LARGEST_ANSWER = 32 * 1024 * 1024;
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    private static final Duration IN_PASSING = Duration.ofSeconds(5);
    /** As Elasticsearch names its errors; anything else might be something of somebody. */
    private static final Pattern ERROR = Pattern.compile("[a-z_]{1,80}");

    private final String source;
    private final Duration timeout;
    private final RestClientTransport transport;
    private final ElasticsearchAsyncClient client;

    Cluster(String source, int parallel, ElasticSettings settings, DnsResolver addresses) {
        this.source = source;
        this.timeout = settings.timeout();
        Duration connect = timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT;
        var connections = connections(source, settings, addresses);
        connections.setDefaultMaxPerRoute(parallel);
        connections.setMaxTotal(parallel * settings.hosts().size());
        RestClient rest = RestClient.builder(settings.hosts().toArray(HttpHost[]::new))
                .setPathPrefix(settings.path().isEmpty() ? "/" : settings.path())
                .setDefaultHeaders(settings.headers().toArray(Header[]::new))
                .setRequestConfigCallback(request -> request.setConnectTimeout((int) connect.toMillis())
                        .setSocketTimeout((int) timeout.toMillis())
                        .setConnectionRequestTimeout((int) timeout.toMillis())
                        .setRedirectsEnabled(false))
                .setHttpClientConfigCallback(http -> configured(http, connections))
                .build();
        // A person gets the numbers that are held, not the nearest ones that a double can say
        var json = new Jackson3JsonpMapper(JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build());
        var options = new RestClientOptions(
                RequestOptions.DEFAULT.toBuilder()
                        .setHttpAsyncResponseConsumerFactory(() -> new BoundedAnswer(LARGEST_ANSWER))
                        .build(),
                false);
        // A trace would tell what was asked
        this.transport = new RestClientTransport(rest, json, options, NoopInstrumentation.INSTANCE);
        this.client = new ElasticsearchAsyncClient(transport, options);
    }

    private static PoolingNHttpClientConnectionManager connections(
            String source, ElasticSettings settings, DnsResolver addresses) {
        try {
            Registry<SchemeIOSessionStrategy> schemes = RegistryBuilder.<SchemeIOSessionStrategy>create()
                    .register("http", NoopIOSessionStrategy.INSTANCE)
                    .register("https", new SSLIOSessionStrategy(settings.trust()))
                    .build();
            var threads = Thread.ofPlatform().daemon().name("source " + source + " ", 0);
            var reactor = new DefaultConnectingIOReactor(
                    IOReactorConfig.custom().setSoKeepAlive(true).build(), threads.factory());
            return new PoolingNHttpClientConnectionManager(
                    reactor, null, schemes, null, addresses, 1, TimeUnit.MINUTES);
        } catch (IOException e) {
            throw new UncheckedIOException("source " + source + ": no way into the network", e);
        }
    }

    private static HttpAsyncClientBuilder configured(
            HttpAsyncClientBuilder http, PoolingNHttpClientConnectionManager connections) {
        return http.setConnectionManager(connections)
                .setThreadFactory(Thread.ofPlatform().daemon().factory())
                .disableCookieManagement()
                .disableAuthCaching()
                .addInterceptorLast(Cluster::requirePlain);
    }

    /** We ask for nothing packed; what is packed nevertheless could be of any size when it is unpacked. */
    private static void requirePlain(HttpResponse answer, HttpContext context) throws HttpException {
        if (answer.getFirstHeader("Content-Encoding") != null) {
            throw new HttpException("a packed answer, which was not asked for");
        }
    }

    /** The whole answer, or a failure. */
    <T> T ask(Function<ElasticsearchAsyncClient, CompletableFuture<T>> request)
            throws SourceFailure, InterruptedException {
        CompletableFuture<T> answer = request.apply(client);
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw late();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Asks for something that is good to have and that changes nothing. It fails in the log only, and does so when interrupted, too. */
    void askInPassing(String action, Function<ElasticsearchAsyncClient, ? extends CompletableFuture<?>> request) {
        boolean interrupted = Thread.interrupted();
        try {
            request.apply(client).get(Math.min(IN_PASSING.toMillis(), timeout.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            log.atInfo()
                    .addKeyValue("event.action", action)
                    .addKeyValue("event.outcome", "failure")
                    .addKeyValue("source", source)
                    .addKeyValue("error.type", cause.getClass().getName())
                    .log("Elasticsearch was not reached; it gives free by itself what it holds for us");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    SourceFailure failure(String reason) {
        return new SourceFailure(source, reason, null);
    }

    private SourceFailure refused(int status, String type) {
        return failure("Elasticsearch answered with status %d%s".formatted(status, type));
    }

    private SourceFailure late() {
        return failure("no whole answer within %d ms".formatted(timeout.toMillis()));
    }

    private SourceFailure failed(Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof ElasticsearchException refused) {
                return refused(refused.status(), type(refused.error()));
            }
            // How its HTTP client tells of statuses that another node might not have answered with
            if (each instanceof ResponseException refused) {
                return refused(refused.getResponse().getStatusLine().getStatusCode(), "");
            }
            if (each instanceof SocketTimeoutException) {
                return late();
            }
            if (each instanceof ContentTooLongException) {
                return failure("an answer is larger than %d bytes; let 'page' be smaller than it is"
                        .formatted(LARGEST_ANSWER));
            }
        }
        return new SourceFailure(source, "Elasticsearch did not answer as expected", cause);
    }

    /** The first cause of all, which says most. */
    private static String type(ErrorCause error) {
        ErrorCause first =
                error.rootCause().isEmpty() ? error : error.rootCause().getFirst();
        return first.type() != null && ERROR.matcher(first.type()).matches() ? ", " + first.type() : "";
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}

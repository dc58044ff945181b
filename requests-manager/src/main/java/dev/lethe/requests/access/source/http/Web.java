package dev.lethe.requests.access.source.http;

import dev.lethe.requests.access.source.SourceFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The way of one source into the network. It follows no redirect, keeps no cookies, uses no proxy, repeats nothing by itself, and
 * connects to no address but those that it was allowed.
 */
final class Web implements AutoCloseable {

    /** Names to addresses. Each new connection asks again, and goes to no other address than those of the answer. */
    @FunctionalInterface
    interface Names {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    /** Takes an answer whose body has not been read. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ClassicHttpResponse answer, InputStream body) throws IOException, SourceFailure;
    }

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    private static final int MOST_HEADERS = 200;
    private static final int LONGEST_LINE = 16 * 1024;
    /** What is left of an answer that nobody reads, such as the page of an error: less than a new connection costs. */
    private static final int READ_TO_KEEP_CONNECTION = 16 * 1024;

    private final String source;
    private final Duration timeout;
    private final CloseableHttpClient client;

    /** @param timeout how long one answer may take, from the call to its last byte */
    Web(String source, int parallel, Duration timeout, Names names, Predicate<InetAddress> allowed) {
        this.source = source;
        this.timeout = timeout;
        Duration connect = timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT;
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new AllowedAddresses(names, allowed))
                .setMaxConnTotal(2 * parallel)
                .setMaxConnPerRoute(parallel)
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxHeaderCount(MOST_HEADERS)
                                .setMaxLineLength(LONGEST_LINE)
                                .build())
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connect))
                        .setSocketTimeout(Timeout.of(timeout))
                        .setValidateAfterInactivity(TimeValue.ofMilliseconds(500))
                        .setTimeToLive(TimeValue.ofMinutes(1))
                        .build())
                .build();
        this.client = HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.of(timeout))
                        .setResponseTimeout(Timeout.of(timeout))
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                // Unpacked where it is measured
                .disableContentCompression()
                .setUserAgent("Lethe")
                .build();
    }

    /**
     * Calls and reads. Neither a server that says nothing nor one that drips can keep it for longer than an answer may take, nor beyond
     * the deadline.
     */
    <T> T call(HttpUriRequestBase request, Deadline whole, Reader<T> reader)
            throws SourceFailure, InterruptedException {
        var answered = new CountDownLatch(1);
        var late = new AtomicBoolean();
        Deadline deadline = whole.orSooner(Deadline.in(timeout));
        Thread watch = Thread.ofVirtual()
                .name("watch " + source)
                .start(() -> abortWhenLate(request, deadline, answered, late));
        try {
            ClassicHttpResponse answer = client.executeOpen(null, request, null);
            boolean read = false;
            try {
                InputStream body = answer.getEntity() == null
                        ? InputStream.nullInputStream()
                        : answer.getEntity().getContent();
                T result = reader.read(answer, body);
                read = body.readNBytes(READ_TO_KEEP_CONNECTION).length < READ_TO_KEEP_CONNECTION;
                return result;
            } finally {
                if (read) {
                    answer.close();
                } else {
                    // Closing it would read what is left, which may have no end
                    request.abort();
                }
            }
        } catch (AllowedAddresses.Refused e) {
            throw new SourceFailure(
                    source,
                    "its host has a private address; write 'private: true' in sources.yaml if that is meant",
                    null);
        } catch (TooLarge e) {
            throw new SourceFailure(source, e.what(), null);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("while an answer was awaited");
            }
            if (whole.isPast()) {
                throw new SourceFailure(source, "not read to its end within whole_timeout", null);
            }
            if (late.get() || deadline.isPast()) {
                throw new SourceFailure(source, "no whole answer within %s".formatted(inWords(timeout)), null);
            }
            throw new SourceFailure(source, "the server did not answer", e);
        } finally {
            answered.countDown();
            watch.interrupt();
        }
    }

    private static void abortWhenLate(
            HttpUriRequestBase request, Deadline deadline, CountDownLatch answered, AtomicBoolean late) {
        try {
            if (!answered.await(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                late.set(true);
                request.abort();
            }
        } catch (InterruptedException answeredMeanwhile) {
            Thread.currentThread().interrupt();
        }
    }

    static String inWords(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    /** An answer, or all of them together, has more bytes than it may. */
    static final class TooLarge extends IOException {

        private static final long serialVersionUID = 1L;

        private final String what;

        TooLarge(String what) {
            super(what);
            this.what = what;
        }

        String what() {
            return what;
        }
    }

    private record AllowedAddresses(Names names, Predicate<InetAddress> allowed) implements DnsResolver {

        static final class Refused extends UnknownHostException {
            private static final long serialVersionUID = 1L;
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] addresses =
                    Arrays.stream(names.addressesOf(host)).filter(allowed).toArray(InetAddress[]::new);
            if (addresses.length == 0) {
                throw new Refused();
            }
            return addresses;
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}

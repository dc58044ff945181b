package dev.lethe.requests.access.source.http;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SourceSection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.springframework.util.unit.DataSize;

/**
 * Fetches what a participant hands out by URL. The participant chooses the URL, so only hosts that the file names are asked, and at the
 * same addresses as any other source may have; nothing of ours is sent along.
 */
public final class Documents implements AutoCloseable {

    public static final List<String> KEYS = List.of("hosts", "private", "timeout", "document_limit");

    private static final int OK = 200;

    private final String source;
    private final Set<String> hosts;
    private final Duration timeout;
    private final long limit;
    private final Web web;

    private Documents(
            String source, int parallel, Set<String> hosts, boolean mayBePrivate, Duration timeout, long limit) {
        this.source = source;
        this.hosts = hosts;
        this.timeout = timeout;
        this.limit = limit;
        this.web = new Web(
                source,
                parallel,
                timeout,
                InetAddress::getAllByName,
                address -> mayBePrivate || Addresses.isPublic(address));
    }

    /** As {@link #KEYS} of a source say. */
    public static Documents read(SourceSection section, String source, int parallel) {
        var hosts = new HashSet<String>();
        for (Value host : section.yaml().values("hosts")) {
            if (host.text().matches("[A-Za-z0-9.-]+(:\\d{1,5})?")) {
                hosts.add(HttpSettings.hostAndPort(URI.create("https://" + host.text())));
            } else {
                section.problem(host, "expected the name of a host, such as files.example.com or files.internal:8080");
            }
        }
        return new Documents(
                source,
                parallel,
                hosts,
                section.mayBePrivate(),
                section.duration("timeout", Duration.ofMinutes(1), Duration.ofMillis(100), Duration.ofHours(1)),
                section.size(
                                "document_limit",
                                DataSize.ofMegabytes(100),
                                DataSize.ofKilobytes(1),
                                DataSize.ofGigabytes(16))
                        .toBytes());
    }

    /**
     * Hands a document on as it comes.
     *
     * @throws SourceFailure if its host is not one of those that are named, or it does not come whole
     */
    public void fetch(URI url, String title, String mediaType, Records records)
            throws SourceFailure, InterruptedException {
        if (!isAllowed(url)) {
            throw new SourceFailure(
                    source,
                    "hands out a document by a URL whose host is not among 'hosts' in sources.yaml; only those are asked",
                    null);
        }
        web.call(new HttpGet(url), Deadline.in(timeout), (answer, body) -> {
            if (answer.getCode() != OK) {
                throw new SourceFailure(
                        source, "a document's URL answered with status %d".formatted(answer.getCode()), null);
            }
            try {
                // Left open: what called us reads whether there is more
                records.document(title, mediaType, new BoundedBody(body, limit, new AtomicLong(), Long.MAX_VALUE));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            return true;
        });
    }

    private boolean isAllowed(URI url) {
        boolean isWeb = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
        // A host without a port is named for both schemes
        return isWeb
                && url.getHost() != null
                && url.getRawUserInfo() == null
                && (hosts.contains(HttpSettings.hostAndPort(url))
                        || url.getPort() < 0
                                && hosts.contains(url.getHost().toLowerCase(java.util.Locale.ROOT) + ":443"));
    }

    @Override
    public void close() throws IOException {
        web.close();
    }
}

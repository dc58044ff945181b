package dev.lethe.requests.access.source.elastic;

import co.elastic.clients.elasticsearch.core.search.Hit;
import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.SubjectField;
import dev.lethe.requests.access.source.http.Addresses;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.http.conn.DnsResolver;

/**
 * The documents of an Elasticsearch in which one field is the person's, exactly. All of them, as they stood at one moment, or a failure:
 * a shard that did not answer, a search that took too long, an index that is closed or that compares the field by words are failures and
 * never fewer documents. A pattern that fits no index holds nothing; an index without a pattern that is not there is a failure.
 */
public final class ElasticSource implements Source, AutoCloseable {

    private final About about;
    private final ElasticSettings settings;
    private final Cluster cluster;
    private final Documents documents;

    /** A source as the file has it; empty if something is wrong with it, which is noted. */
    public static Optional<Source> read(SourceSection section) {
        About about = section.about();
        boolean mayBePrivate = section.mayBePrivate();
        return ElasticSettings.read(section)
                .map(settings -> new ElasticSource(about, settings, host -> Addresses.allowed(host, mayBePrivate)));
    }

    /** @param addresses which addresses a host has; asked for every connection, which goes to one of them and nowhere else */
    ElasticSource(About about, ElasticSettings settings, DnsResolver addresses) {
        this.about = about;
        this.settings = settings;
        this.cluster = new Cluster(about.name(), about.parallel(), settings, addresses);
        this.documents = new Documents(settings.take());
    }

    @Override
    public About about() {
        return about;
    }

    ElasticSettings settings() {
        return settings;
    }

    @Override
    public Set<String> asksBy() {
        return Set.of(settings.subject());
    }

    @Override
    public void read(Subject subject, Records records) throws SourceFailure, InterruptedException {
        String value = SubjectField.of(subject, settings.subject())
                .orElseThrow(() -> cluster.failure("the subject has no " + settings.subject()));
        try (Snapshot snapshot = Snapshot.open(cluster, settings)) {
            if (snapshot.hasNoIndices()) {
                return;
            }
            // After it was opened: an index that came later is neither looked at nor read
            new ExactField(cluster, settings).check(value);
            for (List<Hit<Map<String, Object>>> page = snapshot.next(value);
                    !page.isEmpty();
                    page = snapshot.next(value)) {
                for (Hit<Map<String, Object>> hit : page) {
                    Map<String, Object> document = hit.source();
                    if (document == null) {
                        throw cluster.failure("an index keeps no _source, so its documents cannot be read");
                    }
                    records.record(documents.record(document));
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        cluster.close();
    }
}

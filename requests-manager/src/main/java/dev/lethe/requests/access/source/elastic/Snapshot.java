package dev.lethe.requests.access.source.elastic;

import co.elastic.clients.elasticsearch._types.ExpandWildcard;
import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.ShardStatistics;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.Time;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch.core.OpenPointInTimeResponse;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.core.search.Hit;
import co.elastic.clients.elasticsearch.core.search.TotalHits;
import co.elastic.clients.elasticsearch.core.search.TotalHitsRelation;
import dev.lethe.requests.access.source.SourceFailure;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;

/**
 * The indices of a source as they stood when it was opened (a point in time), read page by page. What is written meanwhile changes
 * neither what is found nor its order. Of use to one thread, for one search.
 */
final class Snapshot implements AutoCloseable {

    /** Between two pages: the report may be slow to take one. One that could not be closed is forgotten after as long. */
    private static final Time KEPT = Time.of(time -> time.time("5m"));

    private static final Type DOCUMENT = new TypeReference<Map<String, Object>>() {}.getType();

    private final Cluster cluster;
    private final ElasticSettings settings;
    private final int shards;
    private String id;
    private List<FieldValue> last = List.of();
    private long read;
    /** Known after the first page. */
    private long expected = -1;

    private Snapshot(Cluster cluster, ElasticSettings settings, OpenPointInTimeResponse opened) {
        this.cluster = cluster;
        this.settings = settings;
        this.id = opened.id();
        this.shards = opened.shards().total().intValue();
    }

    static Snapshot open(Cluster cluster, ElasticSettings settings) throws SourceFailure, InterruptedException {
        // Closed indices are asked for as well, so that Elasticsearch refuses: left out, they would be missing in
        // silence
        OpenPointInTimeResponse opened =
                cluster.ask(client -> client.openPointInTime(open -> open.index(settings.indices())
                        .expandWildcards(ExpandWildcard.Open, ExpandWildcard.Closed)
                        .ignoreUnavailable(false)
                        .allowPartialSearchResults(false)
                        .keepAlive(KEPT)));
        var snapshot = new Snapshot(cluster, settings, opened);
        try {
            snapshot.requireWhole(opened.shards());
            return snapshot;
        } catch (SourceFailure e) {
            snapshot.close();
            throw e;
        }
    }

    boolean hasNoIndices() {
        return shards == 0;
    }

    /** The documents after those that were read before; none if these were all. */
    List<Hit<Map<String, Object>>> next(String value) throws SourceFailure, InterruptedException {
        if (read == expected) {
            return List.of();
        }
        SearchResponse<Map<String, Object>> page = cluster.ask(client -> client.search(search(value), DOCUMENT));
        if (page.timedOut() || Boolean.TRUE.equals(page.terminatedEarly())) {
            throw cluster.failure("the search was cut short, so documents are missing");
        }
        requireWhole(page.shards());
        List<Hit<Map<String, Object>>> hits = page.hits().hits();
        if (expected < 0) {
            expected = total(page.hits().total());
        }
        read += hits.size();
        if (read > expected || (hits.isEmpty() && read < expected)) {
            throw cluster.failure("%d documents were found and %d came".formatted(expected, read));
        }
        if (page.pitId() != null) {
            id = page.pitId();
        }
        if (!hits.isEmpty()) {
            last = hits.getLast().sort();
        }
        return hits;
    }

    private SearchRequest search(String value) {
        boolean first = expected < 0;
        Query exactly = Query.of(query -> query.constantScore(constant -> constant.filter(
                filter -> filter.term(term -> term.field(settings.field()).value(value)))));
        var search = new SearchRequest.Builder()
                .pit(pit -> pit.id(id).keepAlive(KEPT))
                .query(exactly)
                .size(settings.page())
                .sort(sort -> sort.field(field -> field.field("_shard_doc").order(SortOrder.Asc)))
                .trackTotalHits(total -> total.enabled(first))
                .allowPartialSearchResults(false)
                .timeout(settings.timeout().toMillis() + "ms");
        if (!settings.take().isEmpty()) {
            search.source(source -> source.filter(filter -> filter.includes(settings.take())));
        }
        if (!first) {
            search.searchAfter(last);
        }
        return search.build();
    }

    private long total(TotalHits total) throws SourceFailure {
        if (total == null || total.relation() != TotalHitsRelation.Eq) {
            throw cluster.failure("the answer does not say how many documents there are");
        }
        return total.value();
    }

    private void requireWhole(ShardStatistics answered) throws SourceFailure {
        int failed = answered.failed().intValue();
        int total = answered.total().intValue();
        if (failed > 0 || answered.successful().intValue() < total || total != shards) {
            throw cluster.failure("only %d of %d shards answered"
                    .formatted(Math.min(answered.successful().intValue(), total - failed), shards));
        }
    }

    @Override
    public void close() {
        cluster.askInPassing("close-point-in-time", client -> client.closePointInTime(close -> close.id(id)));
    }
}

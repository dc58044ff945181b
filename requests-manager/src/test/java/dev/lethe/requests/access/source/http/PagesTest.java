package dev.lethe.requests.access.source.http;

import static dev.lethe.requests.access.source.http.HttpSources.ADA;
import static dev.lethe.requests.access.source.http.HttpSources.failure;
import static dev.lethe.requests.access.source.http.HttpSources.read;
import static dev.lethe.requests.access.source.http.HttpSources.source;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PagesTest {

    private static final String BY_LINK = "paging: { by: link }";
    private static final String BY_CURSOR = "paging: { by: cursor, at: /meta/next, parameter: after }";
    private static final String BY_NUMBER = "paging: { by: page, parameter: page }";

    private final Api billing = new Api();

    @AfterEach
    void stop() {
        billing.close();
    }

    @Test
    void linksAreFollowedUntilThereIsNone() throws Exception {
        billing.says(200, "[ 1 ]", "Link", "</a?x=1>; rel=prev, </b?x=1,2>; title=\"a, <b>\"; rel=\"last Next\"");
        billing.says(200, "[ 2 ]", "Link", "<" + billing.url("/c?x=3") + ">;rel=next");
        billing.says(200, "[ 3 ]", "Link", "</first>; rel=first");

        assertThat(values(BY_LINK)).containsExactly(1, 2, 3);
        assertThat(billing.asked()).containsExactly("/payments/ada-4711", "/b?x=1,2", "/c?x=3");
    }

    @Test
    void theLinkMayStandInTheAnswer() throws Exception {
        billing.says(200, "{ \"items\": [ 1 ], \"links\": { \"next\": \"?page=2\" } }");
        billing.says(200, "{ \"links\": { \"next\": null }, \"items\": [ 2 ] }");

        assertThat(values("paging: { by: link, at: /links/next }", "records: /items"))
                .containsExactly(1, 2);
        assertThat(billing.asked()).containsExactly("/payments/ada-4711", "/payments/ada-4711?page=2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ }",
                "{ \"meta\": { } }",
                "{ \"meta\": { \"next\": null } }",
                "{ \"meta\": { \"next\": \"\" } }",
                "{ \"meta\": { \"next\": false } }"
            })
    void cursorsAreFollowedUntilThereIsNone(String last) throws Exception {
        billing.says(200, "{ \"items\": [ 1 ], \"meta\": { \"next\": \"a&b=ü\" } }");
        billing.says(200, "{ \"meta\": { \"next\": 17 }, \"items\": [ 2 ] }");
        billing.says(200, last.replaceFirst("\\{", last.equals("{ }") ? "{ \"items\": [ 3 ]" : "{ \"items\": [ 3 ],"));

        assertThat(values(BY_CURSOR, "records: /items")).containsExactly(1, 2, 3);
        assertThat(billing.asked())
                .containsExactly(
                        "/payments/ada-4711", "/payments/ada-4711?after=a%26b%3D%C3%BC", "/payments/ada-4711?after=17");
    }

    @ParameterizedTest
    @CsvSource({"200, []", "404, ''"})
    void pagesAreCountedUntilOneHasNothing(int status, String last) throws Exception {
        billing.says(200, "[ 1, 2 ]").says(200, "[ 3 ]").says(status, last);

        assertThat(values(BY_NUMBER)).containsExactly(1, 2, 3);
        assertThat(billing.asked())
                .containsExactly("/payments/ada-4711?page=1", "/payments/ada-4711?page=2", "/payments/ada-4711?page=3");
    }

    @Test
    void pagesMayBeCountedFromZeroAndAfterOtherParameters() throws Exception {
        billing.says(200, "[ 1 ]").says(200, "[]");
        var source = source(billing.url("/p?user={subject.id}"), "paging: { by: page, parameter: p, first: 0 }");

        assertThat(read(source, ADA).records()).hasSize(1);
        assertThat(billing.asked()).containsExactly("/p?user=ada-4711&p=0", "/p?user=ada-4711&p=1");
    }

    @Test
    void aPostIsRepeatedWithTheCursor() throws Exception {
        billing.says(200, "{ \"items\": [ 1 ], \"meta\": { \"next\": \"b\" } }");
        billing.says(200, "{ \"items\": [ 2 ] }");
        var source = source(
                billing.url("/search"),
                "method: POST",
                "body: '{ \"user\": \"{subject.id}\" }'",
                "records: /items",
                BY_CURSOR);

        assertThat(read(source, ADA).records()).hasSize(2);
        assertThat(billing.calls()).extracting(Api.Call::body).containsOnly("{ \"user\": \"ada-4711\" }");
        assertThat(billing.asked()).containsExactly("/search", "/search?after=b");
    }

    @Test
    void aLinkInACircleIsAFailure() throws Exception {
        billing.says(200, "[ 1 ]", "Link", "</b>; rel=next");
        billing.says(200, "[ 2 ]", "Link", "</payments/ada-4711>; rel=next");

        assertThat(reason(BY_LINK)).isEqualTo("source payments: page 2 leads to one that was read before");
        assertThat(billing.calls()).hasSize(2);
    }

    @Test
    void theSameCursorAgainIsAFailure() throws Exception {
        billing.says(200, "{ \"items\": [ 1 ], \"meta\": { \"next\": \"b\" } }");

        assertThat(reason(BY_CURSOR, "records: /items"))
                .isEqualTo("source payments: page 2 leads to one that was read before");
    }

    @Test
    void pagesWithoutEndAreAFailure() throws Exception {
        billing.says(200, "[ 1 ]");

        assertThat(reason("paging: { by: page, parameter: page, pages: 7 }"))
                .isEqualTo("source payments: has more than 7 pages; raise paging.pages if that is meant");
        assertThat(billing.calls()).hasSize(7);
    }

    @Test
    void asManyPagesAsThereMayBeAreNoFailure() throws Exception {
        billing.says(200, "[ 1 ]", "Link", "</b>; rel=next").says(200, "[ 2 ]");

        assertThat(values("paging: { by: link, pages: 2 }")).containsExactly(1, 2);
    }

    @Test
    void allPagesTogetherHaveALimit() throws Exception {
        billing.says(200, "[ \"" + "x".repeat(3_000) + "\" ]");

        assertThat(reason(BY_NUMBER, "whole_limit: 10KB"))
                .isEqualTo("source payments: its answers together are larger than 10240 bytes");
        assertThat(billing.calls()).hasSize(4);
    }

    @Test
    void allPagesTogetherHaveATime() throws Exception {
        billing.says(200, "[ 1 ]", "Link", "</b>; rel=next");
        billing.saysAndFallsSilent("");

        assertThat(reason(BY_LINK, "whole_timeout: 500ms"))
                .isEqualTo("source payments: not read to its end within whole_timeout");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "http://127.0.0.1:1/payments",
                "https://127.0.0.1/payments",
                "//elsewhere.example/payments",
                "http://user@127.0.0.1/payments",
                "file:///etc/passwd",
                "http:opaque",
                "gopher://127.0.0.1/"
            })
    void aLinkToAnotherHostIsAFailure(String link) throws Exception {
        billing.says(200, "[ 1 ]", "Link", "<" + link + ">; rel=next");

        assertThat(reason(BY_LINK))
                .isEqualTo(
                        "source payments: page 2 is at a host or scheme that is not the URL's own; add its host to hosts if that is meant");
        assertThat(billing.calls()).hasSize(1);
    }

    @Test
    void aLinkThatIsNoUrlIsAFailure() throws Exception {
        billing.says(200, "[ 1 ]", "Link", "<http://ada 4711/>; rel=next");

        assertThat(reason(BY_LINK)).isEqualTo("source payments: page 1 leads to what is no URL");
    }

    @Test
    void aLinkMayLeadToAHostOfTheFile() throws Exception {
        try (var second = new Api(InetAddress.getByName("127.0.0.2"), 0)) {
            billing.says(200, "[ 1 ]", "Link", "<" + second.url("/more") + ">; rel=next");
            second.says(200, "[ 2 ]");

            assertThat(values(BY_LINK, "hosts: [\"127.0.0.2:%d\"]".formatted(second.port())))
                    .containsExactly(1, 2);
            assertThat(second.asked()).containsExactly("/more");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_LINK, BY_CURSOR})
    void aPageThatWasPromisedAndIsNotThereIsAFailure(String paging) throws Exception {
        billing.says(200, "{ \"items\": [ 1 ], \"meta\": { \"next\": \"b\" } }", "Link", "</b>; rel=next");
        billing.says(404, "");

        assertThat(reason(paging, "records: /items"))
                .isEqualTo("source payments: page 2 is not there, to which page 1 leads");
    }

    @Test
    void aCursorThatIsNeitherTextNorNumberIsAFailure() throws Exception {
        billing.says(200, "{ \"items\": [ 1 ], \"meta\": { \"next\": { \"ada\": 1 } } }");

        assertThat(reason(BY_CURSOR, "records: /items"))
                .isEqualTo("source payments: what leads to the next page is neither text nor number");
    }

    /** As third parties are on a bad day: two failures, of which a report makes two attempts, then a wait, then pages. */
    @Test
    void aSourceThatFailsTwiceThenAsksToWaitThenPagesIsReadInTheEnd() throws Exception {
        billing.says(500, "{ }").says(503, "{ }");
        billing.says(429, "{ }", "Retry-After", "1");
        billing.says(200, "[ 1 ]", "Link", "</b>; rel=next");
        billing.says(429, "{ }", "Retry-After", "0");
        billing.says(200, "[ 2 ]", "Link", "</c>; rel=next");
        billing.says(200, "[ 3 ]");

        assertThat(reason(BY_LINK)).isEqualTo("source payments: expected status 200 or 404, found 500");
        assertThat(reason(BY_LINK)).isEqualTo("source payments: expected status 200 or 404, found 503");
        long begun = System.nanoTime();
        assertThat(values(BY_LINK)).containsExactly(1, 2, 3);
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(1_000_000_000L);
        assertThat(billing.asked())
                .containsExactly(
                        "/payments/ada-4711",
                        "/payments/ada-4711",
                        "/payments/ada-4711",
                        "/payments/ada-4711",
                        "/b",
                        "/b",
                        "/c");
    }

    private List<Object> values(String... keys) throws Exception {
        return read(source(billing.url("/payments/{subject.id}"), keys), ADA).records().stream()
                .<Object>map(record -> record.get("value"))
                .toList();
    }

    private String reason(String... keys) throws Exception {
        return failure(source(billing.url("/payments/{subject.id}"), keys), ADA).reason();
    }
}

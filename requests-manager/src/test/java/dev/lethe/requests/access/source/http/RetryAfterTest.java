package dev.lethe.requests.access.source.http;

import static dev.lethe.requests.access.source.http.HttpSources.ADA;
import static dev.lethe.requests.access.source.http.HttpSources.failure;
import static dev.lethe.requests.access.source.http.HttpSources.source;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class RetryAfterTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                             |                               | PT0S
            120                           |                               | PT2M
            999999999999                  |                               | PT168H
            Sun, 01 Mar 2026 12:00:30 GMT |                               | PT30S
            Sun, 01 Mar 2026 11:00:00 GMT |                               | PT0S
            Sun, 01 Mar 2026 13:00:30 GMT | Sun, 01 Mar 2026 13:00:00 GMT | PT30S
            Sun, 01 Mar 2026 12:00:30 GMT | yesterday                     | PT30S
            Fri, 31 Dec 9999 23:59:59 GMT |                               | PT168H
            soon                          |                               |
            -5                            |                               |
            1.5                           |                               |
            99999999999999999999          |                               |
                                          |                               |
            """)
    void saysHowLongToWait(@Nullable String retryAfter, @Nullable String date, @Nullable Duration wait) {
        assertThat(RetryAfter.of(retryAfter, date, NOON).orElse(null)).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void whoeverIsToWaitForLongerThanASourceMayTakeIsToldSo(int status) throws Exception {
        try (var api = new Api()) {
            api.says(status, "{ }", "Retry-After", "3600");

            var failure = failure(source(api.url("/{subject.id}")), ADA);

            assertThat(failure.reason())
                    .isEqualTo("source payments: status %d, to be asked again in 3600 s".formatted(status));
            assertThat(failure.retryAfter()).contains(Duration.ofHours(1));
            assertThat(api.calls()).hasSize(1);
        }
    }

    @Test
    void aServerThatAlwaysSaysAtOnceIsNotAskedWithoutEnd() throws Exception {
        try (var api = new Api()) {
            api.says(429, "{ }", "Retry-After", "0");

            var failure = failure(source(api.url("/{subject.id}"), "whole_timeout: 1s"), ADA);

            assertThat(failure.reason()).isEqualTo("source payments: status 429, to be asked again in 0 s");
            assertThat(api.calls()).hasSizeBetween(2, 5);
        }
    }

    @Test
    void aFailureThatNamesNoTimeHasNone() throws Exception {
        try (var api = new Api()) {
            api.says(429, "{ }", "Retry-After", "soon");

            assertThat(failure(source(api.url("/{subject.id}")), ADA).retryAfter())
                    .isEmpty();
        }
    }
}

package dev.lethe.requests.access.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

    private static final String TAG = "\"abc\"";
    private static final long SIZE = 1000;

    private static ByteRange range(@Nullable String header) {
        return ByteRange.of(header, null, TAG, SIZE);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-, 0, 999",
        "bytes=0-0, 0, 0",
        "bytes=0-999, 0, 999",
        "bytes=0-1000000, 0, 999",
        "bytes=999-, 999, 999",
        "bytes=17-23, 17, 23",
        "bytes=-1, 999, 999",
        "bytes=-1000, 0, 999",
        "bytes=-5000, 0, 999",
        "' bytes=5-6 ', 5, 6",
    })
    void aSingleRangeIsAPieceOfWhatThereIs(String header, long first, long last) {
        assertThat(range(header)).isEqualTo(new ByteRange.Part(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000-", "bytes=1000-1001", "bytes=999999999999999999-", "bytes=-0"})
    void whatLiesBeyondTheEndIsTold(String header) {
        assertThat(range(header)).isEqualTo(new ByteRange.Beyond());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=5-4",
                "bytes=0-1,5-6",
                "lines=0-1",
                "bytes=--1",
                "bytes=99999999999999999999-",
                "bytes=1-2-3",
                "bytes = 0-1"
            })
    void whatIsNoSingleRangeAsksForAll(@Nullable String header) {
        assertThat(range(header)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    void aRangeOfAnotherVersionAsksForAll() {
        assertThat(ByteRange.of("bytes=5-", "\"other\"", TAG, SIZE)).isEqualTo(new ByteRange.Whole());
        assertThat(ByteRange.of("bytes=5-", "W/" + TAG, TAG, SIZE)).isEqualTo(new ByteRange.Whole());
        assertThat(ByteRange.of("bytes=5-", "Sat, 29 Oct 1994 19:43:31 GMT", TAG, SIZE))
                .isEqualTo(new ByteRange.Whole());
        assertThat(ByteRange.of("bytes=5-", TAG, TAG, SIZE)).isEqualTo(new ByteRange.Part(5, 999));
    }

    @Test
    void nothingHasNoPieces() {
        assertThat(ByteRange.of("bytes=0-", null, TAG, 0)).isEqualTo(new ByteRange.Beyond());
        assertThat(ByteRange.of("bytes=-1", null, TAG, 0)).isEqualTo(new ByteRange.Beyond());
    }
}

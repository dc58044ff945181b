package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PropertiesCodecTest {

    private static final Date WHOLE_SECOND = new Date(1_700_000_000_000L);

    @Test
    void everyPropertyComesOutAsItWentIn() {
        var properties = new AMQP.BasicProperties.Builder()
                .contentType("text/plain; charset=utf-8")
                .contentEncoding("gzip")
                .headers(Map.of("a", text("b")))
                .deliveryMode(1)
                .priority(9)
                .correlationId("correlation")
                .replyTo("somebody.replies")
                .expiration("60000")
                .messageId("ä".repeat(127))
                .timestamp(WHOLE_SECOND)
                .type("type")
                .userId("user")
                .appId("app")
                .clusterId("cluster")
                .build();

        assertThat(roundTrip(properties)).isEqualTo(properties);
    }

    @Test
    void whatWasNotSetIsNotSetAfterwards() {
        var none = new AMQP.BasicProperties();

        assertThat(roundTrip(none)).isEqualTo(none);
        assertThat(roundTrip(none).getHeaders()).isNull();
        assertThat(roundTrip(none.builder().headers(Map.of()).build()).getHeaders())
                .isEmpty();
    }

    static List<Object> everyValue() {
        return List.of(
                text(""),
                text("ein Wört und ein 🐈"),
                text("long ".repeat(20_000)),
                LongStringHelper.asLongString(new byte[] {(byte) 0xff, 0, (byte) 0xc3}),
                true,
                Byte.MIN_VALUE,
                Short.MIN_VALUE,
                Integer.MIN_VALUE,
                Long.MIN_VALUE,
                1.5f,
                Math.PI,
                Double.NaN,
                new BigDecimal("-12345.6789"),
                new BigDecimal("2147483647"),
                WHOLE_SECOND,
                new Date(-1_000),
                new byte[] {0, 1, (byte) 0xff});
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void aHeaderKeepsItsValueAndItsType(Object value) {
        assertThat(roundTripOf(value)).isEqualTo(value);
    }

    static List<Object> everyNesting() {
        return List.of(
                List.of(),
                Map.of(),
                List.of(text("a"), 1, List.of(2L, WHOLE_SECOND), Map.of("in", new byte[] {1})),
                Map.of("one", Map.of("two", Map.of("three", List.of(text("deep"), new byte[] {3})))));
    }

    @ParameterizedTest
    @MethodSource("everyNesting")
    void listsAndTablesKeepWhatIsInThem(Object value) {
        assertThat(roundTripOf(value)).usingRecursiveComparison().isEqualTo(value);
    }

    @Test
    void nothingIsAValueToo() {
        Map<String, Object> headers = new HashMap<>();
        headers.put("nothing", null);
        headers.put("list", Arrays.asList(null, 1, null));

        Map<String, Object> read = roundTrip(
                        new AMQP.BasicProperties.Builder().headers(headers).build())
                .getHeaders();

        assertThat(read).containsEntry("nothing", null).containsEntry("list", Arrays.asList(null, 1, null));
    }

    @Test
    void bytesAreTheSameAfterAnyNumberOfTrips() {
        byte[] once = PropertiesCodec.encode(new AMQP.BasicProperties.Builder()
                .headers(Map.of("all", List.of(everyValue(), everyNesting())))
                .build());

        assertThat(PropertiesCodec.encode(PropertiesCodec.decode(once))).isEqualTo(once);
    }

    @Test
    void whatIsNoContentHeaderIsRefused() {
        assertThatThrownBy(() -> PropertiesCodec.decode(new byte[] {0, 60, 0}))
                .isInstanceOf(UncheckedIOException.class);
    }

    private static Object roundTripOf(Object value) {
        return roundTrip(new AMQP.BasicProperties.Builder()
                        .headers(Map.of("header", value))
                        .build())
                .getHeaders()
                .get("header");
    }

    private static AMQP.BasicProperties roundTrip(AMQP.BasicProperties properties) {
        return PropertiesCodec.decode(PropertiesCodec.encode(properties));
    }

    private static LongString text(String text) {
        return LongStringHelper.asLongString(text.getBytes(UTF_8));
    }
}

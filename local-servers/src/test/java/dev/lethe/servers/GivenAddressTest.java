package dev.lethe.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GivenAddressTest {
    private static final String FORM = "amqp://user:password@host:port";

    @Test
    void aVariableThatIsNotSetOrEmptyNamesNoServer() {
        assertThat(GivenAddress.from(Map.of(), "LETHE_X_URL", List.of("amqp"), FORM))
                .isNull();
        assertThat(GivenAddress.from(Map.of("LETHE_X_URL", " "), "LETHE_X_URL", List.of("amqp"), FORM))
                .isNull();
    }

    @Test
    void itsPartsAreDecoded() {
        GivenAddress address = given("amqp://a%40b:p%3A+%2Fq@broker.example:5673");

        assertThat(address.host()).isEqualTo("broker.example");
        assertThat(address.port(5672)).isEqualTo(5673);
        assertThat(address.user()).isEqualTo("a@b");
        assertThat(address.password()).isEqualTo("p:+/q");
        assertThat(given("amqp://broker.example").port(5672)).isEqualTo(5672);
        assertThat(given("amqp://broker.example").user()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://u:hunter2@host", "amqp:u:hunter2", "amqp://u:hunter2@[host", "hunter2"})
    void anAddressThatCannotBeUnderstoodIsRefusedWithoutShowingIt(String value) {
        assertThatThrownBy(() -> given(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LETHE_X_URL must look like " + FORM)
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    private static GivenAddress given(String value) {
        return GivenAddress.from(Map.of("LETHE_X_URL", value), "LETHE_X_URL", List.of("amqp"), FORM);
    }
}

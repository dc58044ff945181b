package dev.lethe.requests.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** The table that ships, in {@code application.yaml}. */
class RegulationsTest {

    private static Regulations shipped;

    @BeforeAll
    static void read() throws IOException {
        var yaml = new YamlPropertySourceLoader().load("shipped", new ClassPathResource("application.yaml"));
        shipped = new Binder(ConfigurationPropertySources.from(yaml))
                .bind("lethe", Regulations.class)
                .get();
    }

    @ParameterizedTest(name = "{0}: asked {1}, due {2}")
    @CsvSource(delimiter = '|', textBlock = """
            gdpr    | 2027-01-31T23:59:59Z | 2027-02-28T23:59:59Z
            gdpr    | 2028-01-31T12:00:00Z | 2028-02-29T12:00:00Z
            gdpr    | 2027-01-28T12:00:00Z | 2027-02-28T12:00:00Z
            gdpr    | 2027-03-31T00:30:00Z | 2027-04-30T00:30:00Z
            gdpr    | 2027-12-31T12:00:00Z | 2028-01-31T12:00:00Z
            uk-gdpr | 2027-01-31T12:00:00Z | 2027-02-28T12:00:00Z
            ccpa    | 2027-01-31T12:00:00Z | 2027-03-17T12:00:00Z
            ccpa    | 2028-01-31T12:00:00Z | 2028-03-16T12:00:00Z
            fadp    | 2027-01-31T12:00:00Z | 2027-03-02T12:00:00Z
            lgpd    | 2027-12-20T12:00:00Z | 2028-01-04T12:00:00Z
            """)
    void aRequestIsDueByTheCalendar(String regulation, Instant submitted, Instant due) {
        assertThat(shipped.dueAt(regulation, submitted)).contains(due);
    }

    @ParameterizedTest
    @CsvSource({"mars-convention", "GDPR", "gdpr2", "''"})
    void anUnknownRegulationHasNoDeadline(String regulation) {
        assertThat(shipped.dueAt(regulation, Instant.parse("2027-01-31T12:00:00Z")))
                .isEmpty();
    }

    @Test
    void noOtherLawIsAssumed() {
        assertThat(shipped.regulations())
                .containsOnlyKeys("gdpr", "uk-gdpr", "fadp", "ccpa", "cpra", "vcdpa", "lgpd", "pipeda");
    }
}

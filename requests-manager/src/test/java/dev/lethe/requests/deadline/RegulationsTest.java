package dev.lethe.requests.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** The table that ships, in {@code application.yaml}, and what else may be written there. */
class RegulationsTest {

    private static final Period ONE_MONTH = Period.ofMonths(1);
    private static final LocalTime LAST_SECOND = LocalTime.of(23, 59, 59);

    private static Regulations shipped;

    @BeforeAll
    static void read() throws IOException {
        var yaml = new YamlPropertySourceLoader().load("shipped", new ClassPathResource("application.yaml"));
        shipped = new Binder(ConfigurationPropertySources.from(yaml))
                .bind("lethe", Regulations.class)
                .get();
    }

    @ParameterizedTest(name = "{0}: asked {1}, due {2}, at the latest {3}")
    @CsvSource(delimiter = '|', nullValues = "never", textBlock = """
            gdpr    | 2027-01-31T23:59:59Z | 2027-02-28T23:59:59Z | 2027-04-30T23:59:59Z
            gdpr    | 2028-01-31T12:00:00Z | 2028-02-29T12:00:00Z | 2028-04-30T12:00:00Z
            gdpr    | 2027-01-28T12:00:00Z | 2027-02-28T12:00:00Z | 2027-04-28T12:00:00Z
            gdpr    | 2028-01-30T12:00:00Z | 2028-02-29T12:00:00Z | 2028-04-30T12:00:00Z
            gdpr    | 2028-01-29T12:00:00Z | 2028-02-29T12:00:00Z | 2028-04-29T12:00:00Z
            gdpr    | 2028-02-29T12:00:00Z | 2028-03-29T12:00:00Z | 2028-05-29T12:00:00Z
            gdpr    | 2027-03-31T00:30:00Z | 2027-04-30T00:30:00Z | 2027-06-30T00:30:00Z
            gdpr    | 2027-11-30T12:00:00Z | 2027-12-30T12:00:00Z | 2028-02-29T12:00:00Z
            gdpr    | 2026-11-30T12:00:00Z | 2026-12-30T12:00:00Z | 2027-02-28T12:00:00Z
            gdpr    | 2027-12-31T12:00:00Z | 2028-01-31T12:00:00Z | 2028-03-31T12:00:00Z
            gdpr    | 2100-01-31T12:00:00Z | 2100-02-28T12:00:00Z | 2100-04-30T12:00:00Z
            uk-gdpr | 2027-01-31T12:00:00Z | 2027-02-28T12:00:00Z | 2027-04-30T12:00:00Z
            ccpa    | 2027-01-31T12:00:00Z | 2027-03-17T12:00:00Z | 2027-05-01T12:00:00Z
            ccpa    | 2028-01-31T12:00:00Z | 2028-03-16T12:00:00Z | 2028-04-30T12:00:00Z
            ccpa    | 2027-12-31T23:59:59Z | 2028-02-14T23:59:59Z | 2028-03-30T23:59:59Z
            cpra    | 2027-01-31T12:00:00Z | 2027-03-17T12:00:00Z | 2027-05-01T12:00:00Z
            vcdpa   | 2027-01-31T12:00:00Z | 2027-03-17T12:00:00Z | 2027-05-01T12:00:00Z
            fadp    | 2027-01-31T12:00:00Z | 2027-03-02T12:00:00Z | never
            pipeda  | 2028-01-31T12:00:00Z | 2028-03-01T12:00:00Z | 2028-03-31T12:00:00Z
            lgpd    | 2027-12-20T12:00:00Z | 2028-01-04T12:00:00Z | never
            lgpd    | 2028-02-15T12:00:00Z | 2028-03-01T12:00:00Z | never
            """)
    void aRequestIsDueByTheCalendar(String regulation, Instant submitted, Instant due, Instant extended) {
        Regulation law = law(regulation);

        assertThat(law.dueAt(submitted)).isEqualTo(due);
        if (extended == null) {
            assertThat(law.extendableBy()).isNull();
            assertThatIllegalStateException().isThrownBy(() -> law.extendedDueAt(submitted));
        } else {
            assertThat(law.extendedDueAt(submitted)).isEqualTo(extended);
        }
    }

    /** From the first of January of a leap year to the last of December, eight years on. */
    private static Stream<LocalDate> eightYears() {
        return LocalDate.of(2024, 1, 1).datesUntil(LocalDate.of(2032, 1, 1));
    }

    @Test
    void aMonthEndsOnTheSameDayOfTheNextOneOrOnItsLast() {
        assertThat(eightYears()).hasSize(8 * 365 + 2).allSatisfy(day -> {
            YearMonth next = YearMonth.from(day).plusMonths(1);
            LocalDate sameDay = next.atDay(Math.min(day.getDayOfMonth(), next.lengthOfMonth()));

            assertThat(law("gdpr").dueAt(at(day))).isEqualTo(at(sameDay));
        });
    }

    @Test
    void anExtensionIsTwoMonthsMoreFromTheRequestAndNeverMoreThanThree() {
        assertThat(eightYears()).allSatisfy(day -> {
            YearMonth third = YearMonth.from(day).plusMonths(3);
            LocalDate sameDay = third.atDay(Math.min(day.getDayOfMonth(), third.lengthOfMonth()));

            assertThat(law("gdpr").extendedDueAt(at(day))).isEqualTo(at(sameDay));
        });
    }

    @Test
    void anExtensionAlwaysEndsLaterThanTheFirstDeadlineAndTheAimIsNeverLaterThanEither() {
        shipped.regulations().forEach((code, law) -> eightYears().forEach(day -> {
            Instant asked = at(day);
            Instant due = law.dueAt(asked);
            assertThat(due).as("%s on %s", code, day).isAfter(asked);
            assertThat(law.targetAt(asked, due))
                    .as("%s on %s", code, day)
                    .isAfter(asked)
                    .isBefore(due);
            if (law.extendableBy() != null) {
                Instant extended = law.extendedDueAt(asked);
                assertThat(extended).as("%s on %s", code, day).isAfter(due);
                assertThat(law.targetAt(due, extended))
                        .as("%s on %s", code, day)
                        .isAfter(due)
                        .isBefore(extended);
            }
            Instant acknowledgeBy = law.acknowledgeBy(asked);
            if (acknowledgeBy != null) {
                assertThat(acknowledgeBy)
                        .as("%s on %s", code, day)
                        .isAfter(asked)
                        .isBefore(due);
            }
        }));
    }

    @Test
    void onlyCaliforniaWantsARequestToBeAcknowledged() {
        Instant asked = Instant.parse("2028-02-25T12:00:00Z");

        assertThat(law("ccpa").acknowledgeBy(asked)).isEqualTo("2028-03-06T12:00:00Z");
        assertThat(law("cpra").acknowledgeBy(asked)).isEqualTo("2028-03-06T12:00:00Z");
        assertThat(shipped.regulations()).allSatisfy((code, law) -> assertThat(law.acknowledgeBy(asked) != null)
                .isEqualTo(code.equals("ccpa") || code.equals("cpra")));
    }

    @Test
    void noLawThatShipsLetsPeopleThinkItOver() {
        assertThat(shipped.regulations().values())
                .allSatisfy(law -> assertThat(law.coolOffUntil(Instant.parse("2027-01-31T12:00:00Z")))
                        .isNull());
    }

    @Test
    void theTimeToThinkItOverCountsByTheCalendarFromTheReceipt() {
        assertThat(new Regulation(ONE_MONTH, null, null, null, Period.ofMonths(1))
                        .coolOffUntil(Instant.parse("2027-01-31T12:00:00Z")))
                .isEqualTo("2027-02-28T12:00:00Z");
        assertThat(new Regulation(ONE_MONTH, null, null, null, Period.ofDays(3))
                        .coolOffUntil(Instant.parse("2028-02-27T12:00:00Z")))
                .isEqualTo("2028-03-01T12:00:00Z");
    }

    @Test
    void theAimIsThreeQuartersOfTheTimeUnlessItIsSaid() {
        Instant asked = Instant.parse("2027-01-31T00:00:00Z");
        Instant due = asked.plus(Duration.ofDays(28));

        assertThat(law("gdpr").targetAt(asked, due)).isEqualTo(asked.plus(Duration.ofDays(21)));
        assertThat(withAim(Period.ofDays(10)).targetAt(asked, due)).isEqualTo("2027-02-10T00:00:00Z");
    }

    @Test
    void anAimLaterThanTheLawIsTheLaw() {
        Instant asked = Instant.parse("2027-01-31T12:00:00Z");
        Instant due = Instant.parse("2027-02-28T12:00:00Z");

        assertThat(withAim(Period.ofDays(30)).targetAt(asked, due)).isEqualTo(due);
        assertThat(withAim(Period.ofMonths(2)).targetAt(asked, due)).isEqualTo(due);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mars-convention", "GDPR", "gdpr2", ""})
    void anUnknownRegulationHasNoDeadline(String regulation) {
        assertThat(shipped.of(regulation)).isEmpty();
    }

    @Test
    void noOtherLawIsAssumed() {
        assertThat(shipped.codes())
                .containsExactlyInAnyOrder("gdpr", "uk-gdpr", "fadp", "ccpa", "cpra", "vcdpa", "lgpd", "pipeda");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "answer-within,      P0D,  answer-within is P0D; write a period such as P1M or P45D",
        "answer-within,      P-1M, answer-within is P-1M; write a period such as P1M or P45D",
        "extendable-by,      P0D,  extendable-by is P0D; write a period such as P1M or P45D",
        "acknowledge-within, P-3D, acknowledge-within is P-3D; write a period such as P1M or P45D",
        "aim-within,         P0D,  aim-within is P0D; write a period such as P1M or P45D",
        "cooling-off,        P-1D, cooling-off is P-1D; write a period such as P3D"
    })
    void aPeriodThatIsNoneIsRefusedWithWhatToWriteInstead(String key, String period, String message) {
        var properties = new MapConfigurationPropertySource(Map.of("lethe.regulations.test.answer-within", "P1M"));
        properties.put("lethe.regulations.test." + key, period);

        assertThatThrownBy(() -> new Binder(properties).bind("lethe", Regulations.class))
                .isInstanceOf(BindException.class)
                .hasRootCauseMessage(message);
    }

    @Test
    void aRegulationWithoutItsDeadlineIsRefused() {
        var properties = new MapConfigurationPropertySource(Map.of("lethe.regulations.test.extendable-by", "P1M"));

        assertThatThrownBy(() -> new Binder(properties).bind("lethe", Regulations.class))
                .isInstanceOf(BindException.class)
                .hasRootCauseMessage("answer-within is not set; write a period such as P1M or P45D");
    }

    private static Regulation withAim(Period aim) {
        return new Regulation(ONE_MONTH, null, null, aim, Period.ZERO);
    }

    private static Regulation law(String code) {
        return shipped.of(code).orElseThrow();
    }

    private static Instant at(LocalDate day) {
        return day.atTime(LAST_SECOND).toInstant(ZoneOffset.UTC);
    }
}

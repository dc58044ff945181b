package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.ERASURE_START;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.COMMANDS_QUEUE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import dev.lethe.requests.Shop;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a person after their requests have ended, and how long: 30 days, as nothing else is configured. */
class ForgettingIT {

    private static final String CANCELLATION_SERVICE = "cancellation-service";
    private static final Instant NOW = Instant.parse("2027-02-03T12:00:00Z");

    private static Shop shop;
    private static Installation installation;
    private static Broker broker;

    private String person;

    @BeforeAll
    static void install(@TempDir Path folder) throws Exception {
        shop = new Shop();
        installation = new Installation(folder, shop.source());
        broker = installation.broker();
        installation.start("lethe.requests.forget-check=50ms");
        broker.declare(CANCELLATION_SERVICE, COMMANDS_QUEUE, COMMANDS_EXCHANGE, ERASURE_START.name());
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        shop.close();
    }

    @BeforeEach
    void somebodyNew() {
        person = "person-" + UUID.randomUUID();
    }

    @AfterEach
    void open() {
        shop.release();
    }

    @Test
    void whoARequestWasAboutIsForgottenAfterThirtyDaysAndNotBefore() throws Exception {
        UUID recent = ready();
        UUID old = ready();
        installation.set("ended_at = now() - interval '30 days' + interval '5 minutes'", recent);
        installation.set("ended_at = now() - interval '30 days'", old);

        awaitForgotten(old);

        // Forgotten in one sweep, so the other was passed by
        assertThat(installation.column("subject", recent)).contains(person);
        assertThat(installation.column("encode(subject_pseudonym, 'hex')", old))
                .isEqualTo(pseudonym(person))
                .isEqualTo(installation.column("encode(subject_pseudonym, 'hex')", recent));
        assertThat(installation.history(old)).containsExactly("submitted", "claimed by a worker", "report finished");
        assertThat(installation.state(old)).isEqualTo("ready");
    }

    @Test
    void nobodyIsForgottenWhileTheirRequestIsOpen() throws Exception {
        shop.holdNext(1);
        UUID open = installation.askForReport(person);
        await("a call that is held").atMost(Broker.SOON).until(() -> shop.held() == 1);
        installation.set("received_at = now() - interval '1 year', submitted_at = now() - interval '1 year'", open);
        UUID ended = installation.askForReport(person + "-2");
        installation.awaitState("ready", ended);
        installation.set("ended_at = now() - interval '1 year'", ended);

        awaitForgotten(ended);

        assertThat(installation.column("subject", open)).contains(person);
        shop.release();
        assertThat(broker.fact(REPORT_READY, open).subjectId()).isEqualTo(person);
    }

    @Test
    void whoWasErasedIsForgottenAtOnceWhateverTheyAskedBefore() throws Exception {
        UUID access = ready();
        UUID withdrawn = installation.submit(REQUEST_ERASURE, person + "-2");
        installation.awaitState("handed_over", withdrawn);
        broker.take(COMMANDS_QUEUE);
        UUID erasure = installation.submit(REQUEST_ERASURE, person);
        installation.awaitState("handed_over", erasure);
        broker.take(COMMANDS_QUEUE);
        UUID follower = installation.submit(REQUEST_ERASURE, person);
        installation.awaitState("following", follower);
        assertThat(installation.column("subject", access)).contains(person);

        completed(erasure);
        installation.awaitState("completed", follower);

        assertThat(List.of(access, erasure, follower))
                .allSatisfy(request ->
                        assertThat(installation.column("subject", request)).isEqualTo("none"));
        assertThat(installation.column("subject", withdrawn))
                .as("another person")
                .contains(person);
        assertThat(installation.column("encode(subject_pseudonym, 'hex')", erasure))
                .isEqualTo(pseudonym(person));
    }

    @Test
    void whatIsStoredOfAForgottenPersonNamesThemNowhere() throws Exception {
        UUID ready = ready();
        shop.holdNext(1);
        UUID withdrawn = installation.askForReport(person);
        await("a call that is held").atMost(Broker.SOON).until(() -> shop.held() == 1);
        installation.withdraw(withdrawn);
        broker.fact(REQUEST_WITHDRAWN, withdrawn);
        broker.fact(REPORT_READY, ready);
        List.of(ready, withdrawn).forEach(request -> installation.set("ended_at = now() - interval '1 year'", request));
        awaitForgotten(ready);
        awaitForgotten(withdrawn);

        for (String table : installation
                .database()
                .sql("select table_name from information_schema.tables where table_schema = 'public'")
                .query(String.class)
                .list()) {
            // Facts that are on their way name the person until the broker has them; bodies are bytes, seen as hex
            await("nothing of the person in " + table)
                    .atMost(Broker.SOON)
                    .until(() -> installation
                                    .database()
                                    .sql("select count(*) from %s t where t::text like :text or t::text like :hex"
                                            .formatted(table))
                                    .param("text", "%" + person + "%")
                                    .param("hex", "%" + HexFormat.of().formatHex(person.getBytes(UTF_8)) + "%")
                                    .query(Long.class)
                                    .single()
                            == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update request_history set cause = 'something else' where request_id = :id",
                "update request_history set at = now() where request_id = :id",
                "delete from request_history where request_id = :id"
            })
    void theHistoryIsAppendOnly(String change) throws Exception {
        UUID request = ready();

        assertThatThrownBy(() ->
                        installation.database().sql(change).param("id", request).update())
                .rootCause()
                .hasMessageContaining("request_history is append only");

        assertThat(installation.history(request))
                .containsExactly("submitted", "claimed by a worker", "report finished");
    }

    @Test
    void aRequestThatHasAHistoryCannotBeDeleted() throws Exception {
        UUID request = ready();

        assertThatThrownBy(() -> installation
                        .database()
                        .sql("delete from request where id = :id")
                        .param("id", request)
                        .update())
                .rootCause()
                .hasMessageContaining("request_history");
    }

    private UUID ready() throws IOException {
        UUID request = installation.askForReport(person);
        installation.awaitState("ready", request);
        return request;
    }

    private static void completed(UUID erasure) throws IOException {
        broker.tell(
                CANCELLATION_SERVICE,
                REQUEST_COMPLETED,
                new RequestCompleted(erasure, NOW, RequestKind.ERASURE, CompletionOutcome.COMPLETED, List.of()));
    }

    private static void awaitForgotten(UUID request) {
        await("forgotten")
                .atMost(Broker.SOON)
                .until(() -> installation.column("subject", request).equals("none"));
    }

    /** As anybody with the key can tell, and nobody without. */
    private static String pseudonym(String person) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("p".repeat(32).getBytes(UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(person.getBytes(UTF_8)));
    }
}

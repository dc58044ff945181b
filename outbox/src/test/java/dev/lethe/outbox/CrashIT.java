package dev.lethe.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The worst moment to die: the broker has the messages and the database does not know it yet. */
class CrashIT {

    private static final String EXCHANGE = "requests-manager.crash-it";
    private static final String QUEUE = "requests-manager.crash-it";
    private static final int BATCH = 500;
    private static final int MESSAGES = 2_000;

    static final class DoomedService {
        public static void main(String[] arguments) {
            new SpringApplicationBuilder(Engine.Application.class)
                    .web(WebApplicationType.NONE)
                    .run();
        }
    }

    @Test
    void aServiceThatDiesBetweenPublishAndCommitLosesNothingAndRepeatsOneBatch() throws Exception {
        Database database = Database.fresh("crash_it");
        Map<String, String> settings = Engine.settings(database);
        settings.put("spring.application.name", "doomed");
        try (var broker = new Broker();
                var doomed = new ChildJvm(DoomedService.class, settings, "-Dlethe.crash-at=outbox.published")) {
            broker.exchange(EXCHANGE);
            broker.queue(QUEUE, EXCHANGE);
            Eventually.within(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(database.laneOwners()).as(doomed::said).containsExactly("doomed: outbox"));
            try (var survivor = Engine.on(database, "spring.application.name=survivor")) {
                List<ScheduledMessage> messages = IntStream.range(0, MESSAGES)
                        .mapToObj(i -> Engine.now(EXCHANGE, QUEUE, String.valueOf(i)))
                        .toList();

                survivor.inTransaction(() -> messages.forEach(survivor.outbox()::send));

                assertThat(doomed.exitCode()).as(doomed::said).isEqualTo(ChildJvm.KILLED);
                Eventually.within(Duration.ofSeconds(5))
                        .untilAsserted(() -> assertThat(database.laneOwners()).containsExactly("survivor: outbox"));
                Eventually.until(() -> database.count("message") == 0);
                Mailbox mailbox = broker.mailbox(QUEUE);
                mailbox.await(MESSAGES + BATCH);
                List<String> sent = messages.stream()
                        .map(each -> each.properties().getMessageId())
                        .toList();
                assertThat(mailbox.ids().subList(0, BATCH)).isEqualTo(sent.subList(0, BATCH));
                assertThat(mailbox.ids().subList(BATCH, BATCH + MESSAGES)).isEqualTo(sent);
                assertThat(broker.depth(QUEUE)).isZero();
            }
        }
    }
}

package dev.lethe.outbox.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.outbox.Broker;
import dev.lethe.outbox.Database;
import dev.lethe.outbox.Engine;
import dev.lethe.outbox.Eventually;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** That it is told at once when messages do not leave, and by whose fault. */
class WatchOutageIT {

    private static Database database;
    private static Engine engine;

    @BeforeAll
    static void engineRuns() {
        database = Database.fresh("watch_outage_it");
        engine = Engine.on(database, "lethe.outbox.watch.every=100ms", "lethe.outbox.standby=200ms");
        isUp();
    }

    @AfterAll
    static void engineStops() {
        engine.close();
    }

    @Test
    void aBrokerThatIsGoneIsDownAndAgainUpWithoutARestart() {
        Broker.SERVER.settle();
        Broker.SERVER.kill();
        try {
            isDown("broker_unreachable");
        } finally {
            Broker.SERVER.start();
        }
        isUp();
    }

    @Test
    void aDatabaseThatIsGoneIsDownAndItsGaugesSayNothing() {
        Database.SERVER.kill();
        try {
            isDown("database_unreachable");
            assertThat(pending()).isNaN();
        } finally {
            Database.SERVER.start();
        }
        isUp();
        assertThat(pending()).isZero();
    }

    private static void isUp() {
        Eventually.within(Duration.ofSeconds(30)).until(() -> {
            Health health = engine.get(OutboxHealth.class).health();
            return health.getStatus().equals(Status.UP)
                    && engine.get(Watch.class).last().unwell().isEmpty();
        });
    }

    private static void isDown(String reason) {
        Eventually.untilAsserted(() -> {
            Health health = engine.get(OutboxHealth.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails()).containsEntry("reason", reason);
        });
    }

    private static double pending() {
        return engine.get(MeterRegistry.class)
                .get("lethe.outbox.pending")
                .gauge()
                .value();
    }
}

package dev.lethe.requests;

import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_ACCESS;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_RECEIVED;
import static dev.lethe.messages.Topology.REQUESTS_EXCHANGE;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.MessageType;
import dev.lethe.messages.Subject;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RedisServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Two instances after the same requests. */
class RaceIT {

    private static final RedisServer REDIS = LocalServers.shared().redis();
    private static final int REQUESTS = 200;
    private static final int WORKERS = 2 * 4;
    private static final Duration A_WHILE = Duration.ofSeconds(60);
    private static final String LONG_LEASE = "lethe.access.lease=30s";

    private Shop shop;
    private Link line;
    private Installation installation;
    private Broker broker;

    @BeforeEach
    void install(@TempDir Path folder) throws IOException {
        shop = new Shop();
        line = new Link(LocalServers.shared().postgres().port());
        installation = new Installation(folder, shop.source());
        broker = installation.broker();
    }

    @AfterEach
    void uninstall() throws IOException {
        line.release();
        installation.close();
        line.close();
        shop.close();
        REDIS.start();
    }

    @Test
    void eachReportIsBuiltOnceByOneOfThem() throws IOException {
        installation.start(LONG_LEASE);
        installation.start(LONG_LEASE);

        Set<UUID> requests = submitMany();

        assertThatEachIsBuiltOnce(requests);
        assertThat(instances()).as("both did some").hasSize(2);
    }

    @Test
    void eachReportIsBuiltOnceWhenRedisForgetsEverythingAndThenDies() throws IOException {
        List<ConfigurableApplicationContext> both =
                List.of(installation.start(LONG_LEASE), installation.start(LONG_LEASE));
        assertThat(both)
                .allSatisfy(instance -> assertThat(withoutMutex(instance)).isZero());
        int third = REQUESTS / 3;
        shop.holdAfter(third);
        Set<UUID> requests = submitMany();

        awaitHeld(WORKERS);
        assertThat(Installation.redis("DBSIZE")).as("a mutex for each worker").isEqualTo(":" + WORKERS);
        assertThat(Installation.redis("FLUSHALL")).isEqualTo("+OK");
        shop.release();
        shop.holdAfter(third);
        awaitHeld(WORKERS);
        REDIS.kill();
        shop.release();

        assertThatEachIsBuiltOnce(requests);
        assertThat(instances()).as("both did some").hasSize(2);
        assertThat(both)
                .allSatisfy(instance -> assertThat(withoutMutex(instance)).isPositive());
    }

    /** The line to its database is held, so that it cannot extend its lease; and with Redis its mutex is gone. */
    @Test
    void aWorkerThatIsLateWritesNothing() throws IOException {
        ConfigurableApplicationContext first = installation.start(
                "spring.datasource.url=" + Installation.jdbcUrlOverPort(line.port()), "lethe.access.workers=1");
        CountDownLatch late = shop.holdNext(1);
        UUID request = installation.askForReport("ada");
        awaitHeld(1);
        line.hold();
        REDIS.kill();
        CountDownLatch next = shop.holdNext(1);
        installation.start("lethe.access.workers=1");
        awaitHeld(2);

        late.countDown();
        await("the late worker has all it needs")
                .atMost(Broker.SOON)
                .until(() -> first.getBean(MeterRegistry.class)
                                .get("lethe.source.read")
                                .timer()
                                .count()
                        == 1);
        line.release();
        // Built by whose worker is free: the late one, when it has found out that it is late
        installation.awaitState("ready", installation.askForReport("grace"));
        assertThat(installation.state(request)).isEqualTo("in_progress");
        assertThat(installation.column("epoch", request)).isEqualTo("2");
        assertThat(installation.chunks(request)).isEmpty();
        next.countDown();
        broker.fact(REQUEST_COMPLETED, request);

        assertThat(installation.history(request))
                .containsExactly("submitted", "claimed by a worker", "claimed by a worker", "report finished");
        assertThat(instances()).hasSize(2);
        assertThat(installation.chunks(request)).as("epochs of what is stored").containsExactly(2);
        assertThat(broker.facts(REPORT_READY, request)).hasSize(1);
        assertThat(broker.facts(REQUEST_COMPLETED, request)).hasSize(1);
    }

    private Set<UUID> submitMany() throws IOException {
        List<SubmitRequest> requests = IntStream.range(0, REQUESTS)
                .mapToObj(n -> Installation.request(new Subject("person-" + n, null)))
                .toList();
        broker.publishAll("frontend", REQUESTS_EXCHANGE, REQUEST_ACCESS, requests);
        return requests.stream().map(SubmitRequest::requestId).collect(toSet());
    }

    private void assertThatEachIsBuiltOnce(Set<UUID> requests) throws IOException {
        await("all reports")
                .atMost(A_WHILE)
                .until(() -> installation
                                .database()
                                .sql("select count(*) from request where state = 'ready'")
                                .query(Integer.class)
                                .single()
                        == REQUESTS);
        assertThat(requests).allSatisfy(request -> assertThat(installation.history(request))
                .containsExactly("submitted", "claimed by a worker", "report finished"));
        for (MessageType<?> type : List.of(REQUEST_RECEIVED, REPORT_READY, REQUEST_COMPLETED)) {
            await(type.name())
                    .atMost(A_WHILE)
                    .until(() -> heard(type).distinct().count() == REQUESTS);
            assertThat(heard(type)).as("each once").containsExactlyInAnyOrderElementsOf(requests);
        }
        assertThat(requests).allSatisfy(request -> assertThat(installation.chunks(request))
                .as("stored once")
                .hasSize(1));
    }

    private Stream<UUID> heard(MessageType<?> type) {
        return broker.facts().stream()
                .filter(fact -> fact.type().equals(type.name()))
                .map(Broker.Heard::requestId);
    }

    /** Those whose workers claimed something, by the names of their workers without the number. */
    private Set<String> instances() {
        return installation
                .database()
                .sql(
                        "select distinct regexp_replace(who, '-[0-9]+$', '') from request_history where cause = 'claimed by a worker'")
                .query(String.class)
                .set();
    }

    private void awaitHeld(int calls) {
        await("calls that are held").atMost(A_WHILE).until(() -> shop.held() == calls);
    }

    private static double withoutMutex(ConfigurableApplicationContext instance) {
        return instance.getBean(MeterRegistry.class)
                .get("lethe.mutex.unavailable")
                .counter()
                .count();
    }
}

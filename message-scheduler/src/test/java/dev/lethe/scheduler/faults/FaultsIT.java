package dev.lethe.scheduler.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.scheduler.faults.TcpProxy.Direction;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each of service, broker and database is killed, stopped and cut off in the middle of a drain. Nothing may be lost. */
class FaultsIT {

    private static final int MESSAGES = Integer.getInteger("lethe.faults.messages", 50_000);
    /** All lanes together, as the service comes. */
    private static final int BATCH = 500;

    private static final int LANES = 4;
    private static final Duration STOPPED = Duration.ofSeconds(10);
    private static final Duration TAKEN_OVER = Duration.ofSeconds(5);

    private static Site site;

    @BeforeAll
    static void serversOfTheirOwn() throws Exception {
        site = new Site(LANES);
        Drain.declareQueue(site);
    }

    @BeforeEach
    void nothingIsLeft() throws Exception {
        site.tidy();
    }

    @AfterAll
    static void ended() throws Exception {
        site.close();
    }

    @Nested
    class OneInstance {

        @BeforeEach
        void asItComes() {
            site.spreadOver(LANES);
        }

        @Test
        void anInstanceThatIsKilledGoesOnWhenItIsStartedAgain() throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                drain.hurt(site.owner()::kill)
                        .heal(() -> site.run("a"))
                        .finish("kill -9 of the only service, started again");

                nothingIsLost(drain);
            }
        }

        @Test
        void aBrokerThatIsKilledIsGoneOnWithFromItsData() throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                drain.hurt(site.rabbit::kill).heal(site.rabbit::start).finish("kill -9 of RabbitMQ");

                nothingIsLost(drain);
            }
        }

        @Test
        void aDatabaseThatIsKilledIsGoneOnWithFromItsData() throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                drain.hurt(site.postgres::kill).heal(site.postgres::start).finish("kill -9 of PostgreSQL");

                nothingIsLost(drain);
            }
        }

        @Test
        void aBrokerThatIsStoppedGetsTheRestWhenItGoesOn() throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                drain.hurt(site.rabbit::pause);
                Thread.sleep(STOPPED);
                drain.heal(site.rabbit::resume).finish("SIGSTOP of RabbitMQ for 10 s");

                nothingIsLost(drain);
            }
        }

        @Test
        void aDatabaseThatIsStoppedIsGoneOnWithWhenItGoesOn() throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                drain.hurt(site.postgres::pause);
                Thread.sleep(STOPPED);
                drain.heal(site.postgres::resume).finish("SIGSTOP of PostgreSQL for 10 s");

                nothingIsLost(drain);
            }
        }

        @ParameterizedTest
        @EnumSource
        void aWireToTheBrokerThatIsCutIsReplaced(Direction direction) throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                Instance owner = site.owner();

                drain.hurt(() -> owner.broker.cut(direction)).finish("wire service - RabbitMQ cut, " + direction);

                nothingIsLost(drain);
            }
        }

        @ParameterizedTest
        @EnumSource
        void aWireToTheDatabaseThatIsCutIsReplaced(Direction direction) throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                Instance owner = site.owner();

                drain.hurt(() -> owner.database.cut(direction)).finish("wire service - PostgreSQL cut, " + direction);

                nothingIsLost(drain);
            }
        }

        @Test
        void aConnectionToTheBrokerThatIsResetIsOpenedAgain() throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                Instance owner = site.owner();

                drain.hurt(owner.broker::reset).finish("connections service - RabbitMQ reset");

                nothingIsLost(drain);
            }
        }

        @Test
        void aConnectionToTheDatabaseThatIsResetIsOpenedAgain() throws Exception {
            site.run("a");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                Instance owner = site.owner();

                drain.hurt(owner.database::reset).finish("connections service - PostgreSQL reset");

                nothingIsLost(drain);
            }
        }
    }

    @Nested
    class TwoInstances {

        /** So that one instance sends, and the other does nothing but stand by. */
        @BeforeEach
        void inOneLane() {
            site.spreadOver(1);
        }

        @Test
        void theOtherInstanceTakesOverFromOneThatIsKilled() throws Exception {
            site.run("a", "b");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                Instance owner = site.owner();

                drain.hurt(owner::kill).finish("kill -9 of the service, another stands by");

                nothingIsLost(drain);
                assertThat(drain.silence()).isLessThan(TAKEN_OVER);
            }
        }

        /** To the database it looks alive: its sockets are open, and its kernel answers for it. */
        @Test
        void theOtherInstanceTakesOverFromOneThatIsStoppedAndThatDoesNoHarmWhenItGoesOn() throws Exception {
            site.run("a", "b");
            try (Drain drain = Drain.begin(site, MESSAGES)) {
                Instance owner = site.owner();
                drain.hurt(owner::pause);
                try {
                    Thread.sleep(STOPPED);
                } finally {
                    drain.heal(owner::resume);
                }
                drain.finish("SIGSTOP of the service for 10 s, another stands by");

                nothingIsLost(drain);
                assertThat(drain.silence()).isLessThan(STOPPED);
            }
        }

        /** Rows that it had in its hands were taken back while it stood still; to send them now would be a lie. */
        @Test
        void anOwnerThatWasStoppedSendsNothingThatWasTakenBackMeanwhile() throws Exception {
            site.run("a", "b");
            try (InHand inHand = new InHand(site)) {
                Instance owner = inHand.stopOwnerWithMessagesInHand();
                try {
                    Duration until = inHand.takeBack();
                    System.out.printf(
                            "fault | %-52s | %d messages in hand, taken back after %.1f s%n",
                            "SIGSTOP of an owner that waits for their time", InHand.MESSAGES, until.toMillis() / 1e3);
                    assertThat(until).isLessThan(TAKEN_OVER);
                    Eventually.until(() -> !site.owners().containsValue(owner.name)
                            && site.owners().size() == 1);
                } finally {
                    owner.resume();
                }
                OffsetDateTime resumed = inHand.now();
                Eventually.until(() -> site.hasComeBack(owner, resumed));

                assertThat(inHand.arrived()).isZero();
            }
        }
    }

    private static void nothingIsLost(Drain drain) {
        assertThat(drain.lost()).isZero();
        assertThat(drain.duplicates()).isLessThanOrEqualTo(BATCH);
    }
}

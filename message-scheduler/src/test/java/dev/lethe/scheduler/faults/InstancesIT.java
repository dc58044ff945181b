package dev.lethe.scheduler.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Instances come, go and die while somebody goes on scheduling: the lanes spread over who is there, and keys stay in order. */
class InstancesIT {

    private static final int SHARDS = 6;
    private static final Duration TAKEN_OVER = Duration.ofSeconds(5);

    private static Site site;

    @BeforeAll
    static void serversOfTheirOwn() {
        site = new Site(SHARDS);
    }

    @AfterAll
    static void ended() throws Exception {
        site.close();
    }

    @Test
    void lanesSpreadEvenlyOverWhoIsThereAndKeysStayInOrder() throws Exception {
        site.run("a");
        try (var revisions = new Revisions(site)) {
            assertThat(share()).isEqualTo(Map.of("a", 6));

            arrive("b");
            spread("two instances", Map.of("a", 3, "b", 3));
            revisions.awaitMore();

            arrive("c");
            spread("three instances", Map.of("a", 2, "b", 2, "c", 2));
            revisions.awaitMore();

            site.instance("b").kill();
            assertThat(spread("one of three killed", Map.of("a", 3, "c", 3))).isLessThan(TAKEN_OVER);
            revisions.awaitMore();

            site.instance("a").terminate();
            assertThat(spread("one of two stopped", Map.of("c", 6))).isLessThan(TAKEN_OVER);
            revisions.awaitMore();

            revisions.stop();
            Eventually.untilAsserted(() -> assertThat(revisions.missing()).isEmpty());
            System.out.printf("instances | %s%n", revisions);
            assertThat(revisions.wrong()).isEmpty();
        }
    }

    private static void arrive(String name) throws Exception {
        site.launch(name, Map.of(), Map.of()).awaitReady();
    }

    /** Waits until every instance owns so many lanes, and stays at that. */
    private static Duration spread(String what, Map<String, Integer> wanted) {
        long begin = System.nanoTime();
        Eventually.untilAsserted(() -> assertThat(share()).isEqualTo(wanted));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        System.out.printf("instances | %-22s | lanes %s after %.1f s%n", what, wanted, took.toMillis() / 1e3);
        return took;
    }

    private static Map<String, Integer> share() throws Exception {
        Map<String, Integer> share = new HashMap<>();
        List<String> owners = List.copyOf(site.owners().values());
        owners.forEach(owner -> share.put(owner, Collections.frequency(owners, owner)));
        return share;
    }
}

package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.messages.Topology;
import java.util.ArrayList;
import java.util.List;

/** How many commands a second become rows: published with confirms and taken in at the same time. */
final class IntakeScenario implements Scenario {

    private static final long TWO_DAYS_MS = 2 * 86_400_000L;

    @Override
    public String name() {
        return "intake";
    }

    @Override
    public void run(Stage stage) throws Exception {
        var rates = new ArrayList<Double>();
        for (int round = 0; round <= stage.scale().repeats(); round++) {
            double rate = measure(stage, round);
            if (round > 0) {
                rates.add(rate);
            }
        }
        stage.figure("intake", "msg/s", List.copyOf(rates));
    }

    private static double measure(Stage stage, int round) throws Exception {
        Servers servers = stage.servers();
        String database = stage.ours().database();
        int commands = round == 0 ? stage.scale().rows() / 2 : stage.scale().rows();
        servers.tidyUp(database);
        long last = (long) servers.number(database, "select coalesce(max(id), 0) from message");
        String stored = "select count(*) from message where id > " + last;
        double seconds;
        try (var publishing = new Commands(servers, "intake-%d-".formatted(round))) {
            long begun = System.nanoTime();
            for (int n = 0; n < commands; n++) {
                publishing.scheduleIn(TWO_DAYS_MS, n);
            }
            publishing.awaitConfirms();
            Servers.await(
                    "the service has read all commands",
                    120,
                    () -> stage.queue().depth(Topology.SCHEDULE_QUEUE) == 0);
            Servers.await("all commands are stored", 60, () -> servers.number(database, stored) >= commands);
            seconds = (System.nanoTime() - begun) / 1e9;
        }
        double rows = servers.number(database, stored);
        if (rows != commands) {
            throw new IllegalStateException("%d commands became %d rows".formatted(commands, (long) rows));
        }
        servers.execute(database, "delete from message where id > " + last);
        servers.tidyUp(database);
        stage.say()
                .accept("intake of %,d commands: %s msg/s%s"
                        .formatted(commands, Numbers.plain(commands / seconds), round == 0 ? " (to warm up)" : ""));
        return commands / seconds;
    }
}

package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.messages.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The highest rate at which messages come in, wait and go out at the same time without a growing backlog. */
final class SteadyScenario implements Scenario {

    private static final int FIRST = 7_000;
    private static final double STEP = 1.25;
    private static final int ATTEMPTS = 5;

    @Override
    public String name() {
        return "steady";
    }

    @Override
    public void run(Stage stage) throws Exception {
        int rate = FIRST;
        double highest = 0;
        boolean tooFast = false;
        var held = new ArrayList<Double>();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Flow.Result result = new Flow(
                            stage, rate, Duration.ofSeconds(stage.scale().steadySeconds()), Duration.ofSeconds(1))
                    .run("steady-%d-".formatted(attempt), interval -> {});
            stage.say()
                    .accept("steady at %,d/s for %d s: %s; published %,d of %,d, backlog at the end %,d"
                            .formatted(
                                    rate,
                                    stage.scale().steadySeconds(),
                                    result.held() ? "held" : "not held",
                                    result.published(),
                                    result.wanted(),
                                    result.intervals().getLast().backlog()));
            if (result.held()) {
                highest = rate;
                held.add(highest);
            }
            if (result.held() ? tooFast : highest > 0) {
                break;
            }
            tooFast |= !result.held();
            rate = (int) Math.round(tooFast ? rate / STEP : rate * STEP);
            settle(stage);
        }
        stage.figure("steady", "msg/s", highest, List.copyOf(held));
    }

    /** What one attempt has left behind is not the next one's burden. */
    private static void settle(Stage stage) throws Exception {
        Servers.await("all commands are read", 300, () -> stage.queue().depth(Topology.SCHEDULE_QUEUE) == 0);
        String pending = "select count(*) from message where due_at < now() + interval '1 hour'";
        Servers.await(
                "what was scheduled is sent",
                300,
                () -> stage.servers().number(stage.ours().database(), pending) == 0);
        stage.servers().tidyUp(stage.ours().database());
    }
}

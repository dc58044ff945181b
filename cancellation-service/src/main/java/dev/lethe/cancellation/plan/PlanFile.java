package dev.lethe.cancellation.plan;

import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection;
import dev.lethe.files.YamlSection.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads {@code participants.yaml} and finds everything that is wrong with it, not only the first thing. */
public final class PlanFile {

    private static final String EXAMPLE = "'users: { via: amqp, owner: team@example.com }'";

    /**
     * Broker users of the fleet, and beginnings of its exchanges: a participant owns whatever begins with its name and a dot.
     * message-scheduler is not among them: it holds what is pending about people, and answers like any participant.
     */
    private static final Set<String> TAKEN = Set.of(
            "admin",
            "amq",
            "cancellation-service",
            "frontend",
            "parking",
            "participant",
            "participants",
            "privacy",
            "requests-manager",
            "scheduler");

    /** What stands in the file about one participant, with the lines, for messages. */
    record Entry(String name, int line, String key, String owner, List<Value> after, Duration delay) {}

    private final UserFile file;

    private PlanFile(UserFile file) {
        this.file = file;
    }

    /**
     * Reads a plan.
     *
     * @param name how messages call the file
     * @throws dev.lethe.files.InvalidFile with every problem, in the order of lines
     */
    public static Plan read(String name, String yaml) {
        UserFile file = UserFile.named(name);
        YamlSection root = file.parse(yaml);
        // Where there is no map there is nothing more to find
        file.check();
        var reading = new PlanFile(file);
        List<Entry> entries = reading.entries(root);
        new PlanRules(entries, file).check();
        file.check();
        return PlanRules.planOf(entries);
    }

    private List<Entry> entries(YamlSection root) {
        var entries = new ArrayList<Entry>();
        root.allowOnly(List.of("participants"));
        root.section("participants", EXAMPLE).ifPresent(participants -> participants
                .namedSections("'{ via: amqp, owner: team@example.com }'")
                .forEach((name, section) -> entries.add(entry(name, participants.lineOf(name), section))));
        return entries;
    }

    private Entry entry(String name, int line, YamlSection section) {
        if (name.equals(Plan.NOTICE)) {
            file.problem(
                    line,
                    section.key(),
                    "'notice' means the last word to the subject and cannot be a participant's name; take another");
        } else if (TAKEN.contains(name)) {
            file.problem(line, section.key(), "this name is taken by a part of the fleet itself; take another");
        }
        section.allowOnly(List.of("via", "owner", "after", "delay"));
        section.required("via", "amqp").ifPresent(this::checkVia);
        return new Entry(
                name,
                line,
                section.key(),
                section.required("owner", "team@example.com").map(Value::text).orElse(""),
                section.values("after"),
                section.value("delay").map(this::delay).orElse(Duration.ZERO));
    }

    private void checkVia(Value via) {
        if (via.text().equals("http")) {
            problem(
                    via,
                    "this version speaks amqp only; write 'via: amqp' and let a service of yours take participant.erase"
                            + " from the queue and call the vendor");
        } else if (!via.text().equals("amqp")) {
            problem(via, "expected amqp, found '%s'; write 'via: amqp'".formatted(via.text()));
        }
    }

    private Duration delay(Value delay) {
        return DelayText.parse(delay.text()).orElseGet(() -> {
            problem(
                    delay,
                    "expected a duration of at most 365 days, found '%s'; write it as 3d, 15m, 200ms or in ISO-8601"
                            .formatted(delay.text()));
            return Duration.ZERO;
        });
    }

    private void problem(Value at, String what) {
        file.problem(at.line(), at.key(), what);
    }
}

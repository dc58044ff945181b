package dev.lethe.demo.fleet;

import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection;
import dev.lethe.servers.BrokerDefinitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The participants of a plan, as far as the broker needs to know them: each is a user, and one that waits for the notice is the
 * one that gives it. cancellation-service reads the same file and is the one to judge it.
 */
public record PlanNames(List<String> participants, Set<String> notifiers) {

    /** @throws dev.lethe.files.InvalidFile if it cannot be read as one */
    public static PlanNames in(Path plan) throws IOException {
        UserFile file = UserFile.named(plan.toString());
        var names = new ArrayList<String>();
        var notifiers = new HashSet<String>();
        YamlSection root = file.parse(Files.readString(plan));
        file.check();
        root.section("participants", "'users: { via: amqp, owner: team@example.com }'")
                .ifPresent(section -> section.namedSections("'{ via: amqp, owner: team@example.com }'")
                        .forEach((name, participant) -> {
                            names.add(name);
                            if (!file.hasProblems()) {
                                judge(file, section.lineOf(name), participant.key(), name);
                            }
                            if (participant.values("after").stream()
                                    .anyMatch(after -> after.text().equals("notice"))) {
                                notifiers.add(name);
                            }
                        }));
        file.check();
        return new PlanNames(names, notifiers);
    }

    /** A name may be good for a plan and yet be no user's, such as that of one of our own. */
    private static void judge(UserFile file, int line, String key, String name) {
        try {
            BrokerDefinitions.of(List.of(name), Set.of(), user -> "");
        } catch (IllegalArgumentException e) {
            file.problem(line, key, String.valueOf(e.getMessage()));
        }
    }
}

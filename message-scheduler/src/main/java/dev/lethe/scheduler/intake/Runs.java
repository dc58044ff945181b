package dev.lethe.scheduler.intake;

import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.Name;
import dev.lethe.outbox.ScheduledMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Commands in the order in which they came, neighbours together that one statement can carry out: of one kind, and no two about
 * the same message. So the last word about a message is the last that was said.
 */
final class Runs {

    /** Commands of one kind; the lists are in the same order. */
    record Run(Command first, List<Delivery> deliveries, List<Command> commands) {

        List<ScheduledMessage> messages() {
            return commands.stream()
                    .map(command -> switch (command) {
                        case Command.Put(ScheduledMessage message, boolean keep) -> message;
                        case Command.Retry(ScheduledMessage message) -> message;
                        default -> throw new IllegalStateException("not a message: " + command.getClass());
                    })
                    .toList();
        }

        List<Name> names() {
            return commands.stream().map(Command::name).filter(Objects::nonNull).toList();
        }
    }

    private final List<Run> runs = new ArrayList<>();
    private final Set<Name> names = new HashSet<>();

    void add(Delivery delivery, Command command) {
        Name name = command.name();
        if (runs.isEmpty() || !command.goesWith(runs.getLast().first()) || names.contains(name)) {
            runs.add(new Run(command, new ArrayList<>(), new ArrayList<>()));
            names.clear();
        }
        Run run = runs.getLast();
        run.deliveries().add(delivery);
        run.commands().add(command);
        if (name != null) {
            names.add(name);
        }
    }

    List<Run> inOrder() {
        return runs;
    }
}

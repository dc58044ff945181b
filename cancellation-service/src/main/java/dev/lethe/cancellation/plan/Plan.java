package dev.lethe.cancellation.plan;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;

/** The participants in the order of the file. Valid if {@link PlanFile} has read it. */
public record Plan(List<Participant> participants) {

    /**
     * Written where a participant's name could stand: after everybody else has answered and the subject was told. For the mail
     * system, which must still be able to say goodbye.
     */
    public static final String NOTICE = "notice";

    public Plan {
        participants = List.copyOf(participants);
    }

    /** Whether it waits for the notice, itself or through others. */
    public boolean waitsForNotice(Participant participant) {
        var seen = new HashSet<String>();
        var next = new ArrayDeque<>(participant.after());
        while (!next.isEmpty()) {
            String name = next.pop();
            if (name.equals(NOTICE)) {
                return true;
            }
            if (seen.add(name)) {
                participants.stream()
                        .filter(other -> other.name().equals(name))
                        .forEach(other -> next.addAll(other.after()));
            }
        }
        return false;
    }
}

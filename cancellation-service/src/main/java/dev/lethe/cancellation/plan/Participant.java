package dev.lethe.cancellation.plan;

import java.time.Duration;
import java.util.Set;

/**
 * A service that holds personal data.
 *
 * @param name also its broker user and part of its queue's name
 * @param owner whom to ask about it
 * @param after the participants that must have answered before it is asked, or {@link Plan#NOTICE}
 * @param delay how long after that it is asked
 */
public record Participant(String name, String owner, Set<String> after, Duration delay) {
    public Participant {
        after = Set.copyOf(after);
    }
}

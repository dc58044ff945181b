package dev.lethe.requests.deadline;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What of an open request is to happen at a time, and when next. What was done already is not on it. */
public final class Agenda {

    /** In the order in which they are done if several are due. */
    public enum Item {
        END_COOLING_OFF,
        /** The person should have heard from us by now, and nobody said that they have. */
        SAY_UNACKNOWLEDGED,
        /** Our own aim has passed. */
        SAY_DUE_SOON,
        /** The law's deadline has passed. */
        SAY_OVERDUE
    }

    private final Map<Item, Instant> items = new EnumMap<>(Item.class);

    /** @param at when it is due; null if it is not (any more) to happen */
    public Agenda with(Item item, @Nullable Instant at) {
        if (at != null) {
            items.put(item, at);
        }
        return this;
    }

    public List<Item> dueAt(Instant now) {
        return Arrays.stream(Item.values())
                .filter(item -> items.containsKey(item) && !items.get(item).isAfter(now))
                .toList();
    }

    /** When to look next. */
    public Optional<Instant> nextAfter(Instant now) {
        return items.values().stream().filter(at -> at.isAfter(now)).min(Instant::compareTo);
    }
}

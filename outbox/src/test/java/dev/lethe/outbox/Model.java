package dev.lethe.outbox;

import dev.lethe.outbox.History.Message;
import dev.lethe.outbox.Recorded.Answered;
import dev.lethe.outbox.Recorded.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What must be true of everything that was recorded, whatever happened in between. A message has one fate: it is sent, or
 * something that was acknowledged has taken it away, or it still waits.
 */
final class Model {

    /** What was with the broker already when a lane died is put back and may still be cancelled; it arrives within this. */
    private static final Duration ON_ITS_WAY = Duration.ofMillis(500);

    private enum Fate {
        /** Nothing has taken it away: sent when it is due, stored until then. */
        OPEN,
        SENT,
        TAKEN,
        FORGOTTEN_OR_SENT
    }

    private static final class Tracked {
        final Message message;
        final String id;
        Fate fate = Fate.OPEN;
        long fateAt;
        final List<Arrival> arrivals = new ArrayList<>();

        Tracked(Message message, String id) {
            this.message = message;
            this.id = id;
        }

        void become(Fate fate, long at) {
            this.fate = fate;
            this.fateAt = at;
        }
    }

    private final Recorded recorded;
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Tracked> all = new LinkedHashMap<>();
    private final Map<String, Tracked> live = new LinkedHashMap<>();
    private final Map<String, List<Tracked>> byKey = new HashMap<>();

    private Model(Recorded recorded) {
        this.recorded = recorded;
    }

    /** What is wrong with it, one sentence each; nothing if all is well. */
    static List<String> violations(Recorded recorded) {
        var model = new Model(recorded);
        Map<Answered.Forgot, List<Tracked>> forgotten = new LinkedHashMap<>();
        recorded.clients()
                .forEach(answers -> answers.forEach(answer -> {
                    switch (answer) {
                        case Answered.Stored stored -> model.store(stored);
                        case Answered.Asked asked -> model.cancel(asked);
                        case Answered.Forgot forgot -> forgotten.put(forgot, model.forget(forgot));
                    }
                }));
        recorded.arrivals().forEach(model::arrive);
        model.all.values().forEach(model::judge);
        forgotten.forEach(model::judge);
        model.byKey.forEach(model::judgeOrder);
        return model.violations;
    }

    private void store(Answered.Stored stored) {
        for (int i = 0; i < stored.messages().size(); i++) {
            Message message = stored.messages().get(i);
            var tracked = new Tracked(message, stored.ids().get(i));
            all.put(message.name(), tracked);
            if (stored.rolledBack()) {
                tracked.become(Fate.TAKEN, 0);
                continue;
            }
            String place = message.key() == null ? message.name() : message.key();
            switch (stored.puts().get(i)) {
                case SCHEDULED -> {
                    ifLive(place, before -> before.become(Fate.SENT, stored.at()));
                    live.put(place, tracked);
                }
                case REPLACED -> {
                    if (!ifLive(place, before -> before.become(Fate.TAKEN, stored.at()))) {
                        violate("%s replaced something, but nothing with its key was there", message.name());
                    }
                    live.put(place, tracked);
                }
                case KEPT -> {
                    tracked.become(Fate.TAKEN, 0);
                    if (!live.containsKey(place)) {
                        violate("%s was kept out, but nothing with its key was there", message.name());
                    }
                }
            }
            byKey.computeIfAbsent(place, key -> new ArrayList<>()).add(tracked);
        }
    }

    private void cancel(Answered.Asked asked) {
        switch (asked.cancelled()) {
            case CANCELLED -> {
                if (!ifLive(asked.key(), before -> before.become(Fate.TAKEN, asked.at()))) {
                    violate("%s was cancelled, but nothing was there", asked.key());
                }
                live.remove(asked.key());
            }
            case IN_FLIGHT -> {
                if (!live.containsKey(asked.key())) {
                    violate("%s was in flight, but nothing was there", asked.key());
                }
            }
            case GONE -> {
                ifLive(asked.key(), before -> before.become(Fate.SENT, asked.at()));
                live.remove(asked.key());
            }
        }
    }

    private List<Tracked> forget(Answered.Forgot forgot) {
        List<Tracked> about = live.values().stream()
                .filter(tracked -> forgot.subject().equals(tracked.message.subject()))
                .toList();
        about.forEach(tracked -> tracked.become(Fate.FORGOTTEN_OR_SENT, forgot.at()));
        live.values().removeAll(about);
        return about;
    }

    private boolean ifLive(String place, Consumer<Tracked> consequence) {
        Tracked before = live.get(place);
        if (before != null) {
            consequence.accept(before);
        }
        return before != null;
    }

    private void arrive(Arrival arrival) {
        Tracked tracked = all.get(arrival.name());
        if (tracked == null) {
            violate("%s arrived, and nobody had stored it", arrival.name());
            return;
        }
        tracked.arrivals.add(arrival);
        if (!arrival.id().equals(tracked.id)) {
            violate("%s arrived under another id", arrival.name());
        }
        Instant due = recorded.due().get(arrival.name());
        if (due == null || arrival.when().isBefore(due)) {
            violate("%s arrived at %s and was due at %s", arrival.name(), arrival.when(), due);
        }
    }

    private void judge(Tracked tracked) {
        String name = tracked.message.name();
        boolean left = recorded.left().contains(name);
        boolean arrived = !tracked.arrivals.isEmpty();
        switch (tracked.fate) {
            case OPEN -> {
                if (tracked.message.isFarOff() ? !left : !arrived) {
                    violate("%s was lost", name);
                }
                if (tracked.message.isFarOff() && arrived) {
                    violate("%s is far off and was sent", name);
                }
                if (!tracked.message.isFarOff() && left) {
                    violate("%s is due and still there", name);
                }
            }
            case SENT -> {
                if (!arrived || left) {
                    violate("%s was lost: it was gone, and %s", name, left ? "is there" : "it never arrived");
                }
            }
            case TAKEN -> taken(tracked, left, arrival -> true);
            // What was sent before it could be forgotten is with the broker when forgetting returns, and arrives soon
            case FORGOTTEN_OR_SENT ->
                taken(tracked, left, arrival -> arrival.at() - tracked.fateAt > ON_ITS_WAY.toNanos());
        }
    }

    private void taken(Tracked tracked, boolean left, Predicate<Arrival> wrong) {
        if (left) {
            violate("%s was taken away and is still there", tracked.message.name());
        }
        tracked.arrivals.stream()
                .filter(wrong)
                .filter(arrival -> !isShadowOfADeath(arrival))
                .forEach(arrival -> violate(
                        "%s arrived %.1f ms after it had been acknowledged that it would not",
                        tracked.message.name(), (arrival.at() - tracked.fateAt) / 1e6));
    }

    private boolean isShadowOfADeath(Arrival arrival) {
        return recorded.deaths().stream().anyMatch(death -> Math.abs(arrival.at() - death) < ON_ITS_WAY.toNanos());
    }

    private void judge(Answered.Forgot forgot, List<Tracked> about) {
        long neverSent =
                about.stream().filter(tracked -> tracked.arrivals.isEmpty()).count();
        boolean exact =
                about.stream().flatMap(tracked -> tracked.arrivals.stream()).noneMatch(this::isShadowOfADeath);
        if (exact ? forgot.count() != neverSent : forgot.count() < neverSent || forgot.count() > about.size()) {
            violate(
                    "%d messages about %s were forgotten, but it was %d of %d that never arrived",
                    forgot.count(), forgot.subject(), neverSent, about.size());
        }
    }

    private void judgeOrder(String key, List<Tracked> inOrderOfStoring) {
        Map<String, Integer> turns = inOrderOfStoring.stream()
                .collect(Collectors.toMap(tracked -> tracked.message.name(), inOrderOfStoring::indexOf));
        int last = -1;
        for (Arrival arrival : recorded.arrivals()) {
            int turn = turns.getOrDefault(arrival.name(), last);
            if (turn < last) {
                violate("%s: %s arrived after one that was stored later", key, arrival.name());
            }
            last = turn;
        }
    }

    static int repetitions(Recorded recorded) {
        return (int) (recorded.arrivals().size()
                - recorded.arrivals().stream().map(Arrival::name).distinct().count());
    }

    private void violate(String sentence, Object... details) {
        violations.add(sentence.formatted(details));
    }
}

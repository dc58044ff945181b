package dev.lethe.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What several clients do at the same time, each of them one thing after the other and with keys and people of its own. The
 * seed tells all of it.
 */
record History(long seed, List<List<Step>> clients) {

    sealed interface Step {

        /** In one transaction. */
        record Store(List<Message> messages, boolean keep, boolean rolledBack) implements Step {

            boolean namesEachKeyOnce() {
                List<String> keys = messages.stream()
                        .map(Message::key)
                        .filter(Objects::nonNull)
                        .toList();
                return keys.stream().distinct().count() == keys.size();
            }
        }

        record Cancel(String key) implements Step {}

        record Forget(String subject) implements Step {}

        record Wait(int millis) implements Step {}
    }

    /** {@code name} is different in all messages of a history. */
    record Message(
            String name, @Nullable String key, @Nullable String subject, int delayMillis) {

        boolean isFarOff() {
            return delayMillis == FAR_OFF;
        }
    }

    static final int FAR_OFF = Integer.MAX_VALUE;

    private static final int CLIENTS = 4;
    private static final int KEYS = 4;
    private static final int SUBJECTS = 2;

    /** Longer than the look-ahead, so that there are some of every sort: being sent, claimed and waiting, not yet seen. */
    private static final int SOON = 250;

    static History random(long seed, int steps) {
        var random = new Random(seed);
        return new History(
                seed,
                IntStream.range(0, CLIENTS)
                        .mapToObj(client -> client(client, steps, random))
                        .toList());
    }

    private static List<Step> client(int client, int steps, Random random) {
        List<Step> all = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            int n = i;
            all.add(
                    switch (random.nextInt(20)) {
                        case 0, 1, 2 -> new Step.Wait(random.nextInt(80));
                        case 3, 4, 5, 6, 7 -> new Step.Cancel(key(client, random));
                        case 8 -> new Step.Forget(subject(client, random));
                        case 9, 10 ->
                            new Step.Store(
                                    IntStream.range(0, 2 + random.nextInt(4))
                                            .mapToObj(m -> message(client, n + "." + m, random))
                                            .toList(),
                                    random.nextBoolean(),
                                    random.nextInt(3) == 0);
                        default ->
                            new Step.Store(
                                    List.of(message(client, String.valueOf(n), random)),
                                    random.nextInt(4) == 0,
                                    random.nextInt(10) == 0);
                    });
        }
        return all;
    }

    private static Message message(int client, String number, Random random) {
        int delay =
                switch (random.nextInt(10)) {
                    case 0 -> FAR_OFF;
                    case 1, 2, 3 -> 0;
                    default -> random.nextInt(SOON);
                };
        return new Message(
                "%c%s".formatted('a' + client, number),
                random.nextInt(4) == 0 ? null : key(client, random),
                random.nextInt(3) == 0 ? subject(client, random) : null,
                delay);
    }

    private static String key(int client, Random random) {
        return "key-%c%d".formatted('a' + client, random.nextInt(KEYS));
    }

    private static String subject(int client, Random random) {
        return "subject-%c%d".formatted('a' + client, random.nextInt(SUBJECTS));
    }

    /** The same, but each client stops after so many steps. */
    History first(int steps) {
        return new History(
                seed,
                clients.stream()
                        .map(all -> all.subList(0, Math.min(steps, all.size())))
                        .toList());
    }

    int steps() {
        return clients.stream().mapToInt(List::size).sum();
    }

    @Override
    public String toString() {
        return clients.stream()
                .map(all -> all.stream().map(Step::toString).collect(Collectors.joining("\n  ", "client\n  ", "\n")))
                .collect(Collectors.joining());
    }
}
